"""What a creator tells a batch. Each is a row at once; its renders follow one by one (see `attending`).

Saying the same twice is no error. An order that is not done yet gives way to a cancel, to a pause and, if it is a pause
itself, to a resume; everything else waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from common.doorbell import ring_after_commit
from common.errors import Conflict
from common.transitions import move
from generation import budget
from generation.batches.admission import ATTEND, refuse_doubles
from generation.models import Batch, BatchItem, Render
from generation.scheduler.work import lock_creator

Order = Batch.Order
Status = Batch.Status
NO_ERROR = {"error_code": "", "error_message": "", "error_remedy": ""}
GIVES_WAY = {
    Order.CANCEL: (Order.GO, Order.PAUSE, Order.RESUME, Order.RETRY),
    Order.PAUSE: (Order.GO, Order.RESUME, Order.RETRY),
    Order.RESUME: (Order.PAUSE,),
}


def batch_go(*, batch: Batch, now: datetime) -> Batch:
    """The pilot is good: make the others. Raises `Conflict` without a pilot, while paused, or when it has ended."""

    def go(row: Batch) -> None:
        if not row.items.filter(pilot=True).exists():
            raise Conflict("This batch has no pilot.", code="batch_has_no_pilot", remedy="It goes on by itself.")
        if row.paused:
            raise Conflict("This batch is paused.", code="batch_paused", remedy="Resume it first.")
        if row.go_at is None:
            to = Status.RUNNING if row.status == Status.PILOT else row.status
            _told(row, Order.GO, to, go_at=now)

    return _with(batch, go)


def batch_pause(*, batch: Batch, now: datetime) -> Batch:
    """No further step starts; what runs is finished. What is not admitted yet comes paused."""
    return _with(batch, lambda row: None if row.paused else _told(row, Order.PAUSE, row.status, paused=True))


def batch_resume(*, batch: Batch, now: datetime) -> Batch:
    """Go on after a pause; what waits for the pilot goes on waiting."""
    return _with(batch, lambda row: _told(row, Order.RESUME, row.status, paused=False) if row.paused else None)


def batch_cancel(*, batch: Batch, now: datetime) -> Batch:
    """Stop it for good: nothing more is admitted, open renders are cancelled, what is held is let go. Done ones stay.

    Raises `Conflict` if it has ended.
    """
    if batch.status == Status.CANCELLED:
        return batch
    return _with(batch, lambda row: _told(row, Order.CANCEL, Status.CANCELLED))


def batch_retry(*, batch: Batch, now: datetime) -> Batch:
    """Try again what has failed. Raises `Conflict` if nothing has, or the batch was cancelled; `BudgetExceeded`."""

    def retry(row: Batch) -> None:
        if row.order == Order.RETRY:
            return
        unmade = list(row.items.filter(render__isnull=True).exclude(error_code=""))
        failed = list(row.items.filter(render__status=Render.Status.FAILED))
        if not unmade and not failed:
            raise Conflict("Nothing in this batch has failed.", code="nothing_to_retry", remedy="Nothing to do.")
        ids = [item.episode_id for item in (*unmade, *failed)]
        refuse_doubles(creator_id=row.creator_id, profile=row.profile, episode_ids=ids, but=row)
        row.items.exclude(error_code="").update(**NO_ERROR)
        piloted = row.go_at is None and row.items.filter(pilot=True).exists()
        to = Status.ADMITTING if unmade else Status.PILOT if piloted else Status.RUNNING
        _told(row, Order.RETRY, row.status if row.status == Status.ADMITTING else to, finished_at=None)
        _hold_again(row, unmade, now)

    return _with(batch, retry, also=(Status.ENDED,))


def _hold_again(row: Batch, unmade: list[BatchItem], now: datetime) -> None:
    prices = {item.pk: item.price_micros for item in unmade if not item.held_micros}
    if prices:
        budget.hold_items(creator_id=row.creator_id, prices=prices, now=now)


def _with(batch: Batch, tell: Callable[[Batch], None], *, also: tuple[Batch.Status, ...] = ()) -> Batch:
    """`tell` the batch as it is now, under the creator's lock, which everybody holds who changes one."""
    with transaction.atomic():
        lock_creator(batch.creator_id)
        row = Batch.objects.defer("report").get(pk=batch.pk)
        if row.status not in (*Batch.OPEN, *also):
            raise Conflict(
                f"This batch is {row.status}.", code="batch_ended",
                remedy="Ask for a new one: what is made already is reused and costs nothing.",
            )
        tell(row)
        ring_after_commit(ATTEND)
    return row


def _told(row: Batch, order: Batch.Order, to: str, **also: Any) -> None:
    if row.order and row.order not in (order, *GIVES_WAY.get(order, ())):
        raise Conflict(
            "This batch is still carrying out what it was told before.", code="batch_busy",
            remedy="Try again in a few seconds.", order=row.order,
        )
    move(row, expect=row.status, to=to, order=order, **also)
