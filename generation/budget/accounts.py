"""The compute account: how far it may go, and where it stands.

`counted` is what has been spent since the cap was last renewed. The account is `capped` exactly if it has a cap and
counted + held is above it. No hold goes over the cap and no charge is above its hold, so work never makes an account
capped: only lowering the cap does. It ends when the cap is raised, renewed or lifted, or when enough of what was held
is let go or settled below its price.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from common.doorbell import ring_after_commit
from common.errors import Conflict
from generation.models import ComputeAccount, ComputeEntry

ENFORCE = "generation.enforce_caps"
MAX_CAP = 10**15  # micros: a thousand million of the currency


class BudgetExceeded(Conflict):
    """What is asked for costs more than the cap leaves."""

    code = "budget_exceeded"
    message = "This costs more than the compute budget leaves."
    remedy = "Ask for less, cancel something that is not begun, or have an owner raise or renew the budget."


def account_view(creator_id: int) -> dict[str, Any]:
    """Where an account stands, as JSON, in micros. `available_micros` is None without a cap. One query, no lock."""
    account = ComputeAccount.objects.filter(pk=creator_id).first() or ComputeAccount(creator_id=creator_id)
    return {
        "cap_micros": account.cap_micros,
        "spent_micros": account.spent_micros,
        "counted_micros": counted(account),
        "held_micros": account.held_micros,
        "available_micros": available(account),
        "capped": account.capped,
    }


def entries_of(creator_id: int) -> QuerySet[ComputeEntry]:
    """The movements of an account, with what they were for."""
    rows = ComputeEntry.objects.filter(account_id=creator_id).select_related("render", "step", "item__batch")
    return rows.defer("render__brief", "step__spec", "item__batch__report")


def counted(account: ComputeAccount) -> int:
    """Spent since the cap was last renewed."""
    return account.spent_micros - account.counted_from_micros


def available(account: ComputeAccount) -> int | None:
    """What may still be held, never negative; None without a cap."""
    if account.cap_micros is None:
        return None
    return max(0, account.cap_micros - counted(account) - account.held_micros)


def is_over(account: ComputeAccount) -> bool:
    """Whether the account has to be `capped` (see above)."""
    return account.cap_micros is not None and counted(account) + account.held_micros > account.cap_micros


def lock_account(creator_id: int) -> ComputeAccount:
    """The account, made if there is none, locked until the transaction ends: the last lock that anybody takes."""
    locked = ComputeAccount.objects.select_for_update(no_key=True)
    account = locked.filter(pk=creator_id).first()
    if account is None:
        ComputeAccount.objects.bulk_create([ComputeAccount(creator_id=creator_id)], ignore_conflicts=True)
        account = locked.get(pk=creator_id)
    return account


def cap_set(*, creator_id: int, cap_micros: int | None, now: datetime, renew: bool = False) -> dict[str, Any]:
    """Give the account a cap, None for none; `renew`: what was spent before no longer counts. Returns its view.

    A cap below what is counted and held stops every further step; what runs is finished. A doorbell tells the renders.
    """
    with transaction.atomic():
        account = lock_account(creator_id)
        account.cap_micros = cap_micros
        if renew:
            account.counted_from_micros = account.spent_micros
        account.capped, account.updated_at = is_over(account), now
        account.save(update_fields=["cap_micros", "counted_from_micros", "capped", "updated_at"])
        ring_after_commit(ENFORCE)
    return account_view(creator_id)
