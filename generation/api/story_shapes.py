"""What the story endpoints take and give."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from generation.breakdown import FRAMINGS, MOVES, TRANSITIONS
from generation.models import Character, Look, Screenplay

TIMES_OF_DAY = ("day", "night", "dawn", "dusk")


class SourceField(serializers.CharField):
    """Text as it is: what is wrong with it the parser says, with the line, so no other validator runs before."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, allow_blank=True, **options)
        self.validators = []


class SourceIn(serializers.Serializer[Any]):
    source = SourceField(  # type: ignore[assignment]  # the field's name is that of an attribute of fields
        help_text="Fountain, English or Chinese, at most 256 KB of UTF-8."
    )


class SaveIn(SourceIn):
    base_version = serializers.IntegerField(
        required=False, min_value=0, max_value=10**9,
        help_text="The version that was edited (0: none): 409 newer_version if it is no longer the latest.",
    )


class ScreenplayOut(serializers.ModelSerializer[Screenplay]):
    class Meta:
        model = Screenplay
        fields = ("uid", "version", "title", "language", "source", "sha256", "shot_count", "estimated_ms", "created_at")
        read_only_fields = fields


class LineOut(serializers.Serializer[Any]):
    speaker = serializers.CharField()
    text = serializers.CharField()
    manner = serializers.CharField()
    off_screen = serializers.BooleanField()
    source_line = serializers.IntegerField()


class ShotOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    scene = serializers.IntegerField()
    place = serializers.CharField()
    interior = serializers.BooleanField(allow_null=True)
    time_of_day = serializers.ChoiceField(TIMES_OF_DAY)
    framing = serializers.ChoiceField(FRAMINGS)
    move = serializers.ChoiceField(MOVES)
    action = serializers.CharField()
    prompt = serializers.CharField()
    cast = serializers.ListField(child=serializers.CharField())
    lines = LineOut(many=True)
    estimated_ms = serializers.IntegerField()
    first_line = serializers.IntegerField()
    last_line = serializers.IntegerField()
    transition = serializers.ChoiceField(TRANSITIONS)


class BreakdownOut(serializers.Serializer[Any]):
    title = serializers.CharField()
    language = serializers.CharField()
    speakers = serializers.ListField(child=serializers.CharField())
    shot_count = serializers.IntegerField()
    estimated_ms = serializers.IntegerField()
    shots = ShotOut(many=True)


class CharacterOut(serializers.ModelSerializer[Character]):
    class Meta:
        model = Character
        fields = ("uid", "name", "aliases", "look", "voice", "seed", "updated_at")
        read_only_fields = fields


class CharacterPage(serializers.Serializer[Any]):
    results = CharacterOut(many=True)
    next = serializers.CharField(allow_null=True)


class CharacterIn(serializers.Serializer[Any]):
    name = serializers.CharField(required=False, max_length=80)
    aliases = serializers.ListField(child=serializers.CharField(max_length=80), required=False, max_length=10)
    look = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    voice = serializers.CharField(required=False, max_length=80)
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class LookIn(serializers.ModelSerializer[Look]):
    class Meta:
        model = Look
        fields = ("style", "prompt", "negative_prompt")
        extra_kwargs = {"style": {"required": True}}
