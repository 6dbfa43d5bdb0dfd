"""Orders: made here, paid at the provider, told of by webhook or by asking."""

from datetime import datetime
from uuid import UUID

from accounts.models import User
from common.errors import NotFound
from common.transitions import move
from payments.models import CoinPack, Order
from payments.providers import current_provider
from payments.providers.base import CheckoutRequest, Payment, ProviderUnavailable
from payments.selectors import order_of
from payments.services.granting import purchase_grant
from payments.services.wallets import wallet_ensure


def order_create(*, user: User, pack_uid: UUID) -> tuple[Order, str]:
    """An order for a pack on sale, and the address where it is paid.

    Raises `NotFound` for no such pack, `ProviderUnavailable`. The provider is called outside any transaction.
    """
    pack = CoinPack.objects.filter(uid=pack_uid, active=True).first()
    if pack is None:
        raise NotFound("There is no such pack on sale.", code="no_such_pack", remedy="Ask for the packs again.")
    provider = current_provider()
    order = Order.objects.create(
        wallet=wallet_ensure(user=user), pack=pack, provider=provider.name, coins=pack.coins, bonus=pack.bonus,
        bonus_days=pack.bonus_days, price_cents=pack.price_cents, currency=pack.currency,
    )
    title = f"{pack.coins} coins" + (f" + {pack.bonus} bonus" if pack.bonus else "")
    try:
        checkout = provider.create_checkout(CheckoutRequest(order.uid, order.price_cents, order.currency, title))
    except ProviderUnavailable:
        move(order, expect=Order.Status.PENDING, to=Order.Status.FAILED)
        raise
    Order.objects.filter(pk=order.pk).update(session=checkout.session)
    order.session = checkout.session
    return order, checkout.url


def order_verify(*, user: User, uid: UUID, now: datetime) -> Order:
    """The person's order; if it is still pending the provider is asked, so that a lost webhook costs nobody coins.

    Raises `NotFound` for anybody else's, `PaymentMismatch`.
    """
    order = order_of(user=user, uid=uid)
    if order.status == Order.Status.PENDING and order.session and order.provider == current_provider().name:
        payment = _find_payment(order)
        if payment is not None:
            purchase_grant(payment=payment, now=now)
            order.refresh_from_db(fields=["status"])
    return order


def _find_payment(order: Order) -> Payment | None:
    """What the provider says; one that does not answer says nothing new, and its webhook will come."""
    try:
        return current_provider().find_payment(order.session)
    except ProviderUnavailable:
        return None
