"""Pause, resume, retry, cancel: a render, one of its steps, all of a series. Not yours is not there."""

from typing import ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsRegistered, signed_in_user
from catalog.selectors import series_for_member
from common.throttling import WriteThrottle
from generation.api.work_shapes import RenderOut
from generation.selectors import render_for_member, render_snapshot
from generation.steering import Act, render_steer, series_steer, step_steer

AGAIN = "Repeating it changes nothing; where it makes no sense, 409 says what does."


class SteeredOut(serializers.Serializer[object]):
    renders = serializers.IntegerField(help_text="How many have changed; 500 at most in one call.")


class SteerView(APIView):
    """Base of what members of a studio account tell their renders."""

    permission_classes = [IsRegistered]
    throttle_classes = [WriteThrottle]
    act: ClassVar[Act]


class RenderSteer(SteerView):
    def post(self, request: Request, uid: UUID) -> Response:
        render = render_for_member(user=signed_in_user(request), uid=uid)
        return Response(render_snapshot(render_steer(render=render, act=self.act, now=timezone.now())))


class StepSteer(SteerView):
    def post(self, request: Request, uid: UUID, key: str) -> Response:
        render = render_for_member(user=signed_in_user(request), uid=uid)
        return Response(render_snapshot(step_steer(render=render, key=key, act=self.act, now=timezone.now())))


class SeriesSteer(SteerView):
    def post(self, request: Request, uid: UUID) -> Response:
        series = series_for_member(signed_in_user(request), uid)
        return Response({"renders": series_steer(series=series, act=self.act, now=timezone.now())})


@extend_schema_view(post=extend_schema(
    tags=["renders"], request=None, responses={200: RenderOut}, summary="Let a render wait",
    operation_id="studio_render_pause",
    description=f"No further step of it starts; what runs is finished, and what another render needs goes on. {AGAIN}",
))
class RenderPause(RenderSteer):
    act = Act.PAUSE


@extend_schema_view(post=extend_schema(
    tags=["renders"], request=None, responses={200: RenderOut}, summary="Let a paused render go on",
    operation_id="studio_render_resume", description=f"What has failed meanwhile is tried again. {AGAIN}",
))
class RenderResume(RenderSteer):
    act = Act.RESUME


@extend_schema_view(post=extend_schema(
    tags=["renders"], request=None, responses={200: RenderOut}, summary="Retry a failed or cancelled render",
    operation_id="studio_render_retry", description=f"Same brief, same steps: what is there is reused. {AGAIN}",
))
class RenderRetry(RenderSteer):
    act = Act.RETRY


@extend_schema_view(post=extend_schema(
    tags=["renders"], request=None, responses={200: RenderOut}, summary="Let a step wait",
    operation_id="studio_step_pause",
    description=f"A render of which nothing else can run is paused with it. Renders share their steps. {AGAIN}",
))
class StepPause(StepSteer):
    act = Act.PAUSE


@extend_schema_view(post=extend_schema(
    tags=["renders"], request=None, responses={200: RenderOut}, summary="Let a paused step go on",
    operation_id="studio_step_resume", description=f"A render that was paused only by it goes on too. {AGAIN}",
))
class StepResume(StepSteer):
    act = Act.RESUME


@extend_schema_view(post=extend_schema(
    tags=["renders"], request=None, responses={200: RenderOut}, summary="Try a step again now",
    operation_id="studio_step_retry",
    description=f"One that waits after a failure, or that has failed and its render with it. {AGAIN}",
))
class StepRetry(StepSteer):
    act = Act.RETRY


@extend_schema_view(post=extend_schema(
    tags=["renders"], request=None, responses={200: RenderOut}, summary="Stop a step",
    operation_id="studio_step_cancel",
    description=f"Its worker is free within about a second, and the step waits until it is resumed. {AGAIN}",
))
class StepCancel(StepSteer):
    act = Act.CANCEL


@extend_schema_view(post=extend_schema(
    tags=["renders"], request=None, responses={200: SteeredOut}, summary="Let all renders of a series wait",
    operation_id="studio_series_renders_pause", description=f"Repeat until none is left. {AGAIN}",
))
class SeriesPause(SeriesSteer):
    act = Act.PAUSE


@extend_schema_view(post=extend_schema(
    tags=["renders"], request=None, responses={200: SteeredOut}, summary="Let the paused renders of a series go on",
    operation_id="studio_series_renders_resume", description=f"Those that were paused by hand. {AGAIN}",
))
class SeriesResume(SeriesSteer):
    act = Act.RESUME


@extend_schema_view(post=extend_schema(
    tags=["renders"], request=None, responses={200: SteeredOut}, summary="Retry what ended badly in a series",
    operation_id="studio_series_renders_retry",
    description=f"The newest render of each episode and profile, if it failed or was cancelled. {AGAIN}",
))
class SeriesRetry(SeriesSteer):
    act = Act.RETRY


@extend_schema_view(post=extend_schema(
    tags=["renders"], request=None, responses={200: SteeredOut}, summary="Stop all renders of a series",
    operation_id="studio_series_renders_cancel", description=f"Repeat until none is left. {AGAIN}",
))
class SeriesCancel(SeriesSteer):
    act = Act.CANCEL
