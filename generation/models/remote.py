"""What was asked of a video service. Written before the request goes out: see `generation.remote`."""

import uuid

from django.db import models
from django.db.models import Q

from common.models import Timestamped
from generation.models.steps import Step


class RemoteJob(Timestamped):
    """One wish of one step. A row is never deleted: it may be on somebody's bill."""

    class State(models.TextChoices):
        INTENDED = "intended"  # the request may have gone out
        SUBMITTED = "submitted"  # the service has it, as `remote_id`
        UNSURE = "unsure"  # nobody can say whether it has: a person looks
        CANCELLING = "cancelling"  # it has to be told that nobody wants it
        DONE = "done"  # its film is ours
        FAILED = "failed"
        CANCELLED = "cancelled"
        NEVER = "never"  # it never reached the service

    OPEN = (State.INTENDED, State.SUBMITTED, State.UNSURE)

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="remote_jobs")
    attempt = models.PositiveIntegerField()  # of the step, that asked
    service = models.CharField(max_length=60)
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.INTENDED)
    remote_id = models.CharField(max_length=400, blank=True, db_index=True)
    why = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["step"], name="one_open_job_per_step",
                condition=Q(state__in=["intended", "submitted", "unsure"]),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "done"]) | ~Q(remote_id=""), name="job_submitted_has_id"
            ),
        ]
        indexes = [
            models.Index(
                fields=["updated_at"], name="job_tend",
                condition=Q(state__in=["intended", "submitted", "unsure", "cancelling"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.remote_id or self.token} {self.state}"
