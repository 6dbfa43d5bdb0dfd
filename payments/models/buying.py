"""Buying coins: packs on the shelf, orders, and what providers say was paid."""

from django.db import models
from django.db.models import Q

from common.models import Public
from payments.models.wallet import Wallet


class CoinPack(Public):
    """A price tag, as data. Orders copy it, so that changing a pack changes no order."""

    code = models.SlugField(max_length=40, unique=True)
    coins = models.PositiveIntegerField()
    bonus = models.PositiveIntegerField(default=0)
    bonus_days = models.PositiveSmallIntegerField(default=90)
    price_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="USD")
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(coins__gt=0) & Q(price_cents__gt=0), name="pack_sells_something_for_something"
            )
        ]

    def __str__(self) -> str:
        return self.code


class Order(Public):
    """Somebody wants to buy. The facts of the pack are frozen here; payment is only ever told by the provider."""

    class Status(models.TextChoices):
        PENDING = "pending"
        FAILED = "failed"  # no checkout could be opened, so nobody can pay it
        PAID = "paid"
        REFUNDED = "refunded"

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="orders")
    pack = models.ForeignKey(CoinPack, on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    provider = models.CharField(max_length=12)
    session = models.CharField(max_length=80, blank=True)  # the provider's name for the checkout
    coins = models.PositiveIntegerField()
    bonus = models.PositiveIntegerField()
    bonus_days = models.PositiveSmallIntegerField()
    price_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)

    def __str__(self) -> str:
        return f"order {self.uid}"


class Purchase(Public):
    """One payment at a provider. Its transaction id is unique there, so coins are granted once whoever tells of it.

    All money in millionths of `currency`: gross = net + tax + fee.
    """

    class Environment(models.TextChoices):
        LIVE = "live"
        TEST = "test"

    provider = models.CharField(max_length=12)
    txn_id = models.CharField(max_length=80)
    order = models.OneToOneField(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="purchase")
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, null=True, blank=True, related_name="purchases")
    environment = models.CharField(max_length=4, choices=Environment.choices)
    gross_micros = models.BigIntegerField()
    tax_micros = models.BigIntegerField(default=0)
    fee_micros = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    granted_at = models.DateTimeField(null=True, blank=True)
    refunded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "txn_id"], name="one_purchase_per_transaction"),
            models.CheckConstraint(
                condition=Q(gross_micros__gte=0) & Q(tax_micros__gte=0) & Q(fee_micros__gte=0),
                name="purchase_money_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.txn_id}"

    @property
    def net_micros(self) -> int:
        """What stays with us."""
        return self.gross_micros - self.tax_micros - self.fee_micros
