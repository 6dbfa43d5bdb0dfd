"""Signed, timestamped webhooks: `t=<unix seconds>,v1=<hex hmac-sha256 of "t.body">`, as Stripe's are."""

import hashlib
import hmac
from datetime import datetime

from payments.providers.base import WebhookRefused

TOLERANCE_SECONDS = 300
MAX_HEADER = 1_000


def sign(*, secret: str, raw: bytes, at: datetime) -> str:
    """The header for these bytes, sent at that time."""
    stamp = int(at.timestamp())
    return f"t={stamp},v1={_mac(secret, stamp, raw)}"


def verify(*, secret: str, raw: bytes, header: str, now: datetime) -> None:
    """Raises `WebhookRefused` unless one v1 fits the bytes and the time is within tolerance, past or future.

    Several v1 may stand there while a secret is being replaced.
    """
    stamp, macs = _parse(header)
    if abs(now.timestamp() - stamp) > TOLERANCE_SECONDS:
        raise WebhookRefused("The message is too old, or from the future.", code="webhook_stale")
    expected = _mac(secret, stamp, raw)
    if not any(hmac.compare_digest(expected, mac) for mac in macs):
        raise WebhookRefused("The signature does not fit.", code="webhook_bad_signature")


def _mac(secret: str, stamp: int, raw: bytes) -> str:
    return hmac.new(secret.encode(), f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()


def _parse(header: str) -> tuple[int, list[str]]:
    parts = [part.partition("=") for part in header[:MAX_HEADER].split(",")]
    stamps = [value for name, _, value in parts if name.strip() == "t"]
    macs = [value for name, _, value in parts if name.strip() == "v1" and value.isascii()]
    if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdecimal() and len(stamps[0]) <= 12) or not macs:
        raise WebhookRefused("The signature header is missing or malformed.", code="webhook_bad_signature")
    return int(stamps[0]), macs
