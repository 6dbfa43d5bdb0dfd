"""A payment becomes coins: one function, whoever tells of it (webhook, sweep, or the buyer asking)."""

from datetime import datetime, timedelta

from django.db import transaction

from common.errors import DomainError
from common.transitions import move
from payments.models import CoinLot, Entry, Order, Purchase
from payments.models.ledger import Account
from payments.providers.base import MICROS_PER_CENT, Payment
from payments.services.credit import LotDraft, coins_credit
from payments.services.ledger import Leg
from payments.services.wallets import wallet_lock


class PaymentMismatch(DomainError):
    """The payment does not fit any order of ours: a person has to look, so the event is parked."""

    status = 409
    code = "payment_mismatch"
    message = "The payment does not fit the order."
    remedy = "Write to support with the order's id."


def purchase_grant(*, payment: Payment, now: datetime) -> bool:
    """Grant what `payment` paid for. Returns whether this call did; any later call changes nothing.

    Raises `PaymentMismatch` if there is no such order, it cost something else, or it was paid by another transaction.
    """
    order = Order.objects.filter(uid=payment.order_uid, provider=payment.provider).first()
    if order is None:
        raise PaymentMismatch("There is no such order.")
    with transaction.atomic():
        wallet = wallet_lock(wallet_id=order.wallet_id)
        purchase = _purchase_record(order=order, payment=payment)
        if purchase.granted_at is not None or purchase.refunded_at is not None:
            return False
        coins_credit(
            wallet=wallet, drafts=_lots(order, purchase, now), kind=Entry.Kind.PURCHASE, now=now,
            idem=f"purchase:{purchase.provider}:{purchase.txn_id}", money=_money(purchase), purchase=purchase,
        )
        Purchase.objects.filter(pk=purchase.pk).update(granted_at=now, updated_at=now)
        move(order, expect=[Order.Status.PENDING, Order.Status.FAILED], to=Order.Status.PAID)
    return True


def _purchase_record(*, order: Order, payment: Payment) -> Purchase:
    """The row of this transaction; the wallet's lock makes look-then-insert safe for one order."""
    known = Purchase.objects.filter(provider=payment.provider, txn_id=payment.txn_id).first()
    if known is not None:
        if known.order_id != order.pk:
            raise PaymentMismatch("That transaction paid for another order.")
        return known
    if (payment.amount_cents, payment.currency) != (order.price_cents, order.currency):
        raise PaymentMismatch("The amount paid is not the order's price.")
    if Purchase.objects.filter(order=order).exists():
        raise PaymentMismatch("The order was already paid by another transaction.")
    return Purchase.objects.create(
        provider=payment.provider, txn_id=payment.txn_id, order=order, wallet_id=order.wallet_id,
        environment=payment.environment, currency=payment.currency,
        gross_micros=payment.amount_cents * MICROS_PER_CENT, tax_micros=payment.tax_cents * MICROS_PER_CENT,
        fee_micros=payment.fee_cents * MICROS_PER_CENT,
    )


def _lots(order: Order, purchase: Purchase, now: datetime) -> list[LotDraft]:
    lots = [
        LotDraft(
            CoinLot.Kind.PAID, order.coins, CoinLot.Channel.WEB, net_micros=max(0, purchase.net_micros),
            currency=purchase.currency,
        )
    ]
    if order.bonus:
        expires = now + timedelta(days=order.bonus_days)
        lots.append(LotDraft(CoinLot.Kind.BONUS, order.bonus, CoinLot.Channel.WEB, expires_at=expires))
    return lots


def _money(purchase: Purchase) -> list[Leg]:
    """What the provider now owes us, what it keeps, what the state gets, and what we owe in episodes."""
    kept = purchase.gross_micros - purchase.fee_micros
    return [
        Leg(Account.CLEARING.of_provider(purchase.provider), purchase.currency, kept),
        Leg(Account.FEES.of_provider(purchase.provider), purchase.currency, purchase.fee_micros),
        Leg(Account.TAX, purchase.currency, -purchase.tax_micros),
        Leg(Account.DEFERRED, purchase.currency, purchase.tax_micros - purchase.gross_micros),
    ]
