"""One time for all hosts: leases that one host grants are judged by another, whose clock may be wrong.

The database's clock is the house's clock. It is asked once a minute; a host that is less than a second away from it
goes on by its own clock. Services still take `now`: only edges that write or judge leases call `shared_now`.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta

import structlog
from django.db import connection
from django.utils import timezone

log = structlog.get_logger(__name__)
ASK_SECONDS = 60.0
TOLERATED = timedelta(seconds=1)

_lock = threading.Lock()
_asked_at = float("-inf")
_ahead = timedelta(0)  # of the database's clock against ours


def shared_now() -> datetime:
    """The time by the database's clock, to a second."""
    global _asked_at, _ahead
    if time.monotonic() - _asked_at >= ASK_SECONDS:
        with _lock:
            if time.monotonic() - _asked_at >= ASK_SECONDS:
                _ahead, _asked_at = _difference(), time.monotonic()
    return timezone.now() + _ahead


def forget() -> None:
    """Ask again at the next call."""
    global _asked_at
    _asked_at = float("-inf")


def _difference() -> timedelta:
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        there: datetime = cursor.fetchone()[0]
    after = timezone.now()
    ahead = there - (before + (after - before) / 2)
    if abs(ahead) < TOLERATED + (after - before):
        return timedelta(0)
    log.warning("clock_differs_from_database", seconds=round(ahead.total_seconds(), 3))
    return ahead
