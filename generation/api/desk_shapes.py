"""What the studio's helper endpoints take and give."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.validators import plain_line
from generation.api.story_shapes import ShotOut
from generation.plan.changes import REASONS


class QuoteKindOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    steps = serializers.IntegerField()
    seconds = serializers.FloatField()
    micros = serializers.IntegerField()


class QuoteReasonOut(serializers.Serializer[Any]):
    shot = serializers.IntegerField()
    why = serializers.ChoiceField(list(REASONS))


class QuoteBudgetOut(serializers.Serializer[Any]):
    cap_micros = serializers.IntegerField(allow_null=True)
    spent_micros = serializers.IntegerField()
    counted_micros = serializers.IntegerField(help_text="Spent since the cap was last renewed.")
    held_micros = serializers.IntegerField()
    available_micros = serializers.IntegerField(allow_null=True)
    capped = serializers.BooleanField()
    enough = serializers.BooleanField(help_text="Whether the cap leaves enough for this.")


class QuoteNoteOut(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="size, length")
    values = serializers.DictField(child=serializers.CharField(), help_text="For a sentence in another language.")
    text = serializers.CharField()
    shots = serializers.ListField(child=serializers.IntegerField())


class QuoteOut(serializers.Serializer[Any]):
    profile = serializers.CharField()
    screenplay_version = serializers.IntegerField()
    steps_total = serializers.IntegerField()
    up_to_date = serializers.BooleanField(help_text="The newest render asked for exactly this, and it is there.")
    steps_to_run = serializers.IntegerField(help_text="0: everything is there already.")
    steps_shared = serializers.IntegerField(help_text="Of those, made for another render already: not paid again.")
    kinds = QuoteKindOut(many=True)
    shots_total = serializers.IntegerField()
    shots_touched = serializers.ListField(child=serializers.IntegerField(), help_text="Numbers of shots made anew.")
    shots_dragged = serializers.ListField(
        child=serializers.IntegerField(), help_text="Of those, as they were, but begun with another last frame."
    )
    reasons = QuoteReasonOut(many=True)
    notes = QuoteNoteOut(many=True, help_text="What the model makes otherwise than the profile asks.")
    unapproved = serializers.ListField(
        child=serializers.CharField(), help_text="Whose sheets have to be approved before it can be rendered."
    )
    estimated_seconds = serializers.FloatField(help_text="Of one worker; several share them.")
    gpu_minutes = serializers.FloatField(help_text="Of those, on machines with a GPU.")
    finish_seconds = serializers.FloatField(help_text="Until it would be done, on the machines of late.")
    cost_micros = serializers.IntegerField(help_text="Millionths of the currency; the most that is charged.")
    currency = serializers.CharField()
    budget = QuoteBudgetOut()


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
