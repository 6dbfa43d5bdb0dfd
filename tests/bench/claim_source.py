"""A worker process of `bench_claim`: at each line on its input it claims and completes, and says how long claims took.

Completing is part of the load and not of the figure.
"""

from __future__ import annotations

import json
import random
import sys
import time
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from common.ids import unguessable  # noqa: E402
from generation import scheduler  # noqa: E402
from generation.fleet import QUEUE  # noqa: E402
from generation.scheduler import bells  # noqa: E402


def main() -> None:
    connection.ensure_connection()
    _say("ready")
    for line in sys.stdin:
        with bells.silence():
            _say(json.dumps(_round(**json.loads(line))))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _round(*, claims: int, pause: float) -> dict[str, list[float]]:
    """Seconds of claims and of bare transactions in turn, with pauses of `pause` on average, as steps would be."""
    took: dict[str, list[float]] = {"claim": [], "bare": []}
    for _ in range(claims):
        time.sleep(random.uniform(0, 2 * pause))
        began = time.perf_counter()
        _bare()
        took["bare"].append(time.perf_counter() - began)
        began = time.perf_counter()
        lease = scheduler.claim(queue=QUEUE, worker="bench", now=timezone.now(), lease_seconds=60)
        took["claim"].append(time.perf_counter() - began)
        assert lease is not None
        _end(lease)
    return took


def _bare() -> None:
    """As many trips to the server as a claim takes, and nothing done there."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _end(lease: Any) -> None:
    scheduler.complete(lease=lease, prefix=f"bench/{unguessable()}", meta={}, files=[], now=timezone.now())


if __name__ == "__main__":
    main()
