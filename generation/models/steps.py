"""The work itself: steps and their edges, which renders want them, what each left, and how every attempt ended.

Lock order: see `generation.models.work`.
"""

from django.db import models
from django.db.models import F, Q

from common.models import Timestamped
from creators.models import Creator
from generation.models.work import Render


class Step(Timestamped):
    """A unit of work, one per creator and key, shared by every render that needs it.

    `attempt` is the fencing token: it rises with every claim and only its holder's report counts. `tries` counts claims
    since the step was last put to work, and bounds them.
    """

    class Status(models.TextChoices):
        BLOCKED = "blocked"  # waits for `pending` other steps
        READY = "ready"  # may be claimed from ready_at on
        PAUSED = "paused"  # every render that wants it is paused; `pending` goes on counting
        LEASED = "leased"
        DONE = "done"
        FAILED = "failed"  # parked: out of tries, or can never work
        CANCELLED = "cancelled"  # no live render wants it

    class Lane(models.IntegerChoices):
        PREVIEW = 0
        FINAL = 1

    OPEN = (Status.BLOCKED, Status.READY, Status.PAUSED, Status.LEASED)

    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="steps")
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=24)
    queue = models.CharField(max_length=24)
    lane = models.PositiveSmallIntegerField(choices=Lane.choices, default=Lane.PREVIEW)
    affinity = models.CharField(max_length=80, blank=True)  # the model that it needs warm, "" for none
    spec = models.JSONField()
    status = models.CharField(max_length=12, choices=Status.choices)
    pending = models.PositiveIntegerField(default=0)
    estimated_seconds = models.FloatField()
    held_micros = models.PositiveBigIntegerField(default=0)  # of the creator's account, until it ends
    ready_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=80, blank=True)
    leased_at = models.DateTimeField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    fraction = models.FloatField(default=0)  # of this attempt, as its heartbeat said last
    seconds = models.FloatField(null=True, blank=True)  # of the attempt that was accepted
    finished_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.CharField(max_length=500, blank=True)
    error_remedy = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["queue", "lane", "creator", "ready_at", "id"], name="step_claim", condition=Q(status="ready")
            ),
            models.Index(fields=["creator", "queue"], name="step_running", condition=Q(status="leased")),
            models.Index(fields=["lease_expires_at"], name="step_lease", condition=Q(status="leased")),
            models.Index(fields=["-finished_at"], name="step_parked", condition=Q(status="failed")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["creator", "key"], name="one_step_per_key"),
            models.CheckConstraint(
                condition=~Q(status="leased") | Q(lease_expires_at__isnull=False, leased_at__isnull=False),
                name="step_leased_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["ready", "leased"]) | Q(pending=0, ready_at__isnull=False),
                name="step_ready_waits_for_nothing",
            ),
            models.CheckConstraint(condition=~Q(status="failed") | ~Q(error_code=""), name="step_failed_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key[:12]} {self.status}"


class StepEdge(models.Model):
    """`step` takes what `needs` left, under `name`. Two names may mean one step (the same words said twice)."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="edges")
    needs = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="wanted_by")
    name = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["step", "name"], name="one_input_per_name"),
            models.CheckConstraint(condition=Q(step__gt=F("needs")), name="edges_ascend"),
        ]

    def __str__(self) -> str:
        return f"{self.step_id} needs {self.needs_id} as {self.name}"


class RenderStep(models.Model):
    """A step of a render: how it is called there, and whether its artifact was already there when it was asked for."""

    render = models.ForeignKey(Render, on_delete=models.CASCADE, related_name="links")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="links")
    position = models.PositiveIntegerField()
    label = models.CharField(max_length=60)
    shot = models.PositiveIntegerField(null=True, blank=True)
    reused = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["render", "step"], name="one_link_per_step"),
            models.UniqueConstraint(fields=["render", "position"], name="one_step_per_position"),
        ]

    def __str__(self) -> str:
        return self.label


class Artifact(models.Model):
    """What a step left: files below an unguessable prefix, and JSON about them. Immutable."""

    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="artifacts")
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=24)
    prefix = models.CharField(max_length=200, unique=True)
    meta = models.JSONField()
    files = models.JSONField()  # [{name, size, sha256}]
    size_bytes = models.PositiveBigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["creator", "key"], name="one_artifact_per_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key[:12]}"


class StepAttempt(models.Model):
    """How one attempt ended and what it cost. The database refuses to change or delete a row."""

    class Outcome(models.TextChoices):
        DONE = "done"
        FAILED = "failed"
        LOST = "lost"  # the lease ran out: the worker died or stood still
        CANCELLED = "cancelled"

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="attempts")
    attempt = models.PositiveIntegerField()
    worker = models.CharField(max_length=80)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    cost_micros = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "attempt"], name="one_end_per_attempt")]

    def __str__(self) -> str:
        return f"{self.step_id}.{self.attempt} {self.outcome}"
