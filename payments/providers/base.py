"""The port to those who take money. A provider knows nothing of our tables; we know nothing of its wire format."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from common.errors import DomainError

MICROS_PER_CENT = 10_000

EventType = Literal["payment", "refund", "other"]


class WebhookRefused(DomainError):
    """The message is not from the provider, is stale, or makes no sense. It is logged and nothing is stored."""

    status = 400
    code = "webhook_refused"
    message = "This message was not accepted."
    remedy = "Sign the exact bytes that are sent, with the shared secret and the time of sending."


class ProviderUnavailable(DomainError):
    """No provider is set up, or it does not answer (503)."""

    status = 503
    code = "payments_unavailable"
    message = "Coins cannot be bought at the moment."
    remedy = "Try again later."


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """What to charge. `order_uid` is also the provider's idempotency key."""

    order_uid: UUID
    amount_cents: int
    currency: str
    title: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """The provider's name for the checkout, and the address that the buyer is sent to."""

    session: str
    url: str


@dataclass(frozen=True, slots=True)
class Payment:
    """A settled payment, as the provider tells it."""

    provider: str
    txn_id: str
    order_uid: UUID
    amount_cents: int
    currency: str
    tax_cents: int
    fee_cents: int
    environment: str  # Purchase.Environment


@dataclass(frozen=True, slots=True)
class Event:
    """A verified message. `payment` is there if `type` is "payment"; everything else is kept for later."""

    event_id: str
    type: EventType
    payment: Payment | None = None


class Provider(Protocol):
    """One outside service that takes money."""

    name: str

    def create_checkout(self, request: CheckoutRequest) -> Checkout:
        """Open a checkout, one per order. Raises `ProviderUnavailable`. Call outside transactions."""
        ...

    def parse_webhook(self, raw: bytes, headers: Mapping[str, str], *, now: datetime) -> Event:
        """Verify and read a message that has just come in. Raises `WebhookRefused`."""
        ...

    def read_event(self, raw: bytes) -> Event:
        """Read a message that was verified when it came in. Raises `WebhookRefused` if it makes no sense."""
        ...

    def find_payment(self, session: str) -> Payment | None:
        """Ask the provider whether a checkout was paid. Raises `ProviderUnavailable`. Call outside transactions."""
        ...
