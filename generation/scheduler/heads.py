"""Queue heads: one row per creator, queue and lane, so that choosing who is next never looks at the queue itself.

`served` is virtual time (start-time fair queueing): the seconds of work begun for a creator, divided by the weight. The
clock of a lane is the least `served` of its active heads, or, when none is active, the most of all: it never runs
backwards. Who comes back from idleness starts at the clock: waiting for nothing earns no credit, and a debt stays.

Locks: heads are taken by (queue, lane, creator), after steps and before renders.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

Place = tuple[int, str, int]  # creator, queue, lane

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
