"""What an episode's makers may know of its sales: sums, never people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from payments.models import Entitlement


@dataclass(frozen=True, slots=True)
class Sales:
    """Unlocks that stand, the coins spent on them, and the money behind those coins (micros; none for bonus coins).

    `net_micros` is what stayed after the stores' fees and taxes, before creators and the house share it.
    """

    unlocks: int = 0
    coins: int = 0
    net_micros: int = 0


def sales_of(*, episode_ids: Collection[int]) -> dict[int, Sales]:
    """The sales of each episode that has any, by id. One query over the rights that were bought for coins."""
    if not episode_ids:
        return {}
    rights = Entitlement.objects.filter(
        episode_id__in=list(episode_ids), source=Entitlement.Source.COINS, revoked_at__isnull=True
    )
    rows = rights.values("episode_id").order_by().annotate(
        unlocks=Count("pk", distinct=True),
        coins=Coalesce(Sum("entry__lot_uses__amount"), 0),
        net=Coalesce(Sum("entry__lot_uses__net_micros"), 0),
    )
    return {row["episode_id"]: Sales(row["unlocks"], row["coins"], row["net"]) for row in rows}
