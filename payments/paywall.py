"""May this person watch, and if not, how could they. Feeds asks; nothing here grants anything.

Passes, memberships and bundles join `access` as further reasons and `ways_to_unlock` as further offers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import Exists, OuterRef

from accounts.models import User
from catalog.models import Episode
from catalog.pricing import episode_price, price_expression
from catalog.selectors import visible_episodes
from payments.models import Entitlement
from payments.selectors import balance_of, pack_document, packs_on_sale

Reason = Literal["free", "entitled", "pass", "vip", "locked"]


@dataclass(frozen=True, slots=True)
class Access:
    """Whether one episode may be watched, why, and what it costs (0 if free)."""

    allowed: bool
    reason: Reason
    price_coins: int


def access(*, user_id: int | None, episodes: Sequence[Episode]) -> dict[int, Access]:
    """The access to each episode, by its id, with one query for all (none if all are free or nobody is signed in).

    The episodes must carry the price annotation of `catalog.pricing`.
    """
    prices = {episode.pk: episode_price(episode) for episode in episodes}
    priced = [pk for pk, price in prices.items() if price]
    held = _entitled(user_id, priced) if priced and user_id is not None else set()
    return {pk: _decide(price, pk in held) for pk, price in prices.items()}


def _entitled(user_id: int, episode_ids: Sequence[int]) -> set[int]:
    rights = Entitlement.objects.filter(user_id=user_id, episode_id__in=episode_ids, revoked_at__isnull=True)
    return set(rights.values_list("episode_id", flat=True))


def entitled_in_series(*, user_id: int, series_id: int) -> list[UUID]:
    """The uids of the episodes of a series that this person holds for good. One query."""
    rights = Entitlement.objects.filter(user_id=user_id, episode__series_id=series_id, revoked_at__isnull=True)
    return list(rights.values_list("episode__uid", flat=True))


def _decide(price: int, entitled: bool) -> Access:
    if not price:
        return Access(True, "free", 0)
    return Access(entitled, "entitled" if entitled else "locked", price)


def ways_to_unlock(*, user: User, episode: Episode, now: datetime) -> dict[str, Any]:
    """The JSON of a 402: price, balance, shortfall (coins), the rest of the series, the packs on sale."""
    price = episode_price(episode)
    balance = balance_of(user=user, now=now)
    return {
        "episode": str(episode.uid),
        "price_coins": price,
        "balance": balance,
        "shortfall": max(0, price - balance["total"]),
        "rest_of_series": rest_of_series(user=user, series_id=episode.series_id),
        "packs": [pack_document(pack) for pack in packs_on_sale()],
    }


def rest_of_series(*, user: User, series_id: int) -> dict[str, int]:
    """How many published episodes of the series this person would still have to buy, and their price together."""
    held = Entitlement.objects.filter(user=user, episode_id=OuterRef("pk"), revoked_at__isnull=True)
    locked = visible_episodes().filter(~Exists(held), series_id=series_id).annotate(cost=price_expression())
    prices = list(locked.filter(cost__gt=0).order_by().values_list("cost", flat=True))
    return {"episodes": len(prices), "price_coins": sum(prices)}
