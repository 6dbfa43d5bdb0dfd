"""What the endpoints of costs give. Money is in micros: millionths of the house's currency."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from generation.budget.rates import rates
from generation.costs import Bill, EpisodeCost, SeriesCost
from generation.models import StepAttempt

PER_MINUTE = "For a finished minute, everything included; null while nothing is finished."


class BillOut(serializers.Serializer[Any]):
    attempts = serializers.IntegerField()
    failed = serializers.IntegerField()
    lost = serializers.IntegerField(help_text="Its worker was not heard of any more: killed, or taken away.")
    cancelled = serializers.IntegerField()
    seconds = serializers.FloatField(help_text="Of machines of any sort.")
    gpu_seconds = serializers.FloatField()
    wasted_gpu_seconds = serializers.FloatField(help_text="Of attempts that left nothing.")
    micros = serializers.IntegerField(help_text="The sum of the three that follow.")
    film_micros = serializers.IntegerField(help_text="For what the film is made of.")
    aside_micros = serializers.IntegerField(help_text="For results not in it, or not yet: other takes, earlier texts.")
    wasted_micros = serializers.IntegerField(help_text="For attempts that left nothing. You are never charged these.")


class StageOut(BillOut):
    kind = serializers.CharField()
    machine = serializers.CharField(help_text="Class of the machines in the price list.")


class CostOut(BillOut):
    currency = serializers.CharField()
    finished_ms = serializers.IntegerField(help_text="Length of what is finished.")
    per_minute_micros = serializers.IntegerField(allow_null=True, help_text=PER_MINUTE)
    stages = StageOut(many=True, help_text="The dearest first.")


class EpisodeLine(BillOut):
    episode = serializers.UUIDField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    finished_ms = serializers.IntegerField(help_text="0 while there is no film.")
    per_minute_micros = serializers.IntegerField(allow_null=True, help_text=PER_MINUTE)


class SeriesCostOut(CostOut):
    finished_episodes = serializers.IntegerField()
    episodes = EpisodeLine(many=True)


class AttemptOut(serializers.ModelSerializer[StepAttempt]):
    step = serializers.CharField(source="key", read_only=True)
    kind = serializers.CharField(read_only=True)
    step_label = serializers.CharField(source="label", read_only=True)
    shot = serializers.IntegerField(read_only=True, allow_null=True)
    machine = serializers.SerializerMethodField()
    seconds = serializers.SerializerMethodField()
    micros = serializers.IntegerField(source="cost_micros", read_only=True)

    class Meta:
        model = StepAttempt
        fields = (
            "step", "step_label", "kind", "shot", "attempt", "outcome", "error_code", "machine", "seconds", "micros",
            "started_at", "ended_at",
        )
        read_only_fields = fields

    def get_machine(self, row: StepAttempt) -> str:
        return rates().class_of(worker=row.worker, queue=row.queue)  # type: ignore[attr-defined]

    def get_seconds(self, row: StepAttempt) -> float:
        return round(max(0.0, (row.ended_at - row.started_at).total_seconds()), 3)


class AttemptPage(serializers.Serializer[Any]):
    results = AttemptOut(many=True)
    next = serializers.CharField(allow_null=True)


def episode_told(cost: EpisodeCost) -> dict[str, Any]:
    """The JSON of an episode's costs."""
    return _told(cost)


def series_told(cost: SeriesCost) -> dict[str, Any]:
    """The JSON of a series' costs."""
    lines = [
        _bill(one.bill) | {
            "episode": str(one.uid), "number": one.number, "title": one.title, "finished_ms": one.finished_ms,
            "per_minute_micros": one.per_minute_micros,
        }
        for one in cost.episodes
    ]
    return _told(cost) | {"finished_episodes": cost.finished_episodes, "episodes": lines}


def _told(cost: EpisodeCost | SeriesCost) -> dict[str, Any]:
    return _bill(cost.bill) | {
        "currency": rates().currency, "finished_ms": cost.finished_ms, "per_minute_micros": cost.per_minute_micros,
        "stages": [{"kind": one.kind, "machine": one.machine} | _bill(one.bill) for one in cost.stages],
    }


def _bill(bill: Bill) -> dict[str, Any]:
    return {name: round(said, 3) if isinstance(said, float) else said for name, said in asdict(bill).items()}
