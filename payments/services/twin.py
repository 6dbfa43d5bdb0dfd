"""The other side of the local twin: the person who pays, and the provider's post office that doubles and delays."""

import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import datetime

import structlog
from django.conf import settings

from common.doorbell import ring_after_commit
from common.errors import NotFound
from common.ids import unguessable
from payments.models import TwinSession
from payments.providers.signatures import sign
from payments.providers.twin import HEADER, WEBHOOK_PATH, TwinProvider, payment_message

log = structlog.get_logger(__name__)
# seconds from the payment to each delivery: late once, doubled at once, and once more long after
DELIVERIES = (1, 1, 5)
TIMEOUT = 5


def twin_pay(*, session: str, deliveries: Sequence[int], now: datetime) -> TwinSession:
    """Play the person who pays at the checkout; paying twice pays once. The webhooks follow after `deliveries` seconds.

    Raises `NotFound` for no such session, or if the twin is not the provider in use.
    """
    if TwinProvider.name != settings.PAYMENT_PROVIDER:
        raise NotFound()
    TwinSession.objects.filter(session=session, paid_at__isnull=True).update(
        paid_at=now, txn_id=f"txn_{unguessable()}", event_id=f"evt_{unguessable()}"
    )
    twin = TwinSession.objects.filter(session=session).first()
    if twin is None:
        raise NotFound()
    ring_after_commit("payments.twin_deliver", session=session, deliveries=list(deliveries))
    return twin


def twin_deliver(*, session: str, now: datetime) -> bool:
    """Tell of the payment once, over HTTP as a provider would. Returns whether it was accepted."""
    twin = TwinSession.objects.get(session=session, paid_at__isnull=False)
    raw = payment_message(twin)
    headers = {
        "Content-Type": "application/json", HEADER: sign(secret=settings.TWIN_WEBHOOK_SECRET, raw=raw, at=now)
    }
    url = settings.PUBLIC_BASE_URL + WEBHOOK_PATH
    request = urllib.request.Request(url, data=raw, headers=headers)  # noqa: S310 - our own address, from settings
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            accepted = bool(response.status == 200)
    except (urllib.error.URLError, OSError) as failure:
        log.warning("twin_delivery_failed", session=session, error=str(failure))
        return False
    log.info("twin_delivered", session=session, accepted=accepted)
    return accepted
