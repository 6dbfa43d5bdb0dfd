"""Sheets of the cast over HTTP: look at them, have one made, approve it."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.permissions import IsRegistered, signed_in_user
from catalog.selectors import episode_for_member
from common.throttling import PersonThrottle, WriteThrottle
from generation.api import work_shapes
from generation.api.fields import ProfileField
from generation.api.takes import REF_LENGTH, STATES
from generation.sheets import sheet_approve, sheet_request, sheet_withdraw, sheets_of


class SheetIn(serializers.Serializer[object]):
    key = serializers.RegexField(r"^[0-9a-f]{64}\Z", max_length=REF_LENGTH)
    profile = ProfileField()


class SheetOut(serializers.Serializer[object]):
    key = serializers.CharField(help_text="Another look, style, seed or model is another key.")
    name = serializers.CharField(help_text="As the text calls them.")
    approved = serializers.BooleanField()
    status = serializers.ChoiceField(STATES)
    percent = serializers.FloatField()
    render = serializers.UUIDField(allow_null=True, help_text="What makes it just now; follow it by its socket.")
    picture = serializers.CharField(allow_null=True, help_text="A signed address that ends.")


class SheetsOut(serializers.Serializer[object]):
    sheets = SheetOut(many=True)


class SheetRenderOut(serializers.Serializer[object]):
    render = serializers.UUIDField()
    status = serializers.CharField()


class EpisodeSheets(APIView):
    permission_classes = [IsRegistered]
    throttle_scope = "render"

    def get_throttles(self) -> list[BaseThrottle]:
        return [PersonThrottle() if self.request.method == "POST" else WriteThrottle()]

    @extend_schema(
        tags=["renders"], parameters=[work_shapes.RenderIn], responses={200: SheetsOut},
        summary="The sheets of the cast that the episode needs at a profile", operation_id="studio_sheets_list",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        user = signed_in_user(request)
        episode = episode_for_member(user, uid)
        asked = work_shapes.RenderIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        sheets = sheets_of(
            episode=episode, profile=asked.validated_data["profile"], subject=str(user.subject), now=timezone.now()
        )
        return Response({"sheets": sheets})

    @extend_schema(
        tags=["renders"], request=SheetIn, responses={201: SheetRenderOut}, summary="Have a sheet made",
        operation_id="studio_sheet_request",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        user = signed_in_user(request)
        episode = episode_for_member(user, uid)
        asked = SheetIn(data=request.data)
        asked.is_valid(raise_exception=True)
        render = sheet_request(episode=episode, by=user, now=timezone.now(), **asked.validated_data)
        return Response({"render": str(render.uid), "status": render.status}, status=201)


class EpisodeSheetApproval(APIView):
    permission_classes = [IsRegistered]
    throttle_classes = [WriteThrottle]

    @extend_schema(
        tags=["renders"], request=SheetIn, responses={200: SheetIn}, summary="Approve a sheet",
        operation_id="studio_sheet_approve", description="From now on shots may be made with it, in every episode.",
    )
    def put(self, request: Request, uid: UUID) -> Response:
        user = signed_in_user(request)
        episode = episode_for_member(user, uid)
        asked = SheetIn(data=request.data)
        asked.is_valid(raise_exception=True)
        sheet_approve(episode=episode, by=user, now=timezone.now(), **asked.validated_data)
        return Response(asked.validated_data)

    @extend_schema(
        tags=["renders"], parameters=[SheetIn], responses={204: None}, summary="Take an approval back",
        operation_id="studio_sheet_withdraw", description="What was made with it stays as it is.",
    )
    def delete(self, request: Request, uid: UUID) -> Response:
        episode = episode_for_member(signed_in_user(request), uid)
        asked = SheetIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        sheet_withdraw(episode=episode, **asked.validated_data)
        return Response(status=204)
