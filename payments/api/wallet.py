"""What a person has, and what happened to it; and spending it."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsViewer
from common.pagination import keyset_page, read_limit
from common.throttling import PersonThrottle
from payments import serializers as shapes
from payments.api.people import viewer_of
from payments.selectors import balance_of, history_of, with_moves
from payments.services import episode_unlock

KEY_HEADER = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True,
    description="8 to 80 visible ASCII characters; a new one for each intent, the same one for each retry.",
)
PAGE = [
    OpenApiParameter("cursor", str, description="`next` of the page before."),
    OpenApiParameter("limit", int, description="1 to 100, 20 if left out."),
]


class WalletView(APIView):
    permission_classes = [IsViewer]

    @extend_schema(tags=["money"], responses=shapes.Balance, summary="My coins", operation_id="wallet")
    def get(self, request: Request) -> Response:
        return Response(shapes.Balance(balance_of(user=viewer_of(request), now=timezone.now())).data)


class WalletHistory(APIView):
    permission_classes = [IsViewer]

    @extend_schema(
        tags=["money"], parameters=PAGE, responses=shapes.HistoryList, operation_id="wallet_history",
        summary="What happened to my coins, newest first",
    )
    def get(self, request: Request) -> Response:
        entries, after = keyset_page(
            history_of(user=viewer_of(request)), order=["-created_at", "-uid"],
            cursor=request.query_params.get("cursor"), limit=read_limit(request.query_params.get("limit")),
        )
        return Response(shapes.HistoryList({"results": with_moves(entries), "next": after}).data)


class Unlock(APIView):
    permission_classes = [IsViewer]
    throttle_classes = [PersonThrottle]
    throttle_scope = "unlock"

    @extend_schema(
        tags=["money"], parameters=[KEY_HEADER], request=shapes.UnlockIn, responses=shapes.UnlockOut,
        summary="Unlock an episode for good", operation_id="episode_unlock",
        description=(
            "Bonus coins go first, nearest expiry before all, then bought ones in the order they came. Never charges "
            "twice for an episode. 402 `shortfall` or `wallet_in_debt`, 409 `price_changed` (with the new price) or "
            "`idempotency_key_reused`; a refusal changes nothing and does not use the key up. A replayed answer "
            "carries the header `Idempotency-Replayed: true`."
        ),
    )
    def post(self, request: Request, uid: UUID) -> Response:
        asked = shapes.UnlockIn(data=request.data)
        asked.is_valid(raise_exception=True)
        done = episode_unlock(
            user_id=viewer_of(request).pk, episode_uid=uid, key=request.headers.get("Idempotency-Key", ""),
            now=timezone.now(), **asked.validated_data,
        )
        return Response(done.answer, headers={"Idempotency-Replayed": "true"} if done.replayed else None)
