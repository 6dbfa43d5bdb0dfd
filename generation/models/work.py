"""What is asked for: renders of episodes and of single shots, batches of renders, and what happened to each.

Lock order, everywhere: the creator (only for changes of the graph), steps by ascending id, queue heads (by queue, lane,
creator: see `scheduler.heads`), renders by ascending id, the compute account. Ids of steps ascend along the edges,
because a plan is inserted in its own order.
"""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models import Episode, Master, Series
from common.models import Public
from creators.models import Creator
from generation.models.cast import Screenplay

if TYPE_CHECKING:
    from generation.models.steps import RenderStep, Step


class Batch(Public):
    """The wish to have many episodes of a series at a profile, admitted all or not at all.

    ADMITTING: its items become renders one by one; whoever dies in between is followed by the sweep. PILOT: one episode
    is made, the others wait for the creator's word. The counts of a running batch are those of its renders.
    """

    class Status(models.TextChoices):
        ADMITTING = "admitting"
        PILOT = "pilot"
        RUNNING = "running"
        ENDED = "ended"  # every render has ended, each in its own way
        CANCELLED = "cancelled"

    class Order(models.TextChoices):
        """What is still to be done to its renders, one short transaction after the other; whoever comes goes on."""

        GO = "go"
        PAUSE = "pause"
        RESUME = "resume"
        RETRY = "retry"
        CANCEL = "cancel"

    OPEN = (Status.ADMITTING, Status.PILOT, Status.RUNNING)

    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="batches")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="batches")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    profile = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ADMITTING)
    report = models.JSONField()  # the pre-flight that it was admitted with
    order = models.CharField(max_length=8, choices=Order.choices, blank=True)
    paused = models.BooleanField(default=False)  # what is admitted now is admitted paused
    go_at = models.DateTimeField(null=True, blank=True)  # the creator's word after the pilot
    finished_at = models.DateTimeField(null=True, blank=True)  # all has ended; what was cancelled has been stopped

    class Meta:
        indexes = [
            models.Index(fields=["series", "-id"], name="batch_by_series"),
            models.Index(fields=["id"], name="batch_open", condition=Q(finished_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.profile} {self.status}"


class Render(Public):
    """The wish to have an episode, or one shot of it, at a profile."""

    class Kind(models.TextChoices):
        EPISODE = "episode"
        SHOT = "shot"  # a take: the voices and the clip of one shot, no master

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        PAUSED = "paused"  # none of its steps starts until it is resumed; what runs is finished
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Pause(models.TextChoices):
        """Why a paused render waits, and so who may wake it."""

        CREATOR = "creator"
        PILOT = "pilot"
        BUDGET = "budget"

    LIVE = (Status.QUEUED, Status.RUNNING)
    OPEN = (Status.QUEUED, Status.RUNNING, Status.PAUSED)

    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="renders")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="renders")
    screenplay = models.ForeignKey(Screenplay, on_delete=models.PROTECT, related_name="renders")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="renders")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.EPISODE)
    profile = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    pause_reason = models.CharField(max_length=12, choices=Pause.choices, blank=True)
    final_key = models.CharField(max_length=64)
    # what was asked for, as it was then: {title, language, profile, shots, cast, look}; the base of report and evidence
    brief = models.JSONField()
    # weighted by estimated seconds of the steps that were work when it was asked for; never falls, 100 only when done
    percent = models.FloatField(default=0)
    seq = models.PositiveIntegerField(default=0)  # of the newest event
    master = models.ForeignKey(Master, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.CharField(max_length=500, blank=True)
    error_remedy = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    steps: "models.ManyToManyField[Step, RenderStep]" = models.ManyToManyField(
        "Step", through="RenderStep", related_name="renders"
    )

    class Meta:
        indexes = [
            models.Index(fields=["episode", "-id"], name="render_by_episode"),
            models.Index(fields=["id"], name="render_live", condition=Q(status__in=["queued", "running"])),
            models.Index(
                fields=["creator", "-id"], name="render_open", condition=Q(status__in=["queued", "running", "paused"])
            ),
            models.Index(
                fields=["creator", "-finished_at"], name="render_ended", condition=Q(finished_at__isnull=False)
            ),
            models.Index(fields=["id"], name="render_over_budget", condition=Q(pause_reason="budget")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="render_percent_in_range"),
            models.CheckConstraint(
                condition=Q(status="done", percent=100, kind="episode", master__isnull=False)
                | Q(status="done", percent=100, kind="shot", master__isnull=True)
                | (~Q(status="done") & Q(percent__lt=100)),
                name="render_done_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(status="paused") & ~Q(pause_reason="") | ~Q(status="paused") & Q(pause_reason=""),
                name="render_paused_has_reason",
            ),
            models.CheckConstraint(condition=~Q(status="failed") | ~Q(error_code=""), name="render_failed_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.episode_id} {self.profile} {self.status}"


class BatchItem(models.Model):
    """One episode of a batch: its text as it was when the batch was admitted, then its render."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="+")
    screenplay = models.ForeignKey(Screenplay, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    pilot = models.BooleanField(default=False)
    estimated_seconds = models.FloatField(default=0)  # of its own steps: one that an earlier item runs counts there
    price_micros = models.PositiveBigIntegerField(default=0)
    held_micros = models.PositiveBigIntegerField(default=0)  # of the account, until its steps hold it themselves
    render = models.OneToOneField(Render, on_delete=models.PROTECT, null=True, blank=True, related_name="item")
    # why it could not become a render after all; retrying the batch tries again
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.CharField(max_length=500, blank=True)
    error_remedy = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "episode"], name="one_item_per_episode"),
            models.UniqueConstraint(fields=["batch"], condition=Q(pilot=True), name="one_pilot_per_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.position}"


class ShotTake(Public):
    """Another rendering of a shot: same words, another seed. Take 1 is the shot as planned and has no row.

    `shot_ref` names the shot by what is drawn in it (see `plan.shot_refs`), not by its number, so that takes outlive an
    edit elsewhere.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="takes")
    shot_ref = models.CharField(max_length=64)
    number = models.PositiveSmallIntegerField()
    seed = models.PositiveBigIntegerField()
    chosen = models.BooleanField(default=False)  # none chosen: take 1
    render = models.OneToOneField(Render, on_delete=models.PROTECT, related_name="take")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode", "shot_ref", "number"], name="one_take_per_number"),
            models.UniqueConstraint(
                fields=["episode", "shot_ref"], condition=Q(chosen=True), name="one_chosen_take_per_shot"
            ),
            models.CheckConstraint(condition=Q(number__gte=2), name="take_one_is_the_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.episode_id} {self.shot_ref[:12]} take {self.number}"


class RenderEvent(models.Model):
    """Something a client must not miss, numbered from 1 without a gap within its render."""

    render = models.ForeignKey(Render, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=24)
    data = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["render", "seq"], name="one_event_per_seq")]

    def __str__(self) -> str:
        return f"{self.render_id} {self.seq} {self.kind}"
