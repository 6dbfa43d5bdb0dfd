"""Reads of money. None locks, none writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet, Sum

from accounts.models import User
from common.errors import NotFound
from payments.models import CoinPack, Entry, Order, Posting, Wallet
from payments.models.ledger import Account, Asset


def balance_of(*, user: User, now: datetime) -> dict[str, int]:
    """`{paid, bonus, total, debt}` in coins; bonus coins that have expired no longer count. One query."""
    expired = Sum("lots__remaining", filter=Q(lots__open=True, lots__expires_at__lte=now))
    wallet = Wallet.objects.filter(user=user).annotate(expired=expired).first()
    if wallet is None:
        return {"paid": 0, "bonus": 0, "total": 0, "debt": 0}
    bonus = wallet.bonus - (wallet.expired or 0)
    return {"paid": wallet.paid, "bonus": bonus, "total": wallet.paid + bonus, "debt": wallet.debt}


def history_of(*, user: User) -> QuerySet[Entry]:
    """What happened to this person's coins, each entry with its `moved` postings and its episode."""
    moved = Posting.objects.filter(account__in=[Account.WALLET, Account.DEBT])
    return (
        Entry.objects.filter(subject__in=Wallet.objects.filter(user=user).values("subject"))
        .select_related("episode__series")
        .prefetch_related(Prefetch("postings", queryset=moved, to_attr="moved"))
    )


@dataclass(frozen=True, slots=True)
class Moves:
    """How an entry changed what its subject has, in coins."""

    paid: int = 0
    bonus: int = 0
    debt: int = 0


def with_moves(entries: Iterable[Entry]) -> list[Entry]:
    """The entries of `history_of`, each with its `moves`."""
    found = list(entries)
    for entry in found:
        changes = {(leg.account, leg.asset): leg.amount for leg in getattr(entry, "moved", ())}
        moves = Moves(
            paid=changes.get((Account.WALLET, Asset.PAID), 0), bonus=changes.get((Account.WALLET, Asset.BONUS), 0),
            debt=-changes.get((Account.DEBT, Asset.PAID), 0),
        )
        entry.moves = moves  # type: ignore[attr-defined]
    return found


def packs_on_sale() -> QuerySet[CoinPack]:
    """The shelf, in its order."""
    return CoinPack.objects.filter(active=True).order_by("position", "id")


def pack_document(pack: CoinPack) -> dict[str, Any]:
    """A pack as JSON: the money price stands beside the coins."""
    return {
        "uid": str(pack.uid),
        "code": pack.code,
        "coins": pack.coins,
        "bonus": pack.bonus,
        "bonus_days": pack.bonus_days,
        "price_cents": pack.price_cents,
        "currency": pack.currency,
    }


def order_of(*, user: User, uid: UUID) -> Order:
    """This person's order. Raises `NotFound` for anybody else's."""
    order = Order.objects.select_related("pack", "wallet").filter(wallet__user=user, uid=uid).first()
    if order is None:
        raise NotFound()
    return order
