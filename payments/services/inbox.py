"""Webhooks: verified, stored raw, answered; then worked off from the rows, as often as it takes."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from common.doorbell import ring_after_commit
from common.errors import DomainError
from payments.models import ProviderEvent
from payments.providers import PROVIDERS, get_provider
from payments.providers.base import Provider, WebhookRefused
from payments.services.granting import purchase_grant

log = structlog.get_logger(__name__)
MAX_ATTEMPTS = 12
LONGEST_WAIT = timedelta(hours=1)


def webhook_receive(*, provider: str, raw: bytes, headers: Mapping[str, str], now: datetime) -> bool:
    """Store a provider's message. Returns False for one that was stored before (providers double and delay).

    Raises `NotFound` for a provider that is not in use and `WebhookRefused` for what it did not send.
    """
    port = get_provider(provider)
    try:
        event = port.parse_webhook(raw, headers, now=now)
    except WebhookRefused as refused:
        log.warning("webhook_refused", provider=provider, reason=refused.code, size=len(raw))
        raise
    _, fresh = ProviderEvent.objects.get_or_create(
        provider=provider, event_id=event.event_id,
        defaults={"type": event.type, "raw": raw, "received_at": now, "next_attempt_at": now},
    )
    log.info("webhook_received", provider=provider, event_id=event.event_id, type=event.type, fresh=fresh)
    if fresh:
        ring_after_commit("payments.process_events")
    return fresh


def events_due(*, now: datetime, limit: int = 100) -> list[int]:
    """The ids of events that wait to be processed, oldest attempt first."""
    due = ProviderEvent.objects.filter(status=ProviderEvent.Status.RECEIVED, next_attempt_at__lte=now)
    return list(due.order_by("next_attempt_at").values_list("id", flat=True)[:limit])


def event_process(*, event_id: int, now: datetime) -> bool:
    """Do what an event tells, once. Returns whether this call settled it.

    What can never work is parked at once; what failed unforeseen is tried again, later each time, then parked. The
    failure is written outside the transaction that failed.
    """
    try:
        with transaction.atomic():
            event = _claim(event_id)
            if event is None:
                return False
            _apply(event, PROVIDERS[event.provider](), now)
            return True
    except DomainError as refused:
        _park(event_id, f"{refused.code}: {refused.message}", now)
    except Exception as failure:  # whatever it is, the money's message must not be lost: count it and come back
        log.exception("event_failed", row=event_id)
        _postpone(event_id, f"{type(failure).__name__}: {failure}", now)
    return False


def _claim(event_id: int) -> ProviderEvent | None:
    waiting = ProviderEvent.objects.filter(pk=event_id, status=ProviderEvent.Status.RECEIVED)
    return waiting.select_for_update(skip_locked=True).first()


def _apply(event: ProviderEvent, provider: Provider, now: datetime) -> None:
    told = provider.read_event(bytes(event.raw))
    if told.payment is None:
        event.status = ProviderEvent.Status.PARKED
        event.error = f"no handler for {event.type} yet"
    else:
        purchase_grant(payment=told.payment, now=now)
        event.status = ProviderEvent.Status.PROCESSED
        event.error = ""
    event.attempts += 1
    event.processed_at = now
    event.save(update_fields=["status", "error", "attempts", "processed_at"])


def _park(event_id: int, error: str, now: datetime) -> None:
    log.error("event_parked", row=event_id, error=error)
    ProviderEvent.objects.filter(pk=event_id, status=ProviderEvent.Status.RECEIVED).update(
        status=ProviderEvent.Status.PARKED, error=error[:300], processed_at=now
    )


def _postpone(event_id: int, error: str, now: datetime) -> None:
    event = ProviderEvent.objects.get(pk=event_id)
    if event.attempts + 1 >= MAX_ATTEMPTS:
        _park(event_id, error, now)
    else:
        wait = min(LONGEST_WAIT, timedelta(seconds=5 * 2**event.attempts))
        ProviderEvent.objects.filter(pk=event_id, status=ProviderEvent.Status.RECEIVED).update(
            attempts=event.attempts + 1, error=error[:300], next_attempt_at=now + wait
        )
