"""What goes in and out of the pre-flight and the batches."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from generation.api.fields import ProfileField
from generation.api.work_shapes import ReasonOut
from generation.batches.showing import ITEM_STATES
from generation.models import Batch, Render

MICROS = "Millionths of the house's currency."


class PreflightQuery(serializers.Serializer[Any]):
    profile = ProfileField()
    episodes = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=1000)


class PreflightFindingOut(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="The rule, for programs.")
    severity = serializers.ChoiceField(["block", "warn", "info"], help_text="`block`: no batch until it is put right.")
    message = serializers.CharField(help_text="What was measured, and what was found.")
    remedy = serializers.CharField()
    line = serializers.IntegerField(allow_null=True, help_text="Of the screenplay.")
    shot = serializers.IntegerField(allow_null=True, help_text="Counted from 1.")
    about = serializers.ListField(child=serializers.CharField(), help_text="Names of characters.")


class PreflightEpisodeOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    number = serializers.IntegerField()
    title = serializers.CharField(allow_blank=True)
    screenplay_version = serializers.IntegerField(help_text="0: there is none.")
    language = serializers.CharField(allow_null=True)
    estimated_ms = serializers.IntegerField()
    shots = serializers.IntegerField()
    lines = serializers.IntegerField()
    speakers = serializers.ListField(child=serializers.CharField())
    faces = serializers.ListField(child=serializers.CharField(), help_text="Who is in frame.")
    new_characters = serializers.ListField(
        child=serializers.CharField(), allow_null=True,
        help_text="null if earlier episodes were left out, so that nobody can say.",
    )
    steps_total = serializers.IntegerField()
    steps_to_run = serializers.IntegerField(help_text="Its own: shared ones are counted where they are made.")
    steps_shared = serializers.IntegerField(help_text="Made for an earlier episode, or for another render already.")
    estimated_seconds = serializers.FloatField(help_text="Of one worker, for its own steps.")
    cost_micros = serializers.IntegerField(help_text=MICROS)
    unchanged = serializers.BooleanField(help_text="It is rendered already, and nothing has changed since.")
    findings = PreflightFindingOut(many=True)


class PreflightTotalsOut(serializers.Serializer[Any]):
    episodes = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    estimated_ms = serializers.IntegerField()
    shots = serializers.IntegerField()
    steps_total = serializers.IntegerField()
    steps_to_run = serializers.IntegerField()
    steps_shared = serializers.IntegerField()
    estimated_seconds = serializers.FloatField(help_text="Of one worker.")
    cost_micros = serializers.IntegerField(help_text=f"{MICROS} The most that is charged.")
    finish_seconds = serializers.FloatField(help_text="Until all is done, as things stand.")
    gpu_minutes = serializers.FloatField()
    currency = serializers.CharField()


class PreflightBudgetOut(serializers.Serializer[Any]):
    cap_micros = serializers.IntegerField(allow_null=True)
    spent_micros = serializers.IntegerField()
    counted_micros = serializers.IntegerField()
    held_micros = serializers.IntegerField()
    available_micros = serializers.IntegerField(allow_null=True)
    capped = serializers.BooleanField()
    enough = serializers.BooleanField()


class PreflightCountsOut(serializers.Serializer[Any]):
    block = serializers.IntegerField()
    warn = serializers.IntegerField()
    info = serializers.IntegerField()


class PreflightOut(serializers.Serializer[Any]):
    series = serializers.UUIDField()
    title = serializers.CharField()
    profile = serializers.CharField()
    blocked = serializers.BooleanField(help_text="A finding blocks, or the budget is not enough.")
    counts = PreflightCountsOut()
    totals = PreflightTotalsOut()
    budget = PreflightBudgetOut()
    findings = PreflightFindingOut(many=True, help_text="Of the series.")
    episodes = PreflightEpisodeOut(many=True)


@extend_schema_field({"oneOf": [{"type": "string", "format": "uuid"}, {"type": "boolean"}]})
class PilotField(serializers.Field[Any, Any, Any, Any]):
    """An episode's uid, or true for the first one."""

    def to_internal_value(self, data: Any) -> UUID | bool:
        if isinstance(data, bool):
            return data
        try:
            return UUID(data)
        except (ValueError, TypeError, AttributeError) as wrong:
            raise serializers.ValidationError("The uid of an episode, or true for the first one.") from wrong

    def to_representation(self, value: Any) -> Any:
        return value


class BatchIn(serializers.Serializer[Any]):
    profile = ProfileField()
    episodes = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=1000,
        help_text="Of this series; all of it if not given, 200 at most.",
    )
    pilot = PilotField(default=False, help_text="Make this one first; the others wait for `go`.")


class BatchEpisodeOut(serializers.Serializer[Any]):
    episode = serializers.UUIDField()
    number = serializers.IntegerField()
    title = serializers.CharField(allow_blank=True)
    screenplay_version = serializers.IntegerField()
    pilot = serializers.BooleanField()
    render = serializers.UUIDField(allow_null=True)
    status = serializers.ChoiceField(
        ITEM_STATES, help_text="`waiting`: not a render yet; it will be within seconds."
    )
    pause_reason = serializers.ChoiceField(Render.Pause.choices, allow_null=True)
    percent = serializers.FloatField()
    estimated_seconds = serializers.FloatField()
    price_micros = serializers.IntegerField(help_text="As it was estimated; shared steps are with an earlier one.")
    error = ReasonOut(allow_null=True)


class BatchPriceOut(serializers.Serializer[Any]):
    estimated_micros = serializers.IntegerField(help_text="The most that is charged.")
    held_micros = serializers.IntegerField(help_text="For what is not done yet.")
    spent_micros = serializers.IntegerField()
    currency = serializers.CharField()


class BatchCountsOut(serializers.Serializer[Any]):
    waiting = serializers.IntegerField()
    queued = serializers.IntegerField()
    running = serializers.IntegerField()
    paused = serializers.IntegerField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    cancelled = serializers.IntegerField()


class BatchHeadOut(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    series = serializers.UUIDField()
    profile = serializers.CharField()
    status = serializers.ChoiceField(Batch.Status.choices)
    paused = serializers.BooleanField()
    order = serializers.ChoiceField(Batch.Order.choices, allow_null=True, help_text="What its renders are still told.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class BatchCardOut(BatchHeadOut):
    episodes = serializers.IntegerField()
    done = serializers.IntegerField()


class BatchPage(serializers.Serializer[Any]):
    results = BatchCardOut(many=True)
    next = serializers.CharField(allow_null=True)


class BatchOut(BatchHeadOut):
    pilot = serializers.UUIDField(allow_null=True)
    waits_for_go = serializers.BooleanField()
    counts = BatchCountsOut()
    percent = serializers.FloatField(help_text="Weighted by estimated seconds; 100 only when every episode is done.")
    eta_seconds = serializers.FloatField(allow_null=True, help_text="null while nothing of it is at work.")
    price = BatchPriceOut()
    episodes = BatchEpisodeOut(many=True)
