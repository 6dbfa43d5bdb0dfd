"""The little that pages must know before a script runs: titles for previews, and the twin's bill."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from catalog.models import Episode, Series
from catalog.selectors import series_shown, visible_episodes
from payments.models import Order, TwinSession
from payments.providers.twin import TwinProvider


@dataclass(frozen=True, slots=True)
class Bill:
    """What a checkout of the twin asks for: coins and bonus, and money in the currency's smallest unit."""

    coins: int
    bonus: int
    amount_cents: int
    currency: str
    paid: bool


def shown_series(*, uid: UUID) -> Series:
    """A series with something to watch. Raises `NotFound`."""
    return series_shown(uid)


def shown_number(*, series: Series, number: int) -> Episode | None:
    """The published episode `number` of a series, None if there is none (any more, or yet)."""
    return visible_episodes().filter(series=series, number=number).first()


def twin_bill(*, session: str) -> Bill | None:
    """The bill of a checkout; None for no such one, or if the twin is not the provider in use."""
    if TwinProvider.name != settings.PAYMENT_PROVIDER:
        return None
    twin = TwinSession.objects.filter(session=session).first()
    order = Order.objects.filter(uid=twin.order_uid).first() if twin else None
    if twin is None or order is None:
        return None
    return Bill(order.coins, order.bonus, twin.amount_cents, twin.currency, twin.paid_at is not None)
