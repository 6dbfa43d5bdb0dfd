"""Signing in, staying signed in, and one's own account."""


from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts import serializers as shapes
from accounts.models import User
from accounts.permissions import IsRegistered, IsViewer, signed_in_user
from accounts.services import guests, people, tickets, tokens
from common.throttling import NetworkThrottle, PersonThrottle, WriteThrottle, network_of, spend

GONE = OpenApiResponse(description="Done; nothing to show.")


def signed_in(user: User, pair: tokens.TokenPair, status: int = 200) -> Response:
    body = {"access": pair.access, "refresh": pair.refresh, "expires_in": pair.expires_in, "user": user}
    return Response(shapes.SignedIn(body).data, status=status)


class SignInView(APIView):
    """Base of what works with no one signed in: a stale Authorization header must not stand in its way."""

    authentication_classes: list[type[BaseAuthentication]] = []
    permission_classes = [AllowAny]
    throttle_classes: list[type[BaseThrottle]] = [NetworkThrottle]
    throttle_scope = "login"


class Guest(SignInView):
    throttle_classes: list[type[BaseThrottle]] = []  # only new guests count, and the service says when one is made

    @extend_schema(
        tags=["people"], auth=[], request=shapes.GuestIn, responses={200: shapes.SignedIn, 201: shapes.SignedIn},
        summary="Sign in as the guest of this device", operation_id="auth_guest",
        description="201 makes the guest, 200 finds it again. 409 `device_upgraded` once it has a password.",
    )
    def post(self, request: Request) -> Response:
        asked = shapes.GuestIn(data=request.data)
        asked.is_valid(raise_exception=True)
        network = network_of(request)
        user, made = guests.guest_sign_in(
            **asked.validated_data,
            now=timezone.now(),
            admit=lambda: spend(scope="guest", ident=network, closed=True),
        )
        return signed_in(user, tokens.tokens_issue(user=user), status=201 if made else 200)


class Register(SignInView):
    @extend_schema(
        tags=["people"], auth=[], request=shapes.RegisterIn, responses={201: shapes.SignedIn},
        summary="Make a registered account", operation_id="auth_register",
    )
    def post(self, request: Request) -> Response:
        asked = shapes.RegisterIn(data=request.data)
        asked.is_valid(raise_exception=True)
        user = people.user_register(**asked.validated_data)
        return signed_in(user, tokens.tokens_issue(user=user), status=201)


class SignIn(SignInView):
    @extend_schema(
        tags=["people"], auth=[], request=shapes.SignInIn, responses={200: shapes.SignedIn},
        summary="Sign in with email and password", operation_id="auth_token",
        description="Limited by network and by address. 401 `wrong_credentials` whichever of the two is wrong.",
    )
    def post(self, request: Request) -> Response:
        asked = shapes.SignInIn(data=request.data)
        asked.is_valid(raise_exception=True)
        spend(scope="login", ident=f"email:{asked.validated_data['email']}", closed=True)
        user = people.user_sign_in(**asked.validated_data)
        return signed_in(user, tokens.tokens_issue(user=user))


class Refresh(SignInView):
    throttle_classes: list[type[BaseThrottle]] = []  # a token cannot be guessed, and many phones share a network

    @extend_schema(
        tags=["people"], auth=[], request=shapes.RefreshIn, responses={200: shapes.SignedIn},
        summary="Trade a refresh token in for the next pair", operation_id="auth_token_refresh",
        description="Each refresh token works once; 401 `token_refused` afterwards.",
    )
    def post(self, request: Request) -> Response:
        asked = shapes.RefreshIn(data=request.data)
        asked.is_valid(raise_exception=True)
        return signed_in(*tokens.tokens_refresh(refresh=asked.validated_data["refresh"]))


class SignOut(SignInView):
    throttle_classes: list[type[BaseThrottle]] = []

    @extend_schema(
        tags=["people"], auth=[], request=shapes.RefreshIn, responses={204: GONE},
        summary="End a refresh token", operation_id="auth_logout",
        description="204 for every token: afterwards it does not work. An access token ends within 15 minutes.",
    )
    def post(self, request: Request) -> Response:
        asked = shapes.RefreshIn(data=request.data)
        asked.is_valid(raise_exception=True)
        tokens.tokens_sign_out(refresh=asked.validated_data["refresh"])
        return Response(status=204)


class SocketTicket(APIView):
    permission_classes = [IsViewer]
    throttle_classes = [PersonThrottle]
    throttle_scope = "write"

    @extend_schema(
        tags=["people"], request=None, responses={200: shapes.TicketOut},
        summary="Get a one-use ticket for a WebSocket", operation_id="auth_ws_ticket",
    )
    def post(self, request: Request) -> Response:
        ticket = tickets.ticket_issue(user=signed_in_user(request))
        return Response(shapes.TicketOut({"ticket": ticket, "expires_in": tickets.TICKET_SECONDS}).data)


class MyAccount(APIView):
    permission_classes = [IsViewer]
    throttle_classes = [WriteThrottle]

    @extend_schema(tags=["people"], responses={200: shapes.Me}, summary="Who am I", operation_id="me_get")
    def get(self, request: Request) -> Response:
        return Response(shapes.Me(signed_in_user(request)).data)

    @extend_schema(
        tags=["people"], request=shapes.ProfileIn, responses={200: shapes.Me},
        summary="Change my name or language", operation_id="me_change",
    )
    def patch(self, request: Request) -> Response:
        asked = shapes.ProfileIn(data=request.data)
        asked.is_valid(raise_exception=True)
        user = people.profile_update(user=signed_in_user(request), now=timezone.now(), **asked.validated_data)
        return Response(shapes.Me(user).data)


class Upgrade(APIView):
    permission_classes = [IsViewer]
    throttle_classes = [NetworkThrottle]
    throttle_scope = "login"

    @extend_schema(
        tags=["people"], request=shapes.UpgradeIn, responses={200: shapes.SignedIn},
        summary="Turn this guest into a registered account", operation_id="me_upgrade",
        description="Everything stays. The guest's tokens and its device id end; go on with the new pair.",
    )
    def post(self, request: Request) -> Response:
        asked = shapes.UpgradeIn(data=request.data)
        asked.is_valid(raise_exception=True)
        user = people.guest_upgrade(user=signed_in_user(request), now=timezone.now(), **asked.validated_data)
        return signed_in(user, tokens.tokens_issue(user=user))


class Password(APIView):
    permission_classes = [IsRegistered]
    throttle_classes = [NetworkThrottle, PersonThrottle]
    throttle_scope = "login"

    @extend_schema(
        tags=["people"], request=shapes.PasswordIn, responses={200: shapes.SignedIn},
        summary="Change my password", operation_id="me_password",
        description="Ends every token, ticket and session made with the old one; go on with the new pair.",
    )
    def post(self, request: Request) -> Response:
        asked = shapes.PasswordIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        user = people.password_change(
            user=signed_in_user(request),
            current=given["current_password"],
            new=given["new_password"],
            now=timezone.now(),
        )
        return signed_in(user, tokens.tokens_issue(user=user))
