"""Takes over HTTP: look at them, roll a shot again, choose one."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.permissions import IsRegistered, signed_in_user
from catalog.selectors import episode_for_member
from common.throttling import PersonThrottle, WriteThrottle
from generation.api import work_shapes
from generation.api.fields import ProfileField
from generation.models import Render
from generation.takes import MAX_TAKES, take_choose, take_request, take_view, takes_of

REF_LENGTH = 64
STATES = ("none", *Render.Status.values)  # none: the shot as planned, not rendered yet


class TakeIn(serializers.Serializer[object]):
    shot_ref = serializers.RegexField(r"^[0-9a-f]{64}\Z", max_length=REF_LENGTH)
    profile = ProfileField()


class ChoiceIn(serializers.Serializer[object]):
    shot_ref = serializers.RegexField(r"^[0-9a-f]{64}\Z", max_length=REF_LENGTH)
    number = serializers.IntegerField(min_value=1, max_value=MAX_TAKES, help_text="1: the shot as planned.")


class TakeOut(serializers.Serializer[object]):
    number = serializers.IntegerField()
    status = serializers.ChoiceField(STATES)
    percent = serializers.FloatField()
    seed = serializers.IntegerField()
    render = serializers.UUIDField(allow_null=True, help_text="What it was rolled by; follow it by its socket.")
    preview = serializers.CharField(allow_null=True, help_text="A signed address that ends.")
    clip = serializers.CharField(allow_null=True, help_text="A signed address that ends.")
    duration_ms = serializers.IntegerField(allow_null=True)
    made_at = serializers.DateTimeField(allow_null=True)


class RolledOut(TakeOut):
    shot_ref = serializers.CharField()


class ShotTakesOut(serializers.Serializer[object]):
    shot = serializers.IntegerField()
    shot_ref = serializers.CharField(help_text="Names the shot by what is drawn in it; its number may move.")
    chosen = serializers.IntegerField()
    takes = TakeOut(many=True)


class TakesOut(serializers.Serializer[object]):
    shots = ShotTakesOut(many=True)


class EpisodeTakes(APIView):
    permission_classes = [IsRegistered]
    throttle_scope = "render"

    def get_throttles(self) -> list[BaseThrottle]:
        return [PersonThrottle() if self.request.method == "POST" else WriteThrottle()]

    @extend_schema(
        tags=["renders"], parameters=[work_shapes.RenderIn], responses={200: TakesOut},
        summary="Every shot of the latest screenplay with its takes", operation_id="studio_takes_list",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        user = signed_in_user(request)
        episode = episode_for_member(user, uid)
        asked = work_shapes.RenderIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        shots = takes_of(
            episode=episode, profile=asked.validated_data["profile"], subject=str(user.subject), now=timezone.now()
        )
        return Response({"shots": shots})

    @extend_schema(
        tags=["renders"], request=TakeIn, responses={201: RolledOut}, summary="Roll a shot again",
        operation_id="studio_take_request", description="Same words, another seed. What was is kept.",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        user = signed_in_user(request)
        episode = episode_for_member(user, uid)
        asked = TakeIn(data=request.data)
        asked.is_valid(raise_exception=True)
        now = timezone.now()
        take = take_request(episode=episode, by=user, now=now, **asked.validated_data)
        return Response(take_view(take=take, subject=str(user.subject), now=now), status=201)


class EpisodeTakeChoice(APIView):
    permission_classes = [IsRegistered]
    throttle_classes = [WriteThrottle]

    @extend_schema(
        tags=["renders"], request=ChoiceIn, responses={200: ChoiceIn}, summary="Choose a take",
        operation_id="studio_take_choose", description="The episode's next render uses it. Renders nothing.",
    )
    def put(self, request: Request, uid: UUID) -> Response:
        user = signed_in_user(request)
        episode = episode_for_member(user, uid)
        asked = ChoiceIn(data=request.data)
        asked.is_valid(raise_exception=True)
        take_choose(episode=episode, by=user, now=timezone.now(), **asked.validated_data)
        return Response(asked.validated_data)
