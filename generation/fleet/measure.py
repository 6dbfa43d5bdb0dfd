"""What a claim costs: pages touched, and the time that callers saw."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from generation.scheduler import choice


def claim_buffers(*, queue: str, now: datetime, rounds: int = 5) -> int:
    """Pages that one claim of `queue` touches (median of rounds); nothing stays claimed."""
    return round(statistics.median(_buffers(queue, now) for _ in range(rounds)))


def _buffers(queue: str, now: datetime) -> int:
    values = choice.wanted(queue=queue, worker="explain", now=now, lease_seconds=30)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + choice.CLAIM, values)
        plan = cursor.fetchone()[0][0]["Plan"]
        transaction.set_rollback(True)
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0..1) of `values` do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
