"""A studio's compute account: where it stands, how far it may go, and every movement. Not yours is not there."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsRegistered, signed_in_user
from common.pagination import keyset_page, read_limit
from common.throttling import WriteThrottle
from creators.errors import OwnersOnly
from creators.models import Creator, Member
from creators.selectors import creator_for_member
from generation import budget
from generation.api import compute_shapes as shapes

PAGING = [
    OpenApiParameter("cursor", str, description="`next` of the page before."),
    OpenApiParameter("limit", int, description="1 to 100, 20 if not given."),
]


class ComputeView(APIView):
    """Base of what members of a studio account see of its money."""

    permission_classes = [IsRegistered]
    throttle_classes = [WriteThrottle]


class Compute(ComputeView):
    @extend_schema(
        tags=["compute"], responses={200: shapes.AccountOut}, summary="Where the compute account stands",
        operation_id="studio_compute_get",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        creator = creator_for_member(user=signed_in_user(request), uid=uid)
        return Response(_told(budget.account_view(creator.pk)))

    @extend_schema(
        tags=["compute"], request=shapes.CapIn, responses={200: shapes.AccountOut},
        summary="Set, renew or lift the cap (owners)", operation_id="studio_compute_put",
        description="A cap below what is spent and held stops every further step and pauses the renders; raising or "
        "renewing it lets them go on.",
    )
    def put(self, request: Request, uid: UUID) -> Response:
        creator = _owned(request, uid)
        asked = shapes.CapIn(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(_told(budget.cap_set(creator_id=creator.pk, now=timezone.now(), **asked.validated_data)))


class ComputeEntries(ComputeView):
    @extend_schema(
        tags=["compute"], parameters=PAGING, responses={200: shapes.EntryPage},
        summary="Every movement of the compute account, newest first", operation_id="studio_compute_entries",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        creator = creator_for_member(user=signed_in_user(request), uid=uid)
        rows, after = keyset_page(
            budget.entries_of(creator.pk),
            order=("-id",),
            cursor=request.query_params.get("cursor"),
            limit=read_limit(request.query_params.get("limit")),
        )
        return Response(shapes.EntryPage({"results": rows, "next": after}).data)


def _told(view: dict[str, Any]) -> dict[str, Any]:
    return {"currency": budget.rates().currency} | view


def _owned(request: Request, uid: UUID) -> Creator:
    """Money is the owners' business. Raises `NotFound` for a stranger, `OwnersOnly` for an editor."""
    creator = creator_for_member(user=signed_in_user(request), uid=uid)
    if creator.role != Member.Role.OWNER:  # type: ignore[attr-defined]
        raise OwnersOnly
    return creator
