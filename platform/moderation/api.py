"""The moderators' queue and decisions, the viewers' reports, and what the makers are told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsModerator, IsRegistered, IsViewer
from catalog.api.common import PAGING, page, person
from catalog.selectors import episode_for_member, visible_episode
from common.throttling import WriteThrottle
from moderation import selectors, services
from moderation import serializers as shapes
from moderation.previews import review_preview


class ModeratorView(APIView):
    """Base of what moderators do."""

    permission_classes = [IsModerator]
    throttle_classes = [WriteThrottle]


class ReviewQueue(ModeratorView):
    @extend_schema(
        tags=["moderation"], parameters=[shapes.QueueQuery, *PAGING], responses={200: shapes.ReviewPage},
        summary="Reviews of a status, the longest waiting first", operation_id="moderation_reviews_list",
    )
    def get(self, request: Request) -> Response:
        asked = shapes.QueueQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return page(request, selectors.queue(**asked.validated_data), shapes.ReviewPage, order=("uid",))


class ReviewOne(ModeratorView):
    @extend_schema(
        tags=["moderation"], responses={200: shapes.ReviewDetail}, operation_id="moderation_reviews_get",
        summary="A review: evidence, findings, earlier decisions and a signed preview",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(_detail(request, uid))


class ReviewApprove(ModeratorView):
    @extend_schema(
        tags=["moderation"], request=shapes.ApproveIn, responses={200: shapes.ReviewDetail},
        summary="Pass it: the episode is shown, or waits for its release", operation_id="moderation_reviews_approve",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        review = selectors.review_by_uid(uid)
        asked = _read(shapes.ApproveIn, request)
        services.review_approve(review=review, by=person(request), now=timezone.now(), **asked)
        return Response(_detail(request, uid))


class ReviewReject(ModeratorView):
    @extend_schema(
        tags=["moderation"], request=shapes.ReasonIn, responses={200: shapes.ReviewDetail},
        summary="Send it back with a reason", operation_id="moderation_reviews_reject",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        review = selectors.review_by_uid(uid)
        asked = _read(shapes.ReasonIn, request)
        services.review_reject(review=review, by=person(request), now=timezone.now(), **asked)
        return Response(_detail(request, uid))


class EpisodeTakeDown(ModeratorView):
    @extend_schema(
        tags=["moderation"], request=shapes.ReasonIn, responses={200: shapes.EpisodeUnderReview},
        summary="Take an episode down", operation_id="moderation_episodes_withdraw",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        episode = selectors.episode_by_uid(uid)
        asked = _read(shapes.ReasonIn, request)
        services.episode_take_down(episode=episode, by=person(request), now=timezone.now(), **asked)
        return Response(shapes.EpisodeUnderReview(episode).data)


class EpisodeRestore(ModeratorView):
    @extend_schema(
        tags=["moderation"], request=shapes.RestoreIn, responses={200: shapes.EpisodeUnderReview},
        summary="Show a withdrawn episode again", operation_id="moderation_episodes_restore",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        episode = selectors.episode_by_uid(uid)
        asked = _read(shapes.RestoreIn, request)
        services.episode_restore(episode=episode, by=person(request), now=timezone.now(), **asked)
        return Response(shapes.EpisodeUnderReview(episode).data)


class EpisodeReport(APIView):
    permission_classes = [IsViewer]
    throttle_classes = [WriteThrottle]

    @extend_schema(
        tags=["moderation"], request=shapes.ReasonIn, responses={201: shapes.ReportOut},
        summary="Say that something is wrong with an episode", operation_id="episodes_report",
        description="One report a viewer and episode: a second one changes the first.",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        episode = visible_episode(uid)
        asked = _read(shapes.ReasonIn, request)
        report = services.report_create(episode=episode, by=person(request), now=timezone.now(), **asked)
        return Response(shapes.ReportOut(report).data, status=201)


class StudioReviews(APIView):
    permission_classes = [IsRegistered]

    @extend_schema(
        tags=["studio"], parameters=PAGING, responses={200: shapes.StudioDecisions},
        summary="How my episode was judged, the newest first", operation_id="studio_episodes_reviews",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        rows = selectors.reviews_of(episode_for_member(person(request), uid))
        return page(request, rows, shapes.StudioDecisions, order=("-uid",))


def _read(shape: type[Any], request: Request) -> dict[str, Any]:
    asked = shape(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def _detail(request: Request, uid: UUID) -> dict[str, Any]:
    review = selectors.review_by_uid(uid)
    context = {
        "earlier": selectors.earlier_decisions(review),
        "preview": review_preview(master=review.master, by=person(request), now=timezone.now()),
    }
    return dict(shapes.ReviewDetail(review, context=context).data)
