"""What a client carries for us: the cursor of its feed and the token of each item. Signed, bound to the viewer.

Both are short binary records in URL-safe letters with 128 bits of HMAC. They hold ids of feeds only, no media and no
row ids.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
import uuid
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from feeds.ranking import CONTINUE, HOOK

KINDS = (HOOK, CONTINUE)
CURSOR, TOKEN = struct.Struct(">16sI"), struct.Struct(">16sIB")
MAC_BYTES = 16
MAX_LETTERS = 100


@dataclass(frozen=True, slots=True)
class Cursor:
    """The next page of which slate begins where."""

    slate: uuid.UUID
    offset: int


@dataclass(frozen=True, slots=True)
class Shown:
    """Where an item stood when a feed showed it."""

    feed: uuid.UUID
    position: int
    kind: str


def write_cursor(cursor: Cursor, *, subject: uuid.UUID) -> str:
    return _seal(CURSOR.pack(cursor.slate.bytes, cursor.offset), "cursor", subject.bytes)


def read_cursor(text: str, *, subject: uuid.UUID) -> Cursor | None:
    """None for what we did not write for this viewer."""
    record = _open(text, "cursor", subject.bytes, CURSOR.size)
    if record is None:
        return None
    slate, offset = CURSOR.unpack(record)
    return Cursor(uuid.UUID(bytes=slate), offset)


def write_token(shown: Shown, *, subject: uuid.UUID, episode: uuid.UUID) -> str:
    record = TOKEN.pack(shown.feed.bytes, shown.position, KINDS.index(shown.kind))
    return _seal(record, "item", subject.bytes + episode.bytes)


def read_token(text: str, *, subject: uuid.UUID, episode: uuid.UUID) -> Shown | None:
    """None unless we showed this very episode to this very viewer under this token."""
    record = _open(text, "item", subject.bytes + episode.bytes, TOKEN.size)
    if record is None:
        return None
    feed, position, kind = TOKEN.unpack(record)
    return Shown(uuid.UUID(bytes=feed), position, KINDS[kind])


def _seal(record: bytes, purpose: str, bound_to: bytes) -> str:
    return _letters(record + _mac(record, purpose, bound_to))


def _letters(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _open(text: str, purpose: str, bound_to: bytes, size: int) -> bytes | None:
    if len(text) > MAX_LETTERS:
        return None
    try:
        sealed = base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    record, mac = sealed[:size], sealed[size:]
    if len(record) != size or not hmac.compare_digest(mac, _mac(record, purpose, bound_to)):
        return None
    return record if _letters(sealed) == text else None  # one spelling each: base64 has spare bits at its end


def _mac(record: bytes, purpose: str, bound_to: bytes) -> bytes:
    return salted_hmac(f"feeds.{purpose}", bound_to + record, algorithm="sha256").digest()[:MAC_BYTES]
