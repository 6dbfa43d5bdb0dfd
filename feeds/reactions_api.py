"""The viewer's own marks over HTTP: PUT and DELETE, as often as one likes."""

from __future__ import annotations

import uuid

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.common import page
from catalog.selectors import series_shown, visible_episode
from common.throttling import WriteThrottle
from feeds import reaction_selectors, reactions
from feeds import reaction_shapes as shapes
from feeds.api import PAGING, PRIVATE, ViewerView, viewer_of

GONE = OpenApiResponse(description="Done; nothing to show. The same when it was so before.")


class ReactionView(ViewerView):
    throttle_classes = [WriteThrottle]


class EpisodeLike(ReactionView):
    @extend_schema(tags=["feed"], request=None, responses={204: GONE}, summary="Like", operation_id="episode_like")
    def put(self, request: Request, uid: uuid.UUID) -> Response:
        reactions.episode_like(user=viewer_of(request), episode=visible_episode(uid))
        return Response(status=204)

    @extend_schema(
        tags=["feed"], request=None, responses={204: GONE}, summary="Like no longer", operation_id="episode_unlike"
    )
    def delete(self, request: Request, uid: uuid.UUID) -> Response:
        reactions.episode_unlike(user=viewer_of(request), uid=uid)
        return Response(status=204)


class SeriesSave(ReactionView):
    @extend_schema(
        tags=["feed"], request=None, responses={204: GONE}, summary="Put on my list", operation_id="series_save"
    )
    def put(self, request: Request, uid: uuid.UUID) -> Response:
        reactions.series_save(user=viewer_of(request), series=series_shown(uid))
        return Response(status=204)

    @extend_schema(
        tags=["feed"], request=None, responses={204: GONE}, summary="Take from my list", operation_id="series_unsave"
    )
    def delete(self, request: Request, uid: uuid.UUID) -> Response:
        reactions.series_unsave(user=viewer_of(request), uid=uid)
        return Response(status=204)


class MyList(ReactionView):
    @extend_schema(
        tags=["feed"], parameters=PAGING, responses={200: shapes.ListPageOut},
        summary="My list, the latest first", operation_id="my_list",
    )
    def get(self, request: Request) -> Response:
        rows = reaction_selectors.saved_series(user=viewer_of(request))
        answer = page(request, rows, shapes.ListPageOut, order=("-uid",))
        answer["Cache-Control"] = PRIVATE["Cache-Control"]
        return answer


class SeriesNotInterested(ReactionView):
    @extend_schema(
        tags=["feed"], request=None, responses={204: GONE}, summary="No more of this series in my feed",
        operation_id="series_not_interested", description="Holds from the next page on. It can still be searched.",
    )
    def post(self, request: Request, uid: uuid.UUID) -> Response:
        reactions.series_refuse(user=viewer_of(request), series=series_shown(uid), now=timezone.now())
        return Response(status=204)

    @extend_schema(
        tags=["feed"], request=None, responses={204: GONE}, summary="It may come in my feed again",
        operation_id="series_interested_again",
    )
    def delete(self, request: Request, uid: uuid.UUID) -> Response:
        reactions.series_admit(user=viewer_of(request), uid=uid, now=timezone.now())
        return Response(status=204)


class SeriesViewer(ViewerView):
    @extend_schema(
        tags=["feed"], responses={200: shapes.InSeriesOut}, summary="What is mine in a series",
        operation_id="series_viewer", description="Marks, unlocked episodes, and where to go on.",
    )
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        found = reaction_selectors.viewer_in_series(user=viewer_of(request), uid=uid)
        return Response(shapes.InSeriesOut(found).data, headers=PRIVATE)


class EpisodeCard(ViewerView):
    @extend_schema(
        tags=["feed"], responses={200: shapes.EpisodeCardOut}, summary="One episode as the feed would show it",
        operation_id="episode_card", description="For a link that leads straight to an episode.",
    )
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        found = reaction_selectors.episode_card(user=viewer_of(request), uid=uid)
        return Response(shapes.EpisodeCardOut({"card": found}).data, headers=PRIVATE)
