"""Writing the books, for everything but the unlock (which has its function in the database)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from payments.models import Entry, Posting


class Unbalanced(ValueError):
    """A service tried to write legs that do not sum to zero per asset: a fault of ours."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A posting to be: coins, or millionths of a currency."""

    account: str
    asset: str
    amount: int
    subject: UUID | None = None


def entry_post(
    *, kind: str, idem: str, subject: UUID | None, legs: Sequence[Leg], now: datetime, reverses: Entry | None = None
) -> Entry:
    """Write one entry with its legs (legs of 0 are left out). Call inside a transaction, with the wallet locked.

    Raises `Unbalanced`, and `IntegrityError` if `idem` was written before.
    """
    totals: Counter[str] = Counter()
    for leg in legs:
        totals[leg.asset] += leg.amount
    moving = [leg for leg in legs if leg.amount]
    if any(totals.values()) or not moving:
        raise Unbalanced(f"{idem}: {dict(totals)}")
    entry = Entry.objects.create(kind=kind, idem=idem, subject=subject, reverses=reverses, created_at=now)
    Posting.objects.bulk_create(
        Posting(entry=entry, account=leg.account, asset=leg.asset, amount=leg.amount, subject=leg.subject)
        for leg in moving
    )
    return entry


def money_share(*, net_micros: int, granted: int, used: int, amount: int) -> int:
    """The part of a lot's money that leaves with `amount` more coins after `used`; the unlock function counts alike."""
    return net_micros * (used + amount) // granted - net_micros * used // granted
