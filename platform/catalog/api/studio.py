"""What makers see and do with the catalogue. Not theirs is not there: 404."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsRegistered
from catalog import selectors, services
from catalog import serializers as shapes
from catalog.api.common import PAGING, page, person
from catalog.models import Episode
from common.throttling import WriteThrottle
from creators.selectors import creator_for_member

OF_CREATOR = OpenApiParameter("creator", OpenApiTypes.UUID, description="Only of this studio account.")


class StudioView(APIView):
    """Base of what only registered people do. Whose series it is, selectors say."""

    permission_classes = [IsRegistered]
    throttle_classes = [WriteThrottle]


class StudioSeriesList(StudioView):
    @extend_schema(
        tags=["studio"], parameters=[OF_CREATOR, *PAGING], responses={200: shapes.StudioSeriesPage},
        summary="My series, newest first", operation_id="studio_series_list",
    )
    def get(self, request: Request) -> Response:
        asked = shapes.OfCreator(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows = selectors.series_of_member(person(request), **asked.validated_data)
        return page(request, rows, shapes.StudioSeriesPage, order=("-uid",))

    @extend_schema(
        tags=["studio"], request=shapes.NewSeries, responses={201: shapes.StudioSeries},
        summary="Begin a series", operation_id="studio_series_create",
    )
    def post(self, request: Request) -> Response:
        asked = shapes.NewSeries(data=request.data)
        asked.is_valid(raise_exception=True)
        fields = dict(asked.validated_data)
        creator = creator_for_member(user=person(request), uid=fields.pop("creator"))
        return Response(shapes.StudioSeries(services.series_create(creator=creator, **fields)).data, status=201)


class StudioSeriesOne(StudioView):
    @extend_schema(
        tags=["studio"], responses={200: shapes.StudioSeries}, summary="One of my series",
        operation_id="studio_series_get",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(shapes.StudioSeries(selectors.series_for_member(person(request), uid)).data)

    @extend_schema(
        tags=["studio"], request=shapes.SeriesIn, responses={200: shapes.StudioSeries}, summary="Change a series",
        operation_id="studio_series_change",
        description="A new price or free count holds from now on; what was bought stays bought.",
    )
    def patch(self, request: Request, uid: UUID) -> Response:
        series = selectors.series_for_member(person(request), uid)
        asked = shapes.SeriesIn(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        return Response(shapes.StudioSeries(services.series_update(series=series, **asked.validated_data)).data)


class StudioEpisodeList(StudioView):
    @extend_schema(
        tags=["studio"], parameters=PAGING, responses={200: shapes.StudioEpisodePage},
        summary="All episodes of one of my series, in order", operation_id="studio_episodes_list",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        rows = selectors.studio_episodes(series=selectors.series_for_member(person(request), uid))
        return page(request, rows, shapes.StudioEpisodePage, order=("number",))

    @extend_schema(
        tags=["studio"], request=shapes.NewEpisode, responses={201: shapes.StudioEpisode},
        summary="Add an episode", operation_id="studio_episodes_create",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        series = selectors.series_for_member(person(request), uid)
        asked = shapes.NewEpisode(data=request.data)
        asked.is_valid(raise_exception=True)
        made = services.episode_create(series=series, **asked.validated_data)
        return Response(_shown(request, made.uid), status=201)


class StudioEpisodeOne(StudioView):
    @extend_schema(
        tags=["studio"], responses={200: shapes.StudioEpisode}, summary="One of my episodes",
        operation_id="studio_episodes_get",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(_shown(request, uid))

    @extend_schema(
        tags=["studio"], request=shapes.EpisodeIn, responses={200: shapes.StudioEpisode}, summary="Change an episode",
        operation_id="studio_episodes_change",
    )
    def patch(self, request: Request, uid: UUID) -> Response:
        episode = selectors.episode_for_member(person(request), uid)
        asked = shapes.EpisodeIn(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        services.episode_update(episode=episode, **asked.validated_data)
        return Response(_shown(request, uid))


class StudioEpisodeWithdraw(StudioView):
    @extend_schema(
        tags=["studio"], request=None, responses={200: shapes.StudioEpisode},
        summary="Take a shown or scheduled episode out of sight", operation_id="studio_episodes_withdraw",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        episode = selectors.episode_for_member(person(request), uid)
        services.episode_withdraw(episode=episode, by=Episode.WithdrawnBy.CREATOR, now=timezone.now())
        return Response(_shown(request, uid))


def _shown(request: Request, uid: UUID) -> dict[str, object]:
    """The episode as it is now: a new price is the database's to work out."""
    return shapes.StudioEpisode(selectors.episode_for_member(person(request), uid)).data
