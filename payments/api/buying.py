"""Packs, orders, and what providers tell of them."""

from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponseRedirect
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsViewer
from common.errors import Invalid
from common.throttling import WriteThrottle
from payments import serializers as shapes
from payments.api.people import viewer_of
from payments.providers.twin import CHECKOUT_PAGE
from payments.selectors import packs_on_sale
from payments.services import order_create, order_verify, twin_pay, webhook_receive
from payments.services.twin import DELIVERIES

MAX_WEBHOOK = 64 * 1024


class Packs(APIView):
    permission_classes = [AllowAny]

    @extend_schema(tags=["money"], responses=shapes.PackList, summary="Coin packs on sale", operation_id="packs")
    def get(self, request: Request) -> Response:
        return Response(shapes.PackList({"results": packs_on_sale(), "next": None}).data)


class Orders(APIView):
    permission_classes = [IsViewer]
    throttle_classes = [WriteThrottle]
    throttle_scope = "write"

    @extend_schema(
        tags=["money"], request=shapes.OrderIn, responses={201: shapes.OrderMade}, summary="Order a coin pack",
        operation_id="order_create", description="The coins come once the provider has told of the payment.",
    )
    def post(self, request: Request) -> Response:
        asked = shapes.OrderIn(data=request.data)
        asked.is_valid(raise_exception=True)
        order, url = order_create(user=viewer_of(request), pack_uid=asked.validated_data["pack"])
        return Response({**shapes.OrderOut(order).data, "checkout_url": url}, status=201)


class OrderView(APIView):
    permission_classes = [IsViewer]

    @extend_schema(
        tags=["money"], responses=shapes.OrderOut, summary="An order of mine", operation_id="order",
        description="While it is pending the provider is asked, so that a lost webhook costs nobody coins.",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(shapes.OrderOut(order_verify(user=viewer_of(request), uid=uid, now=timezone.now())).data)


class Webhook(APIView):
    """Trusts the signature over the raw bytes and nothing else; who is signed in does not matter."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        tags=["money"], auth=[], request={"application/json": OpenApiTypes.OBJECT}, responses=shapes.Received,
        summary="For payment providers", operation_id="webhook",
        description="Stored and answered at once, worked off later. 400 `webhook_*` for what is forged, stale or odd.",
    )
    def post(self, request: Request, provider: str) -> Response:
        fresh = webhook_receive(
            provider=provider, raw=_raw_body(request), headers=request.headers, now=timezone.now()
        )
        return Response({"received": True, "duplicate": not fresh})


class TwinCheckout(APIView):
    """The provider's side of a checkout: a browser is sent on to its page, a program pays by POST.

    Whoever knows the session pays, as with a real one.
    """

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [WriteThrottle]
    throttle_scope = "write"

    @extend_schema(
        tags=["local twin"], auth=[], responses={302: OpenApiResponse(description="To the page where a person pays.")},
        summary="Open the checkout in a browser", operation_id="twin_checkout",
    )
    def get(self, request: Request, session: str) -> HttpResponseRedirect:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(CHECKOUT_PAGE.format(session=session) + (f"?{query}" if query else ""))

    @extend_schema(
        tags=["local twin"], auth=[], request=shapes.TwinPayIn, responses={202: shapes.TwinPaid},
        summary="Play the person who pays", operation_id="twin_pay",
        description="Only with PAYMENT_PROVIDER=twin; moves no money. The signed webhooks follow over HTTP.",
    )
    def post(self, request: Request, session: str) -> Response:
        asked = shapes.TwinPayIn(data=request.data)
        asked.is_valid(raise_exception=True)
        deliveries = asked.validated_data.get("deliveries", DELIVERIES)
        paid = twin_pay(session=session, deliveries=deliveries, now=timezone.now())
        return Response(shapes.TwinPaid(paid).data, status=202)


def _raw_body(request: Request) -> bytes:
    """The bytes as they came: a signature covers them and not what a parser makes of them."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    try:
        if not length.isdecimal() or int(length) > MAX_WEBHOOK:
            raise RequestDataTooBig
        raw: bytes = request.body
        if len(raw) > MAX_WEBHOOK:
            raise RequestDataTooBig
    except RequestDataTooBig as big:
        raise Invalid("The message is too big.", code="webhook_too_big", status=413) from big
    return raw
