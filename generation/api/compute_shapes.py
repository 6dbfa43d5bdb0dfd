"""What the compute account's endpoints take and give. Money is in micros: millionths of the house's currency."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from generation.budget.accounts import MAX_CAP
from generation.models import ComputeEntry


class AccountOut(serializers.Serializer[Any]):
    currency = serializers.CharField()
    cap_micros = serializers.IntegerField(allow_null=True, help_text="null: no cap.")
    spent_micros = serializers.IntegerField(help_text="In all.")
    counted_micros = serializers.IntegerField(help_text="Spent since the cap was last renewed: what counts against it.")
    held_micros = serializers.IntegerField(help_text="The price of what was asked for and is not done.")
    available_micros = serializers.IntegerField(allow_null=True, help_text="What may still be asked for; null: no cap.")
    capped = serializers.BooleanField(help_text="Counted and held are above the cap: no further step starts.")


class CapIn(serializers.Serializer[Any]):
    cap_micros = serializers.IntegerField(min_value=0, max_value=MAX_CAP, allow_null=True)
    renew = serializers.BooleanField(default=False, help_text="What was spent before no longer counts.")


class EntryOut(serializers.ModelSerializer[ComputeEntry]):
    render = serializers.UUIDField(source="render.uid", default=None, allow_null=True, read_only=True)
    step = serializers.CharField(source="step.key", default=None, allow_null=True, read_only=True)
    step_kind = serializers.CharField(source="step.kind", default=None, allow_null=True, read_only=True)
    batch = serializers.UUIDField(source="item.batch.uid", default=None, allow_null=True, read_only=True)

    class Meta:
        model = ComputeEntry
        fields = (
            "kind", "held_micros", "spent_micros", "render", "batch", "step", "step_kind", "attempt", "created_at"
        )
        read_only_fields = fields


class EntryPage(serializers.Serializer[Any]):
    results = EntryOut(many=True)
    next = serializers.CharField(allow_null=True)
