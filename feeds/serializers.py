"""The shapes of the feed's answers and requests."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.serializers import EpisodeInSeries, SeriesCard
from feeds.intake import MAX_EVENTS
from feeds.models import WatchEvent
from feeds.ranking import CONTINUE, HOOK
from feeds.selectors import END, NOT_RELEASED, Card

STATES = ("free", "entitled", "pass", "vip", "locked")


class AccessOut(serializers.Serializer[Any]):
    """`state` says whether it plays and why; anything but `locked` does."""

    state = serializers.ChoiceField(choices=STATES, source="reason")
    price_coins = serializers.IntegerField()


class MarksOut(serializers.Serializer[Any]):
    """What this viewer has said: of the episode, of its series, of its creator."""

    liked = serializers.BooleanField()
    saved = serializers.BooleanField()
    following = serializers.BooleanField()


class NextOut(serializers.Serializer[Any]):
    """The episode that autoplay goes on with."""

    episode = serializers.UUIDField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=STATES)


@extend_schema_field(NextOut(allow_null=True))
class NextField(serializers.Field[Any, Any, Any, Any]):
    """Reads the card itself; null at the end of what is out."""

    def to_representation(self, card: Card) -> dict[str, Any] | None:
        if card.next is None or card.next_access is None:
            return None
        return {"episode": str(card.next.uid), "number": card.next.number, "state": card.next_access.reason}


class FeedItemOut(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Send it with every event about this item.")
    position = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=(HOOK, CONTINUE))
    series = SeriesCard(source="card.episode.series")
    episode = EpisodeInSeries(source="card.episode")
    access = AccessOut(source="card.access")
    viewer = MarksOut(source="card.viewer")
    next = NextField(source="card")


class FeedPageOut(serializers.Serializer[Any]):
    feed_id = serializers.UUIDField(source="feed")
    items = FeedItemOut(many=True)
    next_cursor = serializers.CharField(allow_null=True)
    exhausted = serializers.BooleanField(help_text="Everything there is has been shown to this viewer.")
    reset = serializers.BooleanField(help_text="The cursor was no longer good; this is the start of a fresh feed.")


class ContinueCardOut(serializers.Serializer[Any]):
    series = SeriesCard(source="card.episode.series")
    episode = EpisodeInSeries(source="card.episode")
    position_ms = serializers.IntegerField(source="card.position_ms", help_text="Where to go on, in milliseconds.")
    access = AccessOut(source="card.access")
    viewer = MarksOut(source="card.viewer")
    next = NextField(source="card")
    stopped_at = serializers.DateTimeField()


class ContinuePageOut(serializers.Serializer[Any]):
    results = ContinueCardOut(many=True)
    next = serializers.CharField(allow_null=True)


class FollowingOut(serializers.Serializer[Any]):
    """`episode` with its `access`, or null and the reason."""

    episode = EpisodeInSeries(source="card.episode", allow_null=True)
    access = AccessOut(source="card.access", allow_null=True)
    viewer = MarksOut(source="card.viewer", allow_null=True)
    reason = serializers.ChoiceField(choices=(END, NOT_RELEASED), allow_null=True)
    release_at = serializers.DateTimeField(allow_null=True)


class RenditionOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    url = serializers.CharField(help_text="A single fragmented MP4 that plays by itself.")
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    bitrate = serializers.IntegerField(help_text="Average bits a second.")
    codecs = serializers.CharField()


class SubtitleOut(serializers.Serializer[Any]):
    language = serializers.CharField()
    url = serializers.CharField()


class PlaybackOut(serializers.Serializer[Any]):
    """Addresses are paths on this host and hold the grant."""

    master_url = serializers.CharField(help_text="The HLS playlist.")
    renditions = RenditionOut(many=True)
    subtitles = SubtitleOut(many=True)
    poster_url = serializers.CharField()
    duration_ms = serializers.IntegerField()
    position_ms = serializers.IntegerField(help_text="Where this viewer stopped.")
    expires_at = serializers.DateTimeField()
    refresh_after = serializers.DateTimeField(help_text="Ask again from here on; the position stays.")


class EventIn(serializers.Serializer[Any]):
    """One report. It is checked by itself: a bad one is named in `rejected` and the others are taken."""

    id = serializers.UUIDField(help_text="Yours, the same on every retry.")
    type = serializers.ChoiceField(choices=WatchEvent.Type.choices)
    episode = serializers.UUIDField()
    token = serializers.CharField(required=False, allow_blank=True, help_text="Of the feed item, if a feed showed it.")
    occurred_at = serializers.DateTimeField(help_text="By the device's clock.")
    position_ms = serializers.IntegerField(required=False, min_value=0)
    watched_ms = serializers.IntegerField(required=False, min_value=0, help_text="Played so far in this playing.")


class EventBatchDoc(serializers.Serializer[Any]):
    """At most 500 events and 256 KiB. `sent_at` is stamped anew on every retry; it corrects the device's clock."""

    device_id = serializers.CharField(required=False, allow_blank=True, max_length=64)
    sent_at = serializers.DateTimeField()
    events = EventIn(many=True)


class EventBatchIn(serializers.Serializer[Any]):
    """The frame of a batch; what is inside is read event by event."""

    device_id = serializers.CharField(required=False, allow_blank=True, max_length=64, default="")
    sent_at = serializers.DateTimeField()
    events = serializers.ListField(child=serializers.JSONField(), max_length=MAX_EVENTS)


class RejectedOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    code = serializers.CharField()


class OutcomeOut(serializers.Serializer[Any]):
    accepted = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    rejected = RejectedOut(many=True)
