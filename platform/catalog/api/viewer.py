"""What viewers see of the catalogue."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsViewer
from catalog import selectors
from catalog import serializers as shapes
from catalog.api.common import PAGING, page
from catalog.models import Master, Series
from media.delivery import respond_object

NEWEST_FIRST = ("-first_published_at", "-uid")


def _filtered(rows: QuerySet[Series], asked: dict[str, Any]) -> QuerySet[Series]:
    if "language" in asked:
        rows = rows.filter(language=asked["language"])
    if "genre" in asked:
        rows = rows.filter(genres__contains=[asked["genre"]])
    if "maturity_max" in asked:
        rows = rows.filter(maturity__lte=asked["maturity_max"])
    return rows


class SeriesList(APIView):
    permission_classes = [IsViewer]

    @extend_schema(
        tags=["catalog"], parameters=[shapes.SeriesQuery, *PAGING], responses={200: shapes.SeriesPage},
        summary="Series to watch, newest first", operation_id="series_list",
    )
    def get(self, request: Request) -> Response:
        asked = shapes.SeriesQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows = _filtered(selectors.visible_series(), asked.validated_data)
        return page(request, rows, shapes.SeriesPage, order=NEWEST_FIRST)


class Search(APIView):
    permission_classes = [IsViewer]

    @extend_schema(
        tags=["catalog"], parameters=[shapes.SearchQuery, *PAGING], responses={200: shapes.SeriesPage},
        summary="Series whose title holds the words", operation_id="search",
    )
    def get(self, request: Request) -> Response:
        asked = shapes.SearchQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows = _filtered(selectors.series_matching(asked.validated_data["q"]), asked.validated_data)
        return page(request, rows, shapes.SeriesPage, order=NEWEST_FIRST)


class SeriesOne(APIView):
    permission_classes = [IsViewer]

    @extend_schema(
        tags=["catalog"], responses={200: shapes.SeriesDetail}, summary="One series", operation_id="series_get"
    )
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(shapes.SeriesDetail(selectors.series_shown(uid)).data)


class SeriesEpisodes(APIView):
    permission_classes = [IsViewer]

    @extend_schema(
        tags=["catalog"], parameters=PAGING, responses={200: shapes.EpisodePage},
        summary="The episodes of a series, in order", operation_id="series_episodes_list",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        rows = selectors.visible_episodes().filter(series=selectors.series_shown(uid))
        return page(request, rows, shapes.EpisodePage, order=("number",))


class EpisodeOne(APIView):
    permission_classes = [IsViewer]

    @extend_schema(
        tags=["catalog"], responses={200: shapes.EpisodeCard}, summary="One episode", operation_id="episodes_get",
        description="Whether the viewer may play it, and how, says POST episodes/{uid}/playback.",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(shapes.EpisodeCard(selectors.visible_episode(uid)).data)


class AnyAccept(BaseContentNegotiation):
    """A picture is a picture, whatever the Accept header prefers; errors stay JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class PosterView(APIView):
    """Posters are public: share links and lists show them. Named by what they show, never by where they lie."""

    permission_classes = [AllowAny]
    authentication_classes = []
    content_negotiation_class = AnyAccept

    def answer(self, request: Request, master: Master) -> HttpResponseBase:
        name = f"{master.prefix}/{Master.POSTER}"
        return respond_object(request._request, name, cache_control="public, max-age=300")


class SeriesPoster(PosterView):
    @extend_schema(
        tags=["catalog"], responses={(200, "image/jpeg"): OpenApiTypes.BINARY}, summary="A series' poster",
        operation_id="series_poster",
    )
    def get(self, request: Request, uid: UUID) -> HttpResponseBase:
        return self.answer(request, selectors.series_poster_master(selectors.series_shown(uid)))


class EpisodePoster(PosterView):
    @extend_schema(
        tags=["catalog"], responses={(200, "image/jpeg"): OpenApiTypes.BINARY}, summary="An episode's poster",
        operation_id="episodes_poster", description="A locked episode answers with its series' poster.",
    )
    def get(self, request: Request, uid: UUID) -> HttpResponseBase:
        return self.answer(request, selectors.poster_master(selectors.visible_episode(uid)))
