"""The studio's work: ask for a render, watch it, stop it, look at it, hand it to review. Not yours is not there."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsRegistered
from catalog.api.common import person
from catalog.selectors import episode_for_member
from common.errors import Invalid
from common.pagination import read_limit
from common.throttling import PersonThrottle, WriteThrottle
from generation import services
from generation.api import work_shapes as shapes
from generation.previews import render_preview
from generation.selectors import events_after, render_for_member, render_snapshot

MAX_SEQ_DIGITS = 9
AFTER = OpenApiParameter("after", int, description="Only events with a number above this one.")
LIMIT = OpenApiParameter("limit", int, description="1 to 100, 100 if not given.")


class WorkView(APIView):
    """Base of what members of a studio account do with renders."""

    permission_classes = [IsRegistered]
    throttle_classes = [WriteThrottle]


class EpisodeRenders(WorkView):
    throttle_classes = [PersonThrottle]
    throttle_scope = "render"

    @extend_schema(
        tags=["renders"], request=shapes.RenderIn, responses={201: shapes.RenderOut},
        summary="Render the latest screenplay", operation_id="studio_render_request",
        description="Steps whose result exists are reused. Follow it at `/ws/renders/<uid>/`.",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        episode = episode_for_member(person(request), uid)
        asked = shapes.RenderIn(data=request.data)
        asked.is_valid(raise_exception=True)
        render = services.render_request(
            episode=episode, profile=asked.validated_data["profile"], by=person(request), now=timezone.now()
        )
        return Response(render_snapshot(render), status=201)


class EpisodeSubmit(WorkView):
    @extend_schema(
        tags=["renders"], request=shapes.SubmitIn, responses={200: shapes.SubmittedOut},
        summary="Hand a done render to review", operation_id="studio_episode_submit",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        episode = episode_for_member(person(request), uid)
        asked = shapes.SubmitIn(data=request.data)
        asked.is_valid(raise_exception=True)
        render = render_for_member(user=person(request), uid=asked.validated_data["render"])
        submitted = services.episode_submit(
            episode=episode, render=render, by=person(request), now=timezone.now(),
            release_at=asked.validated_data["release_at"],
        )
        return Response(shapes.SubmittedOut(submitted).data)


class RenderOne(WorkView):
    @extend_schema(
        tags=["renders"], responses={200: shapes.RenderOut}, summary="Where a render stands",
        operation_id="studio_render_get",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(render_snapshot(render_for_member(user=person(request), uid=uid)))


class RenderEvents(WorkView):
    @extend_schema(
        tags=["renders"], parameters=[AFTER, LIMIT], responses={200: shapes.EventPage},
        summary="The durable events of a render, in order", operation_id="studio_render_events",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        render = render_for_member(user=person(request), uid=uid)
        after, limit = _read_after(request), read_limit(request.query_params.get("limit"), 100)
        events = events_after(render, after=after, limit=limit + 1)
        more = events[limit - 1]["seq"] if len(events) > limit else None
        return Response({"results": events[:limit], "next": more})


class RenderCancel(WorkView):
    @extend_schema(
        tags=["renders"], request=None, responses={200: shapes.RenderOut}, summary="Stop a render",
        operation_id="studio_render_cancel", description="Steps that another render needs go on.",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        render = render_for_member(user=person(request), uid=uid)
        cancelled = services.render_cancel(render=render, by=person(request), now=timezone.now())
        return Response(render_snapshot(cancelled))


class RenderPreview(WorkView):
    @extend_schema(
        tags=["renders"], responses={200: shapes.PreviewOut}, summary="A grant to watch a done render",
        operation_id="studio_render_preview",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        render = render_for_member(user=person(request), uid=uid)
        preview = render_preview(render=render, subject=str(person(request).subject), now=timezone.now())
        return Response(shapes.PreviewOut(preview).data)


def _read_after(request: Request) -> int:
    raw = request.query_params.get("after", "0")
    if not (raw.isascii() and raw.isdecimal()) or len(raw) > MAX_SEQ_DIGITS:
        raise Invalid("after takes the number of an event.", code="bad_after")
    return int(raw)
