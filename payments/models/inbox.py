"""What came in from outside, kept so that everything can be told again: provider events and repeated requests."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ProviderEvent(models.Model):
    """A provider's webhook, its bytes as they came, stored before anything is done about it.

    PARKED events wait for a person, or for a release that knows their type; none is ever dropped.
    """

    class Status(models.TextChoices):
        RECEIVED = "received"
        PROCESSED = "processed"
        PARKED = "parked"

    provider = models.CharField(max_length=12)
    event_id = models.CharField(max_length=80)
    type = models.CharField(max_length=40)
    raw = models.BinaryField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.RECEIVED)
    received_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="one_event_per_provider_id")]
        indexes = [models.Index(fields=["next_attempt_at"], name="event_due", condition=Q(status="received"))]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"


class IdempotencyRecord(models.Model):
    """The answer that a person's key already got. Refusals are not kept: they settle nothing and bind no key."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    request_hash = models.CharField(max_length=64)
    answer = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return self.key


class TwinSession(models.Model):
    """The local twin's own book of checkouts: what a provider would keep on its side. Our books never read it."""

    session = models.CharField(max_length=80, unique=True)
    order_uid = models.UUIDField(unique=True)
    amount_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    txn_id = models.CharField(max_length=80, blank=True)
    event_id = models.CharField(max_length=80, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.session
