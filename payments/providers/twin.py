"""The local twin of a payment provider: speaks the real way (checkout, signed webhooks over HTTP), moves no money.

It keeps its own book (`TwinSession`), as a provider would. `payments.services.twin` plays the person who pays.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from common.ids import unguessable
from payments.models import TwinSession
from payments.providers.base import Checkout, CheckoutRequest, Event, Payment, WebhookRefused
from payments.providers.signatures import verify

HEADER = "Twin-Signature"
CHECKOUT_PATH = "/api/v1/twin/checkout/{session}/pay"
CHECKOUT_PAGE = "/twin/checkout/{session}"  # what a person sees of it; a page of `web`
WEBHOOK_PATH = "/api/v1/webhooks/twin"


class TwinProvider:
    """A `Provider` whose other side is this same installation."""

    name = "twin"

    def create_checkout(self, request: CheckoutRequest) -> Checkout:
        twin, _ = TwinSession.objects.get_or_create(
            order_uid=request.order_uid,
            defaults={
                "session": f"cs_{unguessable()}", "amount_cents": request.amount_cents, "currency": request.currency,
            },
        )
        return Checkout(twin.session, settings.PUBLIC_BASE_URL + CHECKOUT_PATH.format(session=twin.session))

    def parse_webhook(self, raw: bytes, headers: Mapping[str, str], *, now: datetime) -> Event:
        verify(secret=settings.TWIN_WEBHOOK_SECRET, raw=raw, header=headers.get(HEADER, ""), now=now)
        return self.read_event(raw)

    def read_event(self, raw: bytes) -> Event:
        try:
            return _event(json.loads(raw))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as broken:
            raise WebhookRefused("The message makes no sense.", code="webhook_malformed") from broken

    def find_payment(self, session: str) -> Payment | None:
        twin = TwinSession.objects.filter(session=session, paid_at__isnull=False).first()
        return None if twin is None else _payment(payment_data(twin))


def payment_data(twin: TwinSession) -> dict[str, Any]:
    """The `data` of a payment as the twin tells it, on the wire and when asked. It keeps no fee and no tax."""
    return {
        "txn": twin.txn_id, "session": twin.session, "order": str(twin.order_uid), "amount_cents": twin.amount_cents,
        "currency": twin.currency, "tax_cents": 0, "fee_cents": 0,
    }


def payment_message(twin: TwinSession) -> bytes:
    """The body of the webhook that tells of a payment; always the same bytes for the same payment."""
    created = int(twin.paid_at.timestamp()) if twin.paid_at else 0
    message = {"id": twin.event_id, "type": "payment.succeeded", "created": created, "data": payment_data(twin)}
    return json.dumps(message).encode()


def _event(message: dict[str, Any]) -> Event:
    event_id, name = _text(message["id"]), _text(message["type"])
    if name == "payment.succeeded":
        return Event(event_id, "payment", _payment(message["data"]))
    return Event(event_id, "refund" if name.startswith("refund.") else "other")


def _payment(data: dict[str, Any]) -> Payment:
    return Payment(
        provider=TwinProvider.name, txn_id=_text(data["txn"]), order_uid=UUID(data["order"]),
        amount_cents=_amount(data["amount_cents"]), currency=_text(data["currency"]), environment="test",
        tax_cents=_amount(data["tax_cents"]), fee_cents=_amount(data["fee_cents"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 80 or not value.isprintable():
        raise ValueError("not a short text")
    return value


def _amount(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 100_000_000:
        raise ValueError("not an amount")
    return value
