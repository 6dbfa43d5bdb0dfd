"""Grants: who may read everything below one prefix, until when. The token is the proof; nothing is stored.

A token is `<key id>.<payload>.<mac>`, each part in plain letters that a path can hold. The MAC covers key id and
payload as they are written, so that no second spelling of a token is valid.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings

from common.errors import Forbidden
from media.names import clean, is_clean

SCOPES = ("play", "preview", "review")
MAX_SECONDS = 24 * 3600
TOKEN = re.compile(r"(?P<key_id>[A-Za-z0-9_-]{1,32})\.(?P<payload>[A-Za-z0-9_-]{1,700})\.(?P<mac>[A-Za-z0-9_-]{43})")
DOMAIN = b"reelwright.media.grant.1:"  # the key may sign other things one day; their texts must never look like ours


class GrantRefused(Forbidden):
    """The token is not ours, was changed, has ended, or its key was withdrawn. Which of them is not said."""

    code = "grant_refused"
    message = "This grant does not open that."
    remedy = "Ask for playback again."


@dataclass(frozen=True, slots=True)
class Grant:
    """A signed right to read a prefix. Clients should ask for the next one at `refresh_after`."""

    token: str
    expires_at: datetime
    refresh_after: datetime


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says."""

    subject: str
    prefix: str
    scope: str
    expires_at: datetime
    key_id: str


def sign(*, subject: str, prefix: str, scope: str, now: datetime, seconds: int | None = None) -> Grant:
    """A grant for `subject` (a pseudonym, never a name) over `prefix`, for `seconds` (GRANT_SECONDS if not said).

    Raises `ValueError` for a scope or a length of time that does not exist, `Invalid` for a prefix that is no prefix.
    """
    life = settings.GRANT_SECONDS if seconds is None else seconds
    if scope not in SCOPES or not 0 < life <= MAX_SECONDS:
        raise ValueError(f"no grant of scope {scope!r} for {life} s")
    key_id, secret = next(iter(settings.GRANT_KEYS.items()))
    expires = int(now.timestamp()) + life
    document = json.dumps([subject, clean(prefix), scope, expires], separators=(",", ":"))
    payload = _encode(document.encode())
    token = f"{key_id}.{payload}.{_mac(secret, key_id, payload)}"
    if not TOKEN.fullmatch(token):
        raise ValueError("a key id or a subject is too long for a grant")
    return Grant(token, datetime.fromtimestamp(expires, tz=UTC), now + timedelta(seconds=life * 3 // 4))


def verify(token: str, *, now: datetime) -> Claims:
    """The claims of a token that is ours, unchanged and alive at `now`; raises `GrantRefused` otherwise."""
    parts = TOKEN.fullmatch(token)
    secret = settings.GRANT_KEYS.get(parts["key_id"]) if parts else None
    if not parts or not secret:
        raise GrantRefused()
    key_id, payload, mac = parts.groups()
    if not hmac.compare_digest(_mac(secret, key_id, payload), mac):
        raise GrantRefused()
    claims = _read(payload, key_id)
    if claims.expires_at <= now:
        raise GrantRefused()
    return claims


def _read(payload: str, key_id: str) -> Claims:
    """Trusts the shape: the MAC has said that we wrote it."""
    subject, prefix, scope, expires = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    if scope not in SCOPES or not is_clean(prefix):
        raise GrantRefused()
    return Claims(subject, prefix, scope, datetime.fromtimestamp(expires, tz=UTC), key_id)


def _mac(secret: str, key_id: str, payload: str) -> str:
    return _encode(hmac.digest(secret.encode(), DOMAIN + f"{key_id}.{payload}".encode(), "sha256"))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
