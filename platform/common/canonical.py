"""One canonical form of JSON, and its digest: the base of every content address and every chain."""

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys, no spaces and no NaN. Raises `TypeError`/`ValueError` for what JSON cannot hold."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(value: Any) -> str:
    """sha256 of the canonical form, as 64 hex characters."""
    return hashlib.sha256(canonical(value)).hexdigest()
