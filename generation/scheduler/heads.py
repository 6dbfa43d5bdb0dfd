"""Queue heads: one row per creator, queue and lane, so that choosing who is next never looks at the queue itself.

`served` is virtual time (start-time fair queueing): the seconds of work begun for a creator, divided by the weight. The
clock of a lane is the least `served` of its active heads, or, when none is active, the most of all: it never runs
backwards. Who comes back from idleness starts at the clock: waiting for nothing earns no credit, and a debt stays.

Locks: heads are taken by (queue, lane, creator), after steps and before renders.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

Place = tuple[int, str, int]  # creator, queue, lane
SOON = timedelta(seconds=1)  # `now` was read before the look, maybe on another clock than the step's: it may be due
LOOK = 256  # heads that a claim which found nothing looks over before it says so

ACTIVATE = """
INSERT INTO generation_queuehead AS head (creator_id, queue, lane, active, served, bell)
SELECT place.creator_id, place.queue, place.lane, true, coalesce(
    (SELECT served FROM generation_queuehead least
     WHERE least.queue = place.queue AND least.active AND least.lane = place.lane ORDER BY served LIMIT 1),
    (SELECT served FROM generation_queuehead most
     WHERE most.queue = place.queue AND NOT most.active AND most.lane = place.lane ORDER BY served DESC LIMIT 1), 0), 1
FROM unnest(%(creators)s::bigint[], %(queues)s::text[], %(lanes)s::smallint[]) AS place (creator_id, queue, lane)
ORDER BY place.queue, place.lane, place.creator_id
ON CONFLICT (queue, lane, creator_id) DO UPDATE
SET bell = head.bell + 1, active = true,
    served = CASE WHEN head.active THEN head.served ELSE greatest(head.served, excluded.served) END
"""


def activate(places: Iterable[Place]) -> int:
    """Steps have become ready at these places: their heads are active, and their bells have risen. One query."""
    ordered = sorted(set(places), key=lambda place: (place[1], place[2], place[0]))
    if not ordered:
        return 0
    creators, queues, lanes = (list(column) for column in zip(*ordered, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(ACTIVATE, {"creators": creators, "queues": queues, "lanes": lanes})
    return len(ordered)


# A head rests if its creator is capped or has no step for now; it waits if a step is due that may start.
# Only the bell tells whether a step came between this look and the lock: the look is the statement's own snapshot.
REST = """
WITH seen AS MATERIALIZED (
    SELECT head.id, head.bell, coalesce(account.capped, false) AS capped,
        (SELECT step.ready_at FROM generation_step step
            WHERE step.status = 'ready' AND step.queue = head.queue AND step.lane = head.lane
            AND step.creator_id = head.creator_id ORDER BY step.ready_at LIMIT 1) AS first,
        (SELECT count(*) FROM generation_step busy WHERE busy.status = 'leased'
            AND busy.creator_id = head.creator_id AND busy.queue = head.queue
        ) < coalesce(account.max_running, %(max_running)s) AS free
    FROM generation_queuehead head LEFT JOIN generation_computeaccount account USING (creator_id)
    WHERE head.queue = %(queue)s AND head.active
    ORDER BY head.lane, head.served, head.id LIMIT %(look)s
), idle AS MATERIALIZED (
    SELECT head.id FROM generation_queuehead head JOIN seen ON seen.id = head.id AND seen.bell = head.bell
    WHERE seen.capped OR seen.first IS NULL OR seen.first > %(soon)s
    ORDER BY head.lane, head.creator_id FOR NO KEY UPDATE OF head SKIP LOCKED
), rested AS (
    UPDATE generation_queuehead head SET active = false FROM idle WHERE head.id = idle.id RETURNING head.id
)
SELECT (SELECT count(*) FROM rested), (SELECT count(*) FROM seen WHERE first <= %(now)s AND free AND NOT capped)
"""

# One index probe a creator (a loose scan): the queue may be as long as it likes.
ASLEEP = """
WITH RECURSIVE place AS (
    (SELECT lane, creator_id FROM generation_step WHERE status = 'ready' AND queue = %(queue)s
     ORDER BY lane, creator_id LIMIT 1)
    UNION ALL
    SELECT following.lane, following.creator_id FROM place CROSS JOIN LATERAL (
        SELECT lane, creator_id FROM generation_step WHERE status = 'ready' AND queue = %(queue)s
        AND (lane, creator_id) > (place.lane, place.creator_id) ORDER BY lane, creator_id LIMIT 1
    ) following
), looked AS (SELECT lane, creator_id FROM place LIMIT %(look)s)
SELECT looked.creator_id, %(queue)s, looked.lane FROM looked
LEFT JOIN generation_queuehead head
    ON head.queue = %(queue)s AND head.lane = looked.lane AND head.creator_id = looked.creator_id
LEFT JOIN generation_computeaccount account ON account.creator_id = looked.creator_id
WHERE NOT coalesce(head.active, false) AND NOT coalesce(account.capped, false)
AND EXISTS (SELECT FROM generation_step step WHERE step.status = 'ready' AND step.queue = %(queue)s
    AND step.lane = looked.lane AND step.creator_id = looked.creator_id AND step.ready_at <= %(now)s)
"""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look over a queue's heads found: `rested` were put to rest, `waiting` have a step that may start now."""

    rested: int
    waiting: int


def rest(*, queue: str, now: datetime, look: int = LOOK) -> Look:
    """Put to rest the active heads at which nothing can be claimed, unless their bell rises just then. Never waits."""
    values: dict[str, Any] = {
        "queue": queue, "now": now, "soon": now + SOON, "look": look, "max_running": settings.STEP_MAX_RUNNING
    }
    with connection.cursor() as cursor:
        cursor.execute(REST, values)
        rested, waiting = cursor.fetchone()
    return Look(rested, waiting)


def wake(*, queue: str, now: datetime, look: int = LOOK) -> int:
    """Activate heads that rest although a step of theirs is due: it had to wait for its time, or a bell was forgotten.

    Returns how many.
    """
    with connection.cursor() as cursor:
        cursor.execute(ASLEEP, {"queue": queue, "now": now, "look": look})
        places = cursor.fetchall()
    return activate(places)


# Steps that may start and have waited since `since`: somebody should have come for them.
OVERDUE = """
SELECT count(*) FROM (
    SELECT FROM generation_queuehead head
    LEFT JOIN generation_computeaccount account USING (creator_id)
    CROSS JOIN LATERAL (
        SELECT FROM generation_step step
        WHERE step.status = 'ready' AND step.queue = head.queue AND step.lane = head.lane
        AND step.creator_id = head.creator_id AND step.ready_at <= %(since)s LIMIT %(most)s
    ) step
    WHERE head.queue = %(queue)s AND head.active AND NOT coalesce(account.capped, false)
    AND (SELECT count(*) FROM generation_step busy WHERE busy.status = 'leased'
        AND busy.creator_id = head.creator_id AND busy.queue = head.queue
    ) < coalesce(account.max_running, %(max_running)s)
    LIMIT %(most)s
) overdue
"""


def overdue(*, queue: str, since: datetime, most: int) -> int:
    """How many steps (up to `most`) could have been claimed since `since`."""
    values: dict[str, Any] = {"queue": queue, "since": since, "most": most, "max_running": settings.STEP_MAX_RUNNING}
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE, values)
        return int(cursor.fetchone()[0])
