"""No provider: what a production without payment settings gets. Everything that is free works; buying says why not."""

from collections.abc import Mapping
from datetime import datetime
from typing import NoReturn

from payments.providers.base import Checkout, CheckoutRequest, Event, Payment, ProviderUnavailable, WebhookRefused


class NoProvider:
    """Refuses everything."""

    name = "none"

    def create_checkout(self, request: CheckoutRequest) -> Checkout:
        _unavailable()

    def parse_webhook(self, raw: bytes, headers: Mapping[str, str], *, now: datetime) -> Event:
        raise WebhookRefused("No payment provider is set up.")

    def read_event(self, raw: bytes) -> Event:
        raise WebhookRefused("No payment provider is set up.")

    def find_payment(self, session: str) -> Payment | None:
        _unavailable()


def _unavailable() -> NoReturn:
    raise ProviderUnavailable(remedy="Whoever runs this installation has to set PAYMENT_PROVIDER.")
