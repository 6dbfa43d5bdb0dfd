"""The feed's endpoints: one domain call each, for guests and registered viewers alike."""

from __future__ import annotations

import uuid
from typing import cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.permissions import IsViewer
from common.pagination import read_limit
from common.throttling import PersonThrottle
from feeds import serializers as shapes
from feeds import services
from feeds.parsers import BatchParser
from feeds.playback import playback_open
from feeds.selectors import continue_page, following_episode

DEFAULT_PAGE = 10
PAGING = [
    OpenApiParameter("limit", int, description=f"1 to 100; {DEFAULT_PAGE} if left out."),
    OpenApiParameter("cursor", str, description="`next_cursor` (or `next`) of the page before."),
]
PRIVATE = {"Cache-Control": "private, no-store"}


def viewer_of(request: Request) -> User:
    """Who is signed in: the permission has seen to it that somebody is."""
    return cast("User", request.user)


class ViewerView(APIView):
    """Base: for guests and registered viewers, and never kept by a cache."""

    permission_classes = [IsViewer]


class Feed(ViewerView):
    @extend_schema(
        tags=["feed"], parameters=PAGING, responses={200: shapes.FeedPageOut},
        summary="Swipe: the next page", operation_id="feed",
        description="Nothing comes twice for one viewer, whatever the session or device. A cursor asked for again "
        "gives the same page; one that ended or is not yours starts a fresh feed and says `reset`. Pages are full "
        "until `exhausted`.",
    )
    def get(self, request: Request) -> Response:
        page = services.feed_page(
            user=viewer_of(request),
            cursor=request.query_params.get("cursor"),
            limit=read_limit(request.query_params.get("limit"), DEFAULT_PAGE),
            now=timezone.now(),
        )
        return Response(shapes.FeedPageOut(page).data, headers=PRIVATE)


class Continue(ViewerView):
    @extend_schema(
        tags=["feed"], parameters=PAGING, responses={200: shapes.ContinuePageOut},
        summary="Continue watching: one card per series", operation_id="feed_continue",
        description="The episode the viewer stopped in, or the one after it once 95 % were watched.",
    )
    def get(self, request: Request) -> Response:
        found, following = continue_page(
            user_id=viewer_of(request).pk,
            cursor=request.query_params.get("cursor"),
            limit=read_limit(request.query_params.get("limit"), DEFAULT_PAGE),
        )
        return Response(shapes.ContinuePageOut({"results": found, "next": following}).data, headers=PRIVATE)


class NextEpisode(ViewerView):
    @extend_schema(
        tags=["feed"], responses={200: shapes.FollowingOut},
        summary="The episode after this one", operation_id="episode_next",
        description="`episode` is null with the reason `end`, or `not_released` if one is scheduled.",
    )
    def get(self, request: Request, uid: uuid.UUID) -> Response:
        found = following_episode(user_id=viewer_of(request).pk, uid=uid)
        return Response(shapes.FollowingOut(found).data, headers=PRIVATE)


class Playback(ViewerView):
    @extend_schema(
        tags=["feed"], request=None, responses={200: shapes.PlaybackOut},
        summary="Play: a grant, or every way to unlock", operation_id="episode_playback",
        description="402 `payment_required` for a locked episode; its details name the price, the balance, the "
        "shortfall and the offers.",
    )
    def post(self, request: Request, uid: uuid.UUID) -> Response:
        opened = playback_open(user=viewer_of(request), uid=uid, now=timezone.now())
        return Response(shapes.PlaybackOut(opened).data, headers=PRIVATE)


class Events(ViewerView):
    parser_classes = [BatchParser]
    throttle_classes = [PersonThrottle]
    throttle_scope = "events"

    @extend_schema(
        tags=["feed"], request=shapes.EventBatchDoc, responses={202: shapes.OutcomeOut},
        summary="Report what was shown and watched", operation_id="events",
        description="Idempotent by event id: send a batch again until it is answered. What is `rejected` will never "
        "be taken; drop it.",
    )
    def post(self, request: Request) -> Response:
        asked = shapes.EventBatchIn(data=request.data)
        asked.is_valid(raise_exception=True)
        outcome = services.events_record(user=viewer_of(request), now=timezone.now(), **asked.validated_data)
        return Response(shapes.OutcomeOut(outcome).data, status=202)
