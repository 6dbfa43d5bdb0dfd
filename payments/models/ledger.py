"""The books: append-only by trigger, balanced per entry and asset by trigger, integers only."""

from django.db import models
from django.db.models import Q

from catalog.models import Episode
from common.ids import uuid7


class Account(models.TextChoices):
    """The accounts that postings name. `clearing` and `fees` are one per provider: see `of_provider`."""

    WALLET = "wallet"  # coins a subject may spend
    DEBT = "debt"  # minus the coins that a subject owes
    ISSUED = "issued"  # minus all coins ever given out
    SPENT = "spent"  # coins paid for episodes
    DEFERRED = "deferred"  # minus the money taken for coins
    TAX = "tax"
    CLEARING = "clearing"  # money a provider owes us; returns to zero when it pays out
    FEES = "fees"

    def of_provider(self, provider: str) -> str:
        return f"{self.value}:{provider}"


class Asset(models.TextChoices):
    """What is counted. Money is counted in millionths, under its ISO code."""

    PAID = "coin.paid"
    BONUS = "coin.bonus"


class Entry(models.Model):
    """Something that happened, once: `idem` is its natural key, and a second try with it cannot be written."""

    class Kind(models.TextChoices):
        PURCHASE = "purchase"
        UNLOCK = "unlock"
        PROMO = "promo"
        REFUND = "refund"
        EXPIRY = "expiry"
        ADJUSTMENT = "adjustment"

    # no unique index: random enough, and the hot path is spared one
    uid = models.UUIDField(default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    idem = models.CharField(max_length=200, unique=True)
    # whose wallet it moved; never the person
    subject = models.UUIDField(null=True, blank=True)
    # no database constraint: its check would lock the episode's row, which every viewer of a hit shares
    episode = models.ForeignKey(
        Episode, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False, db_index=False
    )
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by", db_index=False
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(
                fields=["reverses"], name="entry_reversed_once", condition=Q(reverses__isnull=False)
            )
        ]
        indexes = [models.Index(fields=["subject", "-created_at", "-uid"], name="entry_history")]

    def __str__(self) -> str:
        return self.idem


class Posting(models.Model):
    """One leg of an entry. All legs of an entry are written by one statement and sum to zero per asset."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=40)
    asset = models.CharField(max_length=12)
    amount = models.BigIntegerField()
    # set on the accounts that belong to somebody: wallet and debt
    subject = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="posting_moves_something"),
            models.CheckConstraint(
                condition=Q(account__in=["wallet", "debt"], subject__isnull=False)
                | (~Q(account__in=["wallet", "debt"]) & Q(subject__isnull=True)),
                name="posting_subject_where_owned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount:+} {self.asset}"


class LotUse(models.Model):
    """Which lot an entry took coins from, and the share of the lot's money that went with them.

    Shares are differences of a rounded running total, so that the uses of an emptied lot sum to its money exactly.
    """

    lot = models.ForeignKey("CoinLot", on_delete=models.PROTECT, related_name="uses", db_index=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lot_uses")
    amount = models.BigIntegerField()
    net_micros = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lot", "entry"], name="one_use_per_lot_and_entry"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="lot_use_positive"),
            models.CheckConstraint(condition=Q(net_micros__gte=0), name="lot_use_money_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of lot {self.lot_id}"
