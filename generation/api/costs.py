"""What a finished minute costs: by episode, by series, attempt by attempt. Members only; not yours is not there."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import signed_in_user
from catalog.selectors import episode_for_member, series_for_member
from common.pagination import keyset_page, read_limit
from generation import costs
from generation.api import costs_shapes as shapes
from generation.api.compute import PAGING, ComputeView


class EpisodeCosts(ComputeView):
    @extend_schema(
        tags=["compute"], responses={200: shapes.CostOut}, operation_id="studio_episode_costs",
        summary="What an episode has cost, by stage, and for a finished minute",
        description="Work that several episodes share counts for the one that asked for it first.",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        episode = episode_for_member(signed_in_user(request), uid)
        return Response(shapes.episode_told(costs.episode_cost(episode=episode)))


class EpisodeAttempts(ComputeView):
    @extend_schema(
        tags=["compute"], parameters=PAGING, responses={200: shapes.AttemptPage},
        operation_id="studio_episode_attempts",
        summary="Every attempt at a step of an episode, newest first, with what it took and cost",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        episode = episode_for_member(signed_in_user(request), uid)
        rows, after = keyset_page(
            costs.attempts_of(episode=episode), order=("-id",), cursor=request.query_params.get("cursor"),
            limit=read_limit(request.query_params.get("limit")),
        )
        return Response(shapes.AttemptPage({"results": rows, "next": after}).data)


class SeriesCosts(ComputeView):
    @extend_schema(
        tags=["compute"], responses={200: shapes.SeriesCostOut}, operation_id="studio_series_costs",
        summary="What a series has cost, by stage and episode, and for a finished minute",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        series = series_for_member(signed_in_user(request), uid)
        return Response(shapes.series_told(costs.series_cost(series=series)))
