"""A series as one piece of work: its pre-flight, its batches, and what a batch is told. Not yours is not there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsRegistered, signed_in_user
from catalog.selectors import series_for_member
from common.pagination import read_limit
from common.throttling import PersonThrottle, WriteThrottle, spend
from generation import batches
from generation.api import batch_shapes as shapes
from generation.batches.admission import chosen_episodes
from generation.models import Batch
from generation.preflight import series_preflight

PROFILE = OpenApiParameter("profile", str, description="animatic if not given.")
EPISODES = OpenApiParameter(
    "episodes", {"type": "array", "items": {"type": "string", "format": "uuid"}}, explode=True,
    description="Episodes of the series, by uid; all if not given, 200 at most.",
)
PAGING = [
    OpenApiParameter("cursor", str, description="`next` of the page before."),
    OpenApiParameter("limit", int, description="1 to 100, 20 if not given."),
]


class BatchesView(APIView):
    """Base of what members of a studio account do with batches."""

    permission_classes = [IsRegistered]
    throttle_classes = [WriteThrottle]


class SeriesPreflight(BatchesView):
    """It reads and plans every chosen text, so it is counted though it stores nothing."""

    throttle_classes = [PersonThrottle]
    throttle_scope = "preflight"

    @extend_schema(
        tags=["batches"], parameters=[PROFILE, EPISODES], responses={200: shapes.PreflightOut},
        summary="What rendering a series takes, and what stands in its way", operation_id="studio_series_preflight",
        description="Stores nothing. A step that several episodes share is counted with the first of them.",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        series = series_for_member(signed_in_user(request), uid)
        query: dict[str, object] = {"profile": request.query_params.get("profile", "animatic")}
        if "episodes" in request.query_params:
            query["episodes"] = request.query_params.getlist("episodes")
        asked = shapes.PreflightQuery(data=query)
        asked.is_valid(raise_exception=True)
        rows = chosen_episodes(series=series, uids=asked.validated_data.get("episodes"))
        survey = series_preflight(
            series=series, profile=asked.validated_data["profile"], now=timezone.now(), episodes=rows
        )
        return Response(survey.report)


class SeriesBatches(BatchesView):
    @extend_schema(
        tags=["batches"], parameters=PAGING, responses={200: shapes.BatchPage}, summary="The batches of a series",
        operation_id="studio_batches_list",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        series = series_for_member(signed_in_user(request), uid)
        found, following = batches.batches_of(
            series=series, cursor=request.query_params.get("cursor"),
            limit=read_limit(request.query_params.get("limit")),
        )
        return Response({"results": found, "next": following})

    @extend_schema(
        tags=["batches"], request=shapes.BatchIn, responses={201: shapes.BatchOut},
        summary="Render many episodes as one batch", operation_id="studio_batch_create",
        description=(
            "Admitted all or not at all: the pre-flight must not block, and its whole price is held. An episode is in "
            "one open batch at a time for each profile. With a pilot the others wait for `go`."
        ),
    )
    def post(self, request: Request, uid: UUID) -> Response:
        user = signed_in_user(request)
        series = series_for_member(user, uid)
        asked = shapes.BatchIn(data=request.data)
        asked.is_valid(raise_exception=True)
        spend(scope="render", ident=f"person:{user.pk}")
        now = timezone.now()
        batch = batches.batch_create(series=series, by=user, now=now, **asked.validated_data)
        return Response(batches.batch_view(batch, now=now), status=201)


class BatchOne(BatchesView):
    @extend_schema(
        tags=["batches"], responses={200: shapes.BatchOut}, summary="Where a batch stands",
        operation_id="studio_batch_get",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        batch = batches.batch_for_member(user=signed_in_user(request), uid=uid)
        return Response(batches.batch_view(batch, now=timezone.now()))


class _Order(BatchesView):
    """Tells the batch at once; its renders follow within seconds, and the view says so with `order`."""

    tell: ClassVar[Callable[..., Batch]]

    def answer(self, request: Request, uid: UUID, now: datetime) -> Response:
        batch = batches.batch_for_member(user=signed_in_user(request), uid=uid)
        return Response(batches.batch_view(type(self).tell(batch=batch, now=now), now=now))


class BatchGo(_Order):
    tell = staticmethod(batches.batch_go)

    @extend_schema(
        tags=["batches"], request=None, responses={200: shapes.BatchOut}, summary="The pilot is good: make the others",
        operation_id="studio_batch_go",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        return self.answer(request, uid, timezone.now())


class BatchPause(_Order):
    tell = staticmethod(batches.batch_pause)

    @extend_schema(
        tags=["batches"], request=None, responses={200: shapes.BatchOut}, summary="Pause a batch",
        operation_id="studio_batch_pause", description="No further step starts; what runs is finished.",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        return self.answer(request, uid, timezone.now())


class BatchResume(_Order):
    tell = staticmethod(batches.batch_resume)

    @extend_schema(
        tags=["batches"], request=None, responses={200: shapes.BatchOut}, summary="Go on after a pause",
        operation_id="studio_batch_resume",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        return self.answer(request, uid, timezone.now())


class BatchCancel(_Order):
    tell = staticmethod(batches.batch_cancel)

    @extend_schema(
        tags=["batches"], request=None, responses={200: shapes.BatchOut}, summary="Stop a batch for good",
        operation_id="studio_batch_cancel", description="What is done stays; what is held is let go.",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        return self.answer(request, uid, timezone.now())


class BatchRetry(_Order):
    tell = staticmethod(batches.batch_retry)

    @extend_schema(
        tags=["batches"], request=None, responses={200: shapes.BatchOut}, summary="Try again what has failed",
        operation_id="studio_batch_retry",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        return self.answer(request, uid, timezone.now())
