"""What a creator may take of the machines: a share of their time, and money."""

from django.db import models
from django.db.models import Q

from common.models import Timestamped
from creators.models import Creator
from generation.models.steps import Step
from generation.models.work import BatchItem, Render


class ComputeAccount(Timestamped):
    """A creator's compute account: what is spent, what is held for work that has been asked for, and how far it may go.

    `held` and `spent` are the sums of the entries; this row is their lock and cache. Made with the first hold.
    """

    creator = models.OneToOneField(Creator, on_delete=models.PROTECT, primary_key=True, related_name="compute")
    held_micros = models.PositiveBigIntegerField(default=0)
    spent_micros = models.PositiveBigIntegerField(default=0)
    cap_micros = models.PositiveBigIntegerField(null=True, blank=True)  # None: no cap
    counted_from_micros = models.PositiveBigIntegerField(default=0)  # spent when the cap was last renewed
    capped = models.BooleanField(default=False)  # the cap is reached: no further step starts
    weight = models.FloatField(default=1.0)  # of the machines' time, against other creators
    max_running = models.PositiveIntegerField(null=True, blank=True)  # steps at once; None: the setting

    class Meta:
        indexes = [models.Index(fields=["creator"], name="account_capped", condition=Q(capped=True))]
        constraints = [models.CheckConstraint(condition=Q(weight__gt=0), name="account_weight_is_positive")]

    def __str__(self) -> str:
        return f"{self.creator_id}: {self.spent_micros} spent, {self.held_micros} held"


class ComputeEntry(models.Model):
    """One movement of a compute account. The database refuses to change or delete a row."""

    class Kind(models.TextChoices):
        HOLD = "hold"  # a render, or an item of a batch, was asked for
        SETTLE = "settle"  # an attempt was accepted: its price is spent, its step's hold is let go
        RELEASE = "release"  # a step, or an item, ended without a result: its hold is let go

    account = models.ForeignKey(ComputeAccount, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    render = models.ForeignKey(Render, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    attempt = models.PositiveIntegerField(null=True, blank=True)
    item = models.ForeignKey(BatchItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    held_micros = models.BigIntegerField()  # added to what is held
    spent_micros = models.PositiveBigIntegerField(default=0)  # added to what is spent
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="compute_by_account")]
        constraints = [
            models.UniqueConstraint(
                fields=["step", "attempt"], condition=Q(kind="settle"), name="one_charge_per_attempt"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind} {self.held_micros:+} {self.spent_micros:+}"


class QueueHead(models.Model):
    """A creator's place in a queue: the one row that a claim looks at before it looks at steps.

    `served` is virtual time: seconds of work begun, divided by the creator's weight; the least is next. `bell` rises
    with every step that becomes ready, so that whoever finds nothing can say so without missing what came just then.
    """

    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+")
    queue = models.CharField(max_length=24)
    lane = models.PositiveSmallIntegerField(choices=Step.Lane.choices)
    active = models.BooleanField(default=False)
    served = models.FloatField(default=0)
    bell = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["queue", "active", "lane", "served", "id"], name="head_next")]
        constraints = [models.UniqueConstraint(fields=["queue", "lane", "creator"], name="one_head_per_creator")]

    def __str__(self) -> str:
        return f"{self.creator_id} {self.queue} {self.lane} {self.served:.1f}"
