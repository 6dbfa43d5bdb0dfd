"""The studio's helpers: prices before a render, a render's shots, portraits, and voices to listen to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsRegistered, signed_in_user
from catalog.selectors import episode_for_member
from common.throttling import WriteThrottle, spend
from generation.api import desk_shapes as shapes
from generation.api import work_shapes
from generation.boards import render_shots
from generation.portraits.drawing import portrait_of
from generation.quotes import render_quote
from generation.samples import voice_cards, voice_sample
from generation.selectors import character_for_member, render_for_member

LANGUAGE = OpenApiParameter("language", str, enum=["en", "zh"], description="en if not given.")


class DeskView(APIView):
    """Base of what members of a studio account look up."""

    permission_classes = [IsRegistered]
    throttle_classes = [WriteThrottle]


class EpisodeQuote(DeskView):
    @extend_schema(
        tags=["renders"], request=work_shapes.RenderIn, responses={200: shapes.QuoteOut},
        summary="What rendering the latest screenplay would take", operation_id="studio_render_quote",
        description="Stores nothing. Steps whose result exists do not count.",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        return self._quoted(request, uid, request.data)

    @extend_schema(
        tags=["renders"], parameters=[work_shapes.RenderIn], responses={200: shapes.QuoteOut},
        summary="What rendering the latest screenplay would take", operation_id="studio_render_quote_get",
        description="Stores nothing. Steps whose result exists do not count.",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        return self._quoted(request, uid, request.query_params)

    def _quoted(self, request: Request, uid: UUID, data: Any) -> Response:
        episode = episode_for_member(signed_in_user(request), uid)
        asked = work_shapes.RenderIn(data=data)
        asked.is_valid(raise_exception=True)
        return Response(render_quote(episode=episode, profile=asked.validated_data["profile"], now=timezone.now()))


class RenderShots(DeskView):
    @extend_schema(
        tags=["renders"], responses={200: shapes.RenderShotsOut}, summary="A render's shots with their pictures",
        operation_id="studio_render_shots",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        user = signed_in_user(request)
        render = render_for_member(user=user, uid=uid)
        shots = render_shots(render=render, subject=str(user.subject), now=timezone.now())
        return Response({"render": str(render.uid), "status": render.status, "shots": shots})


class CharacterPortrait(DeskView):
    @extend_schema(
        tags=["story"], responses={(200, "image/jpeg"): OpenApiTypes.BINARY}, summary="A character, drawn",
        operation_id="studio_character_portrait",
    )
    def get(self, request: Request, uid: UUID) -> HttpResponse:
        character = character_for_member(user=signed_in_user(request), uid=uid)
        key, picture = portrait_of(
            character=character, language=character.series.language, admit=_admission(request)
        )
        return _kept(request, key, picture, "image/jpeg")


class Voices(DeskView):
    @extend_schema(
        tags=["story"], parameters=[LANGUAGE], responses={200: shapes.VoicePage}, summary="Voices of a language",
        operation_id="studio_voices_list",
    )
    def get(self, request: Request) -> Response:
        asked = shapes.VoicesQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return Response({"results": voice_cards(asked.validated_data["language"]), "next": None})


class VoiceSample(DeskView):
    @extend_schema(
        tags=["story"], responses={(200, "audio/wav"): OpenApiTypes.BINARY}, summary="Listen to a voice",
        operation_id="studio_voice_sample",
    )
    def get(self, request: Request, name: str) -> HttpResponse:
        key, sound = voice_sample(name=name, admit=_admission(request))
        return _kept(request, key, sound, "audio/wav")

    @extend_schema(
        tags=["story"], request=shapes.LineIn, responses={(200, "audio/wav"): OpenApiTypes.BINARY},
        summary="Let a voice say a line", operation_id="studio_voice_line",
    )
    def post(self, request: Request, name: str) -> HttpResponse:
        asked = shapes.LineIn(data=request.data)
        asked.is_valid(raise_exception=True)
        key, sound = voice_sample(name=name, admit=_admission(request), **asked.validated_data)
        return _kept(request, key, sound, "audio/wav")


def _admission(request: Request) -> Callable[[], None]:
    """Drawing and speaking start a process each, so they are counted; what is kept already is free."""
    ident = f"person:{signed_in_user(request).pk}"
    return lambda: spend(scope="draw", ident=ident)


def _kept(request: Request, key: str, data: bytes, content_type: str) -> HttpResponse:
    tag = f'"{key}"'
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(data, content_type=content_type)
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"  # the address stays while the look changes: ask, by ETag
    return answer
