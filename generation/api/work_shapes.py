"""What goes in and out of the render endpoints."""

from rest_framework import serializers

from generation.api.fields import ProfileField
from generation.models import Render


class RenderIn(serializers.Serializer[object]):
    profile = ProfileField()


class SubmitIn(serializers.Serializer[object]):
    render = serializers.UUIDField(help_text="A render of this episode that is done.")
    release_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class SubmittedOut(serializers.Serializer[object]):
    uid = serializers.UUIDField()
    status = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    release_at = serializers.DateTimeField(allow_null=True)


class ReasonOut(serializers.Serializer[object]):
    code = serializers.CharField()
    message = serializers.CharField()
    remedy = serializers.CharField()


class StepOut(serializers.Serializer[object]):
    key = serializers.CharField()
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    shot = serializers.IntegerField(allow_null=True)
    status = serializers.CharField()
    fraction = serializers.FloatField()
    reused = serializers.BooleanField(help_text="It was there already: nothing was run.")
    attempt = serializers.IntegerField()
    estimated_seconds = serializers.FloatField()
    seconds = serializers.FloatField(allow_null=True)


class RenderOut(serializers.Serializer[object]):
    uid = serializers.UUIDField()
    kind = serializers.ChoiceField(["episode", "shot"])
    episode = serializers.UUIDField()
    batch = serializers.UUIDField(allow_null=True)
    profile = serializers.CharField()
    screenplay_version = serializers.IntegerField()
    status = serializers.ChoiceField(Render.Status.choices)
    pause_reason = serializers.ChoiceField(
        ["", "creator", "pilot", "budget"], help_text="Whose word a paused render waits for."
    )
    percent = serializers.FloatField(help_text="Weighted by estimated seconds; never falls; 100 only when done.")
    eta_seconds = serializers.FloatField(allow_null=True, help_text="Until it is done, as far as can be told.")
    seq = serializers.IntegerField(help_text="Of the newest event.")
    master = serializers.UUIDField(allow_null=True)
    error = ReasonOut(allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    steps = StepOut(many=True)


class EventOut(serializers.Serializer[object]):
    type = serializers.CharField()
    seq = serializers.IntegerField()
    kind = serializers.ChoiceField(
        ["queued", "running", "paused", "resumed", "retried", "step", "done", "failed", "cancelled"]
    )
    reason = serializers.CharField(required=False, help_text="Of a pause: creator, pilot or budget.")
    by = serializers.CharField(required=False, help_text="Of a pause: `step` if a paused step has brought it about.")
    at = serializers.DateTimeField()
    status = serializers.CharField()
    percent = serializers.FloatField()
    step = serializers.DictField(required=False)
    steps = serializers.DictField(required=False)
    error = ReasonOut(required=False)
    master = serializers.UUIDField(required=False)


class EventPage(serializers.Serializer[object]):
    results = EventOut(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="`after` of the next page.")


class PreviewRendition(serializers.Serializer[object]):
    name = serializers.CharField()
    url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class PreviewOut(serializers.Serializer[object]):
    master_url = serializers.CharField()
    poster = serializers.CharField()
    contact_sheet = serializers.CharField()
    renditions = PreviewRendition(many=True)
    subtitles = serializers.DictField(child=serializers.CharField(), help_text="Language to address.")
    expires_at = serializers.DateTimeField()
    refresh_after = serializers.DateTimeField()
