"""What a shot looks like while it is rendered. Not yours is not there."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.permissions import IsRegistered, signed_in_user
from common.throttling import WriteThrottle
from generation.frames import frame_for_member

NEWEST = OpenApiParameter("n", int, description="As in the address that progress gave; changes with every picture.")


class StepFrame(APIView):
    permission_classes = [IsRegistered]
    throttle_classes = [WriteThrottle]

    @extend_schema(
        tags=["renders"], parameters=[NEWEST], responses={(200, "image/jpeg"): OpenApiTypes.BINARY},
        summary="The newest still of a step", operation_id="studio_render_step_frame",
        description="Of the running attempt while there is one, then of the finished shot. 404 while there is none.",
    )
    def get(self, request: Request, uid: UUID, key: str) -> HttpResponse:
        picture = frame_for_member(user=signed_in_user(request), uid=uid, key=key)
        return HttpResponse(picture, content_type="image/jpeg", headers={"Cache-Control": "private, no-store"})
