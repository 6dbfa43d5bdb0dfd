"""Who judged what, on which evidence, and why. Decisions are moved by services; the audit trail only grows."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models import Episode, Master
from common.ids import uuid7
from common.models import Public


class Reason(models.TextChoices):
    """Why an episode is rejected or taken down, or what a viewer reports."""

    MINORS = "minors", "Minors in a sexual or harmful setting"
    SEXUAL = "sexual", "Sexual content beyond the rating"
    VIOLENCE = "violence", "Violence beyond the rating"
    HATE = "hate", "Hate or harassment"
    SELF_HARM = "self_harm", "Self-harm"
    DANGEROUS = "dangerous", "Instructions for harm"
    CONSENT = "consent", "A face or voice without consent"
    COPYRIGHT = "copyright", "Copyright or licence"
    MISLEADING = "misleading", "Misleading or fraudulent"
    RATING = "rating", "Wrong maturity rating"
    QUALITY = "quality", "Broken picture, sound or captions"
    SPAM = "spam", "Advertising or contact bait"
    OTHER = "other", "Something else: see the note"


class Review(Public):
    """The judgement of one master. Reads its frozen evidence, never the studio's live rows."""

    class Status(models.TextChoices):
        PENDING = "pending"
        APPROVED = "approved"
        REJECTED = "rejected"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="reviews")
    master = models.OneToOneField(Master, on_delete=models.PROTECT, related_name="review")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    reason_code = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    # the person may be erased one day; the audit trail then still names their pseudonym
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    rules_version = models.CharField(max_length=20)

    class Meta:
        indexes = [models.Index(fields=["uid"], name="review_pending", condition=Q(status="pending"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="pending", decided_at__isnull=True)
                | (~Q(status="pending") & Q(decided_at__isnull=False)),
                name="review_decided_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(reason_code=""), name="review_rejected_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} review of {self.master_id}"


class Finding(models.Model):
    """What a check points at: a code, how loud, and where in the evidence."""

    class Severity(models.TextChoices):
        INFO = "info"
        WARNING = "warning"
        BLOCK = "block"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="findings")
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    # the path of the value in the evidence, such as `shots.3.lines.0.text`; empty for the whole
    place = models.CharField(max_length=200, blank=True)
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    excerpt = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.severity} {self.code} at {self.place}"


class Report(Public):
    """A viewer says that something is wrong. One per viewer and episode: the second only changes the first."""

    class Status(models.TextChoices):
        OPEN = "open"
        UPHELD = "upheld"
        DISMISSED = "dismissed"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reason_code = models.CharField(max_length=16, choices=Reason.choices)
    note = models.TextField(max_length=1000, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["episode", "reporter"], name="one_report_per_viewer")]
        indexes = [models.Index(fields=["uid"], name="report_open", condition=Q(status="open"))]

    def __str__(self) -> str:
        return f"{self.reason_code} at {self.episode_id}"


class Appeal(Public):
    """A creator asks that a rejection be looked at again, by someone else."""

    class Status(models.TextChoices):
        OPEN = "open"
        UPHELD = "upheld"  # the decision stays
        GRANTED = "granted"

    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="appeal")
    appellant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField(max_length=4000)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)

    def __str__(self) -> str:
        return f"{self.status} appeal against {self.review_id}"


class AuditEntry(models.Model):
    """One decision, as it was made. A trigger refuses every change and every deletion of a row."""

    class Action(models.TextChoices):
        REVIEW_OPENED = "review_opened", "Review opened"
        REVIEW_APPROVED = "review_approved", "Review approved"
        REVIEW_REJECTED = "review_rejected", "Review rejected"
        EPISODE_TAKEN_DOWN = "episode_taken_down", "Episode taken down"
        EPISODE_RESTORED = "episode_restored", "Episode restored"
        APPEAL_MADE = "appeal_made", "Appeal made"
        APPEAL_GRANTED = "appeal_granted", "Appeal granted"
        APPEAL_UPHELD = "appeal_upheld", "Appeal turned down"
        REPORTS_UPHELD = "reports_upheld", "Reports upheld"
        REPORTS_DISMISSED = "reports_dismissed", "Reports dismissed"
        ACCOUNT_CLOSED = "account_closed", "Account closed"
        ACCOUNT_REOPENED = "account_reopened", "Account reopened"
        MODERATOR_APPOINTED = "moderator_appointed", "Moderator appointed"
        MODERATOR_DISMISSED = "moderator_dismissed", "Moderator dismissed"

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    at = models.DateTimeField()
    action = models.CharField(max_length=24, choices=Action.choices)
    # accounts.User.subject; null: the machine itself. No foreign keys: the trail outlives what it speaks of
    actor = models.UUIDField(null=True, blank=True, db_index=True)
    episode_uid = models.UUIDField(null=True, blank=True, db_index=True)
    review_uid = models.UUIDField(null=True, blank=True)
    # accounts.User.subject of the person it was about
    person = models.UUIDField(null=True, blank=True, db_index=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["at"], name="audit_at")]

    def __str__(self) -> str:
        return f"{self.action} at {self.at:%Y-%m-%d %H:%M}"
