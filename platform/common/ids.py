"""Identifiers: time-ordered for rows that are shown, random for things that must not be guessed."""

import os
import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    """A time-ordered UUID (RFC 9562, version 7): 48 bits of milliseconds, 74 random bits."""
    raw = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    raw = raw & ~(0xF << 76) | 0x7 << 76
    raw = raw & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=raw)


def unguessable() -> str:
    """A lower-case hex string with 128 random bits, safe in paths and object keys."""
    return secrets.token_hex(16)
