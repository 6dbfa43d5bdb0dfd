"""What a person holds: the wallet (lock and cached balance) and the lots that its coins came in."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common.models import Public, Timestamped


class Wallet(Timestamped):
    """One a person, made with the first coin. Its row is the lock of everything that moves its coins.

    The balances are a cache of the open lots and of the postings; `ledger_audit` proves that all three agree. Erasing
    the person empties `user` and leaves the books whole under the pseudonymous `subject`.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="wallet"
    )
    subject = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    paid = models.BigIntegerField(default=0)
    bonus = models.BigIntegerField(default=0)
    # coins that a refund took back after they were spent; blocks spending, and the next purchase repays it first
    debt = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(paid__gte=0), name="wallet_paid_not_negative"),
            models.CheckConstraint(condition=Q(bonus__gte=0), name="wallet_bonus_not_negative"),
            models.CheckConstraint(condition=Q(debt__gte=0), name="wallet_debt_not_negative"),
        ]

    def __str__(self) -> str:
        return f"wallet {self.subject}"


class CoinLot(Public):
    """Coins that came together, so that each spent coin can be traced to the money that bought it.

    Paid coins never expire (the stores forbid it), bonus coins always do. `net_micros` is the money that stayed of the
    lot's price after tax and fees, in millionths of `currency`; bonus lots carry none.
    """

    class Kind(models.TextChoices):  # spent in this order: the unlock function relies on "bonus" sorting before "paid"
        BONUS = "bonus"
        PAID = "paid"

    class Channel(models.TextChoices):
        WEB = "web"
        APPLE = "apple"
        GOOGLE = "google"
        AD = "ad"
        PROMO = "promo"

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="lots", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    # the entry that granted it, and the purchase that paid for it
    entry = models.ForeignKey("Entry", on_delete=models.PROTECT, related_name="lots")
    purchase = models.ForeignKey(
        "Purchase", on_delete=models.PROTECT, null=True, blank=True, related_name="lots", db_index=False
    )
    granted = models.BigIntegerField()
    remaining = models.BigIntegerField()
    # a column of its own, because an index over `remaining` would cost every spend a new index entry
    open = models.GeneratedField(
        expression=Q(remaining__gt=0),  # type: ignore[arg-type]  # the stubs know no conditions here
        output_field=models.BooleanField(),
        db_persist=True,
    )
    net_micros = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(granted__gt=0), name="lot_granted_positive"),
            models.CheckConstraint(
                condition=Q(remaining__gte=0) & Q(remaining__lte=F("granted")), name="lot_remaining_within_granted"
            ),
            models.CheckConstraint(
                condition=Q(kind="paid", expires_at__isnull=True) | Q(kind="bonus", expires_at__isnull=False),
                name="lot_bonus_expires_paid_never",
            ),
            models.CheckConstraint(
                condition=Q(net_micros__gte=0) & (Q(kind="paid") | Q(net_micros=0)), name="lot_money_only_if_paid"
            ),
            models.UniqueConstraint(fields=["purchase", "kind"], name="one_lot_per_purchase_and_kind"),
        ]
        indexes = [
            models.Index(fields=["wallet", "kind", "expires_at", "id"], name="lot_open", condition=Q(open=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.remaining}/{self.granted}"
