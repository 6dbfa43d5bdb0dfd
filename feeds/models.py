"""What viewers were shown, what they did with it, and where they stopped."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from catalog.models import Episode, Series
from common.models import Public
from feeds.reaction_models import Like, NotInterested, Saved

__all__ = ["FeedSlate", "Like", "NotInterested", "Progress", "Saved", "View", "ViewerSeen", "WatchEvent"]


class ViewerSeen(models.Model):
    """One row per viewer, and the one lock of this app: pages, batches of events and progress take it first.

    The two columns are serialised roaring bitmaps of dense ids: 0.1 to 4 kB for a year of swiping.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    # series whose hook was served, or that were watched: they never come back as a hook
    series = models.BinaryField(default=b"")
    # episodes that the feed has served, as a hook or as a card to continue
    episodes = models.BinaryField(default=b"")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"seen by {self.pk}"


class FeedSlate(Public):
    """A frozen list of what one viewer is shown next, so that a page asked for twice is the same page.

    `items` holds `[episode id, series id, kind]`. What lies before the last cut was served and never changes; what lies
    behind it is a plan: it loses what was withdrawn meanwhile, and grows when the end comes near.
    """

    viewer = models.ForeignKey(ViewerSeen, models.CASCADE, related_name="slates", db_index=False)
    items = models.JSONField(default=list)
    cuts = ArrayField(models.PositiveIntegerField(), default=list)  # where pages begin; the last: where the next will
    exhausted = models.BooleanField(default=False)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["viewer", "expires_at"], name="slate_by_viewer")]

    def __str__(self) -> str:
        return f"slate {self.uid}"


class WatchEvent(models.Model):
    """What a client reported, once. Append-only: a trigger refuses changes."""

    class Type(models.TextChoices):
        IMPRESSION = "impression"
        PLAY_START = "play_start"
        PROGRESS = "progress"
        PLAY_END = "play_end"
        REPLAY = "replay"
        LIKE = "like"
        UNLIKE = "unlike"
        SHARE = "share"
        PAYWALL_SHOWN = "paywall_shown"
        NOT_INTERESTED = "not_interested"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    event_id = models.UUIDField()
    type = models.CharField(max_length=16, choices=Type.choices)
    # here and below no constraint in the database: its check locks the row that every viewer of a hit shares
    episode = models.ForeignKey(Episode, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    device_id = models.CharField(max_length=64, blank=True)
    # where in which feed it was shown, read from a token that we signed; empty when it was not shown by a feed
    feed = models.UUIDField(null=True)
    position = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=8, blank=True)
    occurred_at = models.DateTimeField()  # by our clock: corrected and clamped
    claimed_at = models.DateTimeField()  # by theirs
    sent_at = models.DateTimeField()  # by theirs
    received_at = models.DateTimeField()
    position_ms = models.PositiveIntegerField(default=0)
    watched_ms = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "event_id"], name="one_watch_event_per_id")]
        indexes = [models.Index(fields=["episode", "occurred_at"], name="watch_event_by_episode")]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class View(models.Model):
    """A view that counts: 3 seconds or half of the episode, once per viewer, episode and UTC day; never the makers'."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    episode = models.ForeignKey(Episode, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "episode", "day"], name="one_view_a_day")]
        indexes = [models.Index(fields=["episode", "day"], name="view_by_episode")]

    def __str__(self) -> str:
        return f"{self.user_id} saw {self.episode_id} on {self.day}"


class Progress(models.Model):
    """Where a viewer stopped in a series: one row, so that continue watching shows one card per series."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    series = models.ForeignKey(Series, models.CASCADE, related_name="+", db_constraint=False)
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="+", db_constraint=False)
    position_ms = models.PositiveIntegerField()
    # the number to go on with: this episode's own, or the one after it once 95 % were watched
    next_number = models.PositiveIntegerField()
    occurred_at = models.DateTimeField()  # of the event that decided; a later one wins
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "progress"
        constraints = [models.UniqueConstraint(fields=["user", "series"], name="one_progress_per_series")]
        indexes = [models.Index(fields=["user", "-occurred_at", "-id"], name="progress_latest")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.episode_id}"
