"""Money for work: held when it is asked for, spent when its result is accepted, let go when it ends without one.

The price said before is the most that is paid: a settlement is what the attempt cost, but never more than was held for
its step; what is above is ours, as is every attempt that failed, was lost or was cancelled. What was not asked for
(a step made again because we lost its result) holds nothing and is charged nothing.

Each function runs inside the transaction of the change that it pays for, whose steps are locked, as its last lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from generation.budget.accounts import BudgetExceeded, available, is_over, lock_account
from generation.budget.costs import step_price
from generation.models import BatchItem, ComputeAccount, ComputeEntry, Render, Step, StepAttempt

Kind = ComputeEntry.Kind

# Open steps without a hold get theirs. Who has one keeps it: a step is paid once, whoever asks for it again.
HOLD = """
UPDATE generation_step step SET held_micros = wanted.price
FROM unnest(%(ids)s::bigint[], %(prices)s::bigint[]) AS wanted (id, price)
WHERE step.id = wanted.id AND step.held_micros = 0 AND wanted.price > 0
  AND step.status IN ('blocked', 'ready', 'paused', 'leased')
RETURNING step.id, step.held_micros
"""

# One statement, so that the account's row is locked as late and as short as can be. {entry} names the rows to let go.
LET_GO = """
WITH entry AS ({entry}), freed AS (
    UPDATE generation_step step SET held_micros = 0 FROM entry WHERE step.id = entry.step_id
), total AS (
    SELECT account_id, sum(held_micros) AS held, sum(spent_micros) AS spent FROM entry GROUP BY account_id
)
UPDATE generation_computeaccount account
SET held_micros = account.held_micros + total.held, spent_micros = account.spent_micros + total.spent,
    capped = coalesce(account.spent_micros + total.spent - account.counted_from_micros
                      + account.held_micros + total.held > account.cap_micros, false),
    updated_at = %(now)s
FROM total WHERE account.creator_id = total.account_id
RETURNING total.held, total.spent
"""
SETTLE = LET_GO.format(entry="""
    INSERT INTO generation_computeentry
        (account_id, kind, step_id, attempt, held_micros, spent_micros, created_at)
    SELECT account.creator_id, 'settle', step.id, %(attempt)s, -step.held_micros,
           least(%(cost)s, step.held_micros), %(now)s
    FROM generation_step step JOIN generation_computeaccount account ON account.creator_id = step.creator_id
    WHERE step.id = %(step)s
    ON CONFLICT (step_id, attempt) WHERE kind = 'settle' DO NOTHING
    RETURNING account_id, step_id, held_micros, spent_micros
""")
RELEASE = LET_GO.format(entry="""
    INSERT INTO generation_computeentry (account_id, kind, step_id, held_micros, spent_micros, created_at)
    SELECT creator_id, 'release', id, -held_micros, 0, %(now)s
    FROM generation_step WHERE id = ANY(%(steps)s) AND held_micros > 0
    RETURNING account_id, step_id, held_micros, spent_micros
""")


@transaction.atomic
def hold(*, creator_id: int, render: Render, steps: Sequence[Step], now: datetime) -> int:
    """Hold the price of what was put to work for `render`, at today's rates; returns the micros held.

    `steps` are locked and open; those that hold already are not held twice. Raises `BudgetExceeded` if the cap leaves
    less: the transaction that admits the work has to roll back.
    """
    if not steps:
        return 0
    account = lock_account(creator_id)
    total = _hold_steps(steps, [step_price(queue=s.queue, seconds=s.estimated_seconds) for s in steps])
    _refuse_over(account, total)
    _book(account, [ComputeEntry(kind=Kind.HOLD, render=render, held_micros=total)] if total else [], now)
    return total


def settle(*, step: Step, attempt_row: StepAttempt, now: datetime) -> int:
    """Charge the accepted attempt and let its step's hold go; returns the micros charged. Repeating changes nothing,
    because an attempt has one entry, also where it is of nothing.
    """
    number, cost = attempt_row.attempt, attempt_row.cost_micros
    _, charged = _let_go(SETTLE, {"step": step.pk, "attempt": number, "cost": cost, "now": now})
    return charged


def release(*, steps: Iterable[Step], now: datetime) -> int:
    """Let go what is held for steps (of one creator, locked) that ended without a result; returns the micros."""
    pks = sorted(step.pk for step in steps)
    freed, _ = _let_go(RELEASE, {"steps": pks, "now": now}) if pks else (0, 0)
    return -freed


def hold_item(*, creator_id: int, item: BatchItem, micros: int, now: datetime) -> None:
    """Hold the price of one item of a batch, until its steps hold it themselves. Raises `BudgetExceeded`."""
    hold_items(creator_id=creator_id, prices={item.pk: micros}, now=now)
    item.held_micros = micros


@transaction.atomic
def hold_items(*, creator_id: int, prices: Mapping[int, int], now: datetime) -> int:
    """Hold the prices (micros by id of `BatchItem`, none held yet) of a whole batch, all or not at all.

    Returns their sum. Raises `BudgetExceeded` with the sum as `price`.
    """
    account = lock_account(creator_id)
    total = sum(prices.values())
    _refuse_over(account, total)
    items = list(BatchItem.objects.filter(pk__in=prices).order_by("pk"))
    for item in items:
        item.held_micros = prices[item.pk]
    BatchItem.objects.bulk_update(items, ["held_micros"])
    _book(account, [_item_entry(Kind.HOLD, item, item.held_micros) for item in items if item.held_micros], now)
    return total


@transaction.atomic
def move_item(*, item: BatchItem, render: Render, steps: Sequence[Step], now: datetime) -> int:
    """The item has become `render`: its steps (see `hold`) hold the price now. Returns the micros that they hold.

    Never more than was held for the item, because that price was said when the batch was admitted; never refused.
    """
    account = lock_account(render.creator_id)
    left = BatchItem.objects.values_list("held_micros", flat=True).get(pk=item.pk)
    entries = _unhold_item(item, left)
    prices = []
    for step in steps:
        prices.append(min(left, step_price(queue=step.queue, seconds=step.estimated_seconds)))
        left -= prices[-1]
    total = _hold_steps(steps, prices)
    if total:
        entries.append(ComputeEntry(kind=Kind.HOLD, render=render, item=item, held_micros=total))
    _book(account, entries, now)
    return total


@transaction.atomic
def release_item(*, item: BatchItem, now: datetime) -> int:
    """The item will not become a render: let its hold go; returns the micros."""
    account = lock_account(item.batch.creator_id)
    held = BatchItem.objects.values_list("held_micros", flat=True).get(pk=item.pk)
    _book(account, _unhold_item(item, held), now)
    return held


def _hold_steps(steps: Sequence[Step], prices: Sequence[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(HOLD, {"ids": [step.pk for step in steps], "prices": list(prices)})
        held: dict[int, int] = dict(cursor.fetchall())
    for step in steps:
        step.held_micros = held.get(step.pk, step.held_micros)
    return sum(held.values())


def _refuse_over(account: ComputeAccount, wanted: int) -> None:
    """What costs nothing is never refused, not even when the account is capped."""
    left = available(account)
    if wanted and left is not None and wanted > left:
        raise BudgetExceeded(price=wanted, available=left, cap=account.cap_micros)


def _book(account: ComputeAccount, entries: list[ComputeEntry], now: datetime) -> None:
    """Write the entries and bring the (locked) account up to them."""
    if not entries:
        return
    for entry in entries:
        entry.account, entry.created_at = account, now
    ComputeEntry.objects.bulk_create(entries)
    account.held_micros += sum(entry.held_micros for entry in entries)
    account.capped, account.updated_at = is_over(account), now
    account.save(update_fields=["held_micros", "capped", "updated_at"])


def _let_go(statement: str, values: dict[str, Any]) -> tuple[int, int]:
    """Runs it; returns what was added to held and to spent."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchone()
    return (int(found[0]), int(found[1])) if found else (0, 0)


def _unhold_item(item: BatchItem, held: int) -> list[ComputeEntry]:
    BatchItem.objects.filter(pk=item.pk).update(held_micros=F("held_micros") - held)
    item.held_micros = 0
    return [_item_entry(Kind.RELEASE, item, -held)] if held else []


def _item_entry(kind: ComputeEntry.Kind, item: BatchItem, micros: int) -> ComputeEntry:
    return ComputeEntry(kind=kind, item=item, held_micros=micros)
