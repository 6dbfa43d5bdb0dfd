"""What goes in and out of moderation's endpoints."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import Episode
from moderation.models import Finding, Reason, Report, Review


class EpisodeUnderReview(serializers.ModelSerializer[Episode]):
    series = serializers.UUIDField(source="series.uid")
    series_title = serializers.CharField(source="series.title")
    maturity = serializers.IntegerField(source="series.maturity")
    creator = serializers.CharField(source="series.creator.name")

    class Meta:
        model = Episode
        fields = (
            "uid", "number", "title", "status", "release_at", "published_at", "withdrawn_at", "withdrawn_by", "series",
            "series_title", "maturity", "creator",
        )
        read_only_fields = fields


class ReviewCard(serializers.ModelSerializer[Review]):
    """A review in the queue; `blocks` and `warnings` count its findings."""

    episode = EpisodeUnderReview()
    version = serializers.IntegerField(source="master.version")
    duration_ms = serializers.IntegerField(source="master.duration_ms")
    submitted_at = serializers.DateTimeField(source="master.submitted_at")
    blocks = serializers.IntegerField()
    warnings = serializers.IntegerField()

    class Meta:
        model = Review
        fields = ("uid", "status", "episode", "version", "duration_ms", "submitted_at", "blocks", "warnings")
        read_only_fields = fields


class ReviewPage(serializers.Serializer[Any]):
    results = ReviewCard(many=True)
    next = serializers.CharField(allow_null=True)


class FindingOut(serializers.ModelSerializer[Finding]):
    """`place` is a path in the evidence; `start` and `end` are characters of the text there."""

    class Meta:
        model = Finding
        fields = ("code", "severity", "place", "start", "end", "excerpt")
        read_only_fields = fields


class Decision(serializers.ModelSerializer[Review]):
    """A decision on a master of this episode, as the moderators see it."""

    version = serializers.IntegerField(source="master.version")
    decided_by = serializers.CharField(source="decided_by.display_name", default="")

    class Meta:
        model = Review
        fields = ("uid", "version", "status", "reason_code", "note", "decided_by", "decided_at")
        read_only_fields = fields


class Preview(serializers.Serializer[Any]):
    """Signed addresses of what is judged; they end at `expires_at`."""

    master_url = serializers.CharField()
    video_url = serializers.CharField()
    poster_url = serializers.CharField()
    contact_sheet_url = serializers.CharField()
    subtitles = serializers.DictField(child=serializers.CharField())
    expires_at = serializers.DateTimeField()
    refresh_after = serializers.DateTimeField()


class ReviewDetail(serializers.ModelSerializer[Review]):
    """All that a decision needs. `evidence` is what was frozen at submission."""

    episode = EpisodeUnderReview()
    version = serializers.IntegerField(source="master.version")
    duration_ms = serializers.IntegerField(source="master.duration_ms")
    submitted_at = serializers.DateTimeField(source="master.submitted_at")
    evidence = serializers.DictField(source="master.evidence", allow_null=True)
    evidence_sha256 = serializers.CharField(source="master.evidence_sha256")
    findings = FindingOut(many=True)
    earlier = serializers.SerializerMethodField()
    preview = serializers.SerializerMethodField()
    decided_by = serializers.CharField(source="decided_by.display_name", default="")

    class Meta:
        model = Review
        fields = (
            "uid", "status", "reason_code", "note", "decided_by", "decided_at", "rules_version", "episode", "version",
            "duration_ms", "submitted_at", "evidence", "evidence_sha256", "findings", "earlier", "preview",
        )
        read_only_fields = fields

    @extend_schema_field(Decision(many=True))
    def get_earlier(self, review: Review) -> Any:
        return Decision(self.context["earlier"], many=True).data

    @extend_schema_field(Preview)
    def get_preview(self, review: Review) -> Any:
        return Preview(self.context["preview"]).data


class StudioDecision(serializers.ModelSerializer[Review]):
    """What the makers are told about a judgement: not who judged."""

    version = serializers.IntegerField(source="master.version")

    class Meta:
        model = Review
        fields = ("uid", "version", "status", "reason_code", "note", "created_at", "decided_at")
        read_only_fields = fields


class StudioDecisions(serializers.Serializer[Any]):
    results = StudioDecision(many=True)
    next = serializers.CharField(allow_null=True)


class QueueQuery(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=Review.Status.choices, default=Review.Status.PENDING)


class ApproveIn(serializers.Serializer[Any]):
    """`note` says why, if a finding blocks."""

    note = serializers.CharField(max_length=2000, allow_blank=True, default="")


class ReasonIn(serializers.Serializer[Any]):
    """`other` says nothing by itself, so it needs a note."""

    reason_code = serializers.ChoiceField(choices=Reason.choices)
    note = serializers.CharField(max_length=1000, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["reason_code"] == Reason.OTHER and not attrs["note"].strip():
            raise serializers.ValidationError({"note": "Say what it is."})
        return attrs


class RestoreIn(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=1000)


class ReportOut(serializers.ModelSerializer[Report]):
    class Meta:
        model = Report
        fields = ("uid", "reason_code", "note", "status")
        read_only_fields = fields
