"""The shapes of what a viewer's own marks look like."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.serializers import EpisodeInSeries, SeriesCard
from feeds.serializers import AccessOut, MarksOut, NextField


class SavedOut(serializers.Serializer[Any]):
    series = SeriesCard()
    saved_at = serializers.DateTimeField(source="created_at")


class ListPageOut(serializers.Serializer[Any]):
    results = SavedOut(many=True)
    next = serializers.CharField(allow_null=True)


class SeriesMarksOut(serializers.Serializer[Any]):
    saved = serializers.BooleanField()
    following = serializers.BooleanField()


class ResumeOut(serializers.Serializer[Any]):
    """The episode to go on with."""

    episode = serializers.UUIDField()
    number = serializers.IntegerField()
    position_ms = serializers.IntegerField()


class InSeriesOut(serializers.Serializer[Any]):
    viewer = SeriesMarksOut(source="*")
    not_interested = serializers.BooleanField()
    liked = serializers.ListField(child=serializers.UUIDField(), help_text="Episodes that this viewer likes.")
    unlocked = serializers.ListField(child=serializers.UUIDField(), help_text="Locked episodes that they have bought.")
    resume = ResumeOut(allow_null=True)


class EpisodeCardOut(serializers.Serializer[Any]):
    series = SeriesCard(source="card.episode.series")
    episode = EpisodeInSeries(source="card.episode")
    position_ms = serializers.IntegerField(source="card.position_ms")
    access = AccessOut(source="card.access")
    viewer = MarksOut(source="card.viewer")
    next = NextField(source="card")
