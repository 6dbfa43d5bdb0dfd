"""What the studio's helper endpoints take and give."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.validators import plain_line
from generation.api.story_shapes import ShotOut


class QuoteOut(serializers.Serializer[Any]):
    profile = serializers.CharField()
    screenplay_version = serializers.IntegerField()
    steps_total = serializers.IntegerField()
    steps_to_run = serializers.IntegerField(help_text="0: everything is there already.")
    shots_total = serializers.IntegerField()
    shots_touched = serializers.ListField(child=serializers.IntegerField(), help_text="Numbers of shots made anew.")
    estimated_seconds = serializers.FloatField(help_text="Of one worker; several share them.")
    cost_micros = serializers.IntegerField(help_text="Millionths of the house's currency.")


class RenderShotOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    shot = ShotOut()
    key = serializers.CharField(help_text="The step's key, as in the render's steps and progress.")
    done = serializers.BooleanField()
    start_ms = serializers.IntegerField(help_text="From the start of the film; estimated until `done`.")
    duration_ms = serializers.IntegerField()
    preview = serializers.CharField(allow_null=True, help_text="A signed address that ends.")


class RenderShotsOut(serializers.Serializer[Any]):
    render = serializers.UUIDField()
    status = serializers.CharField()
    shots = RenderShotOut(many=True)


class VoicesQuery(serializers.Serializer[Any]):
    language = serializers.ChoiceField(["en", "zh"], default="en")


class VoiceOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    language = serializers.CharField()
    sex = serializers.CharField()
    age = serializers.CharField()


class VoicePage(serializers.Serializer[Any]):
    results = VoiceOut(many=True)
    next = serializers.CharField(allow_null=True)


class LineIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=300, validators=[plain_line])
    manner = serializers.CharField(max_length=60, required=False, allow_blank=True, validators=[plain_line])
