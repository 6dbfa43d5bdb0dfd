"""Studio accounts, their members, and those who follow them."""

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsRegistered, IsViewer, signed_in_user
from common.pagination import keyset_page, read_limit
from common.throttling import WriteThrottle
from creators import selectors, services
from creators import serializers as shapes

PAGING = [
    OpenApiParameter("cursor", str, description="`next` of the page before."),
    OpenApiParameter("limit", int, description="1 to 100, 20 if not given."),
]
GONE = OpenApiResponse(description="Done; nothing to show.")


class StudioView(APIView):
    """Base of what only registered people do. Whose account it is, selectors say."""

    permission_classes = [IsRegistered]
    throttle_classes = [WriteThrottle]


class StudioCreators(StudioView):
    @extend_schema(
        tags=["creators"], parameters=PAGING, responses={200: shapes.CreatorPage},
        summary="My studio accounts, newest first", operation_id="studio_creators_list",
    )
    def get(self, request: Request) -> Response:
        rows, after = keyset_page(
            selectors.creators_of(user=signed_in_user(request)),
            order=("-uid",),
            cursor=request.query_params.get("cursor"),
            limit=read_limit(request.query_params.get("limit")),
        )
        return Response(shapes.CreatorPage({"results": rows, "next": after}).data)

    @extend_schema(
        tags=["creators"], request=shapes.CreatorIn, responses={201: shapes.StudioCreator},
        summary="Open a studio account", operation_id="studio_creators_create",
    )
    def post(self, request: Request) -> Response:
        asked = shapes.CreatorIn(data=request.data)
        asked.is_valid(raise_exception=True)
        creator = services.creator_create(user=signed_in_user(request), **asked.validated_data)
        mine = selectors.creator_for_member(user=signed_in_user(request), uid=creator.uid)
        return Response(shapes.StudioCreator(mine).data, status=201)


class StudioCreator(StudioView):
    @extend_schema(
        tags=["creators"], responses={200: shapes.StudioCreator},
        summary="One of my studio accounts", operation_id="studio_creators_get",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(shapes.StudioCreator(selectors.creator_for_member(user=signed_in_user(request), uid=uid)).data)


class StudioMembers(StudioView):
    @extend_schema(
        tags=["creators"], parameters=PAGING, responses={200: shapes.MemberPage},
        summary="Who belongs to it", operation_id="studio_members_list",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        creator = selectors.creator_for_member(user=signed_in_user(request), uid=uid)
        rows, after = keyset_page(
            selectors.members_of(creator=creator),
            order=("uid",),
            cursor=request.query_params.get("cursor"),
            limit=read_limit(request.query_params.get("limit")),
        )
        return Response(shapes.MemberPage({"results": rows, "next": after}).data)

    @extend_schema(
        tags=["creators"], request=shapes.MemberIn, responses={200: shapes.MemberOut, 201: shapes.MemberOut},
        summary="Add a registered person by email (owners)", operation_id="studio_members_add",
        description="200 if they belong already in this role.",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        creator = selectors.creator_for_member(user=signed_in_user(request), uid=uid)
        asked = shapes.MemberIn(data=request.data)
        asked.is_valid(raise_exception=True)
        member, made = services.member_add(creator=creator, by=signed_in_user(request), **asked.validated_data)
        return Response(shapes.MemberOut(member).data, status=201 if made else 200)


class StudioMember(StudioView):
    @extend_schema(
        tags=["creators"], request=shapes.RoleIn, responses={200: shapes.MemberOut},
        summary="Change a member's role (owners)", operation_id="studio_members_change",
    )
    def patch(self, request: Request, uid: UUID, user_uid: UUID) -> Response:
        creator = selectors.creator_for_member(user=signed_in_user(request), uid=uid)
        asked = shapes.RoleIn(data=request.data)
        asked.is_valid(raise_exception=True)
        member = services.member_change_role(
            creator=creator, by=signed_in_user(request), user_uid=user_uid, role=asked.validated_data["role"]
        )
        return Response(shapes.MemberOut(member).data)

    @extend_schema(
        tags=["creators"], request=None, responses={204: GONE},
        summary="Remove a member (owners), or leave", operation_id="studio_members_remove",
    )
    def delete(self, request: Request, uid: UUID, user_uid: UUID) -> Response:
        creator = selectors.creator_for_member(user=signed_in_user(request), uid=uid)
        services.member_remove(creator=creator, by=signed_in_user(request), user_uid=user_uid)
        return Response(status=204)


class PublicCreator(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        tags=["creators"], responses={200: shapes.PublicCreator},
        summary="A studio account, for anyone", operation_id="creators_get",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        creator = selectors.public_creator(uid=uid)
        following = selectors.is_following(user=request.user, creator=creator)
        return Response(shapes.PublicCreator(creator, context={"following": following}).data)


class Following(APIView):
    permission_classes = [IsViewer]
    throttle_classes = [WriteThrottle]

    @extend_schema(
        tags=["creators"], request=None, responses={204: GONE},
        summary="Follow a creator", operation_id="creators_follow",
    )
    def post(self, request: Request, uid: UUID) -> Response:
        services.creator_follow(user=signed_in_user(request), creator=selectors.public_creator(uid=uid))
        return Response(status=204)

    @extend_schema(
        tags=["creators"], request=None, responses={204: GONE},
        summary="Follow a creator no longer", operation_id="creators_unfollow",
    )
    def delete(self, request: Request, uid: UUID) -> Response:
        services.creator_unfollow(user=signed_in_user(request), creator=selectors.public_creator(uid=uid))
        return Response(status=204)
