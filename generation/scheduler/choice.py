"""The one place that decides whose step is next, in SQL: reads a bounded number of rows however long the queue is.

Order: lane, then the head with the least `served`; of one creator, what stands longest in line, where a step takes the
place of its last input. Heads are read without locks, so that two claimers may choose one creator; the step is taken
with SKIP LOCKED, and only then are the creator's heads (of each lane) locked, to be charged. Those locks also put the
claims of one creator in line, which lets its limit be held exactly: `running` is counted behind them. A worker with
warm models takes a step that wants one of them, if its creator's turn is near.

The statements are those of the function `rw_claim` (migration 0009), whose plans each connection keeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from generation.models import Step

LOOKAHEAD_HEADS = 8
LOOKAHEAD_STEPS = 8
AFFINITY_SLACK = 60.0  # virtual seconds by which a warm model may jump the line; loading one takes about as long
LEAST_COST = 0.05  # a step said to cost nothing would leave its creator first in line for ever
LANES = list(Step.Lane.values)

CLAIM = """
SELECT step_id, attempt, key, kind, creator_id, spec, estimated_seconds, affinity,
    max_running, passed, running, waited_for
FROM rw_claim(%(queue)s, %(worker)s, %(now)s, %(expires)s, %(warm)s, %(max_running)s,
    %(heads)s, %(steps)s, %(slack)s, %(least_cost)s, %(lanes)s::smallint[])"""


def wanted(
    *, queue: str, worker: str, now: datetime, lease_seconds: float, warm: Sequence[str] = ()
) -> Mapping[str, Any]:
    """What `CLAIM` is told."""
    return {
        "queue": queue, "worker": worker[:80], "now": now, "expires": now + timedelta(seconds=lease_seconds),
        "warm": [model for model in warm if model], "max_running": settings.STEP_MAX_RUNNING, "lanes": LANES,
        "heads": LOOKAHEAD_HEADS, "steps": LOOKAHEAD_STEPS, "slack": AFFINITY_SLACK, "least_cost": LEAST_COST,
    }
