"""What a virtual fleet works on: creators of its own, steps in bulk, on a queue that no worker serves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import ceil
from typing import Any

from django.db import connection, transaction

from common.ids import unguessable
from creators.models import Creator
from generation.models import QueueHead, Step, StepEdge
from generation.scheduler import bells

QUEUE = "fleet"
LANE = int(Step.Lane.FINAL)

FILL = """
INSERT INTO generation_step (creator_id, key, kind, queue, lane, affinity, spec, status, pending, estimated_seconds,
    held_micros, ready_at, attempt, tries, worker, fraction, error_code, error_message, error_remedy,
    created_at, updated_at)
SELECT %(creator)s, encode(sha256(convert_to(%(salt)s || n, 'UTF8')), 'hex'), 'fleet', %(queue)s, %(lane)s, '', '{}',
    'ready', 0, %(least)s + (n * 7919) %% (%(most)s - %(least)s + 1), 0, %(now)s, 0, 0, '', 0, '', '', '',
    %(now)s, %(now)s
FROM generate_series(1, %(count)s) AS n
"""
# history of attempts cannot be deleted, nor what it belongs to: only what was never begun goes
CLEAR = """
DELETE FROM generation_stepedge edge USING generation_step step
    WHERE edge.step_id = step.id AND step.creator_id = ANY(%(creators)s);
DELETE FROM generation_step step WHERE step.creator_id = ANY(%(creators)s)
    AND NOT EXISTS (SELECT FROM generation_stepattempt attempt WHERE attempt.step_id = step.id);
DELETE FROM generation_artifact WHERE creator_id = ANY(%(creators)s);
DELETE FROM generation_queuehead WHERE creator_id = ANY(%(creators)s)
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """How big: the first of `creators` has `queued` steps ready; each other has `turns` steps, one after another.

    Steps last `least_seconds`..`most_seconds` of virtual time, as estimated.
    """

    creators: int = 8
    queued: int = 100_000
    workers: int = 200
    connections: int = 8
    turns: int = 12
    least_seconds: int = 4
    most_seconds: int = 12

    def bound_claims(self) -> int:
        """At most so many claims of others between a step's becoming ready and its own claim.

        A head that becomes active stands at most one step's cost above the clock (the least `served` of the active
        heads), because it stood at the clock when it was served last and the clock only rises. Before its turn each
        other head can be chosen only while it stands no higher: `most / least` times, and once more at equality. And
        each other connection may have chosen before the step was there, and say so after.
        """
        a_head = self.most_seconds // self.least_seconds + 1
        return (self.creators - 1) * a_head + self.connections - 1

    def bound_seconds(self) -> float:
        """The same in virtual time: a busy fleet makes at least one claim a worker within its longest step."""
        return float(ceil((self.bound_claims() + 1) / self.workers) * self.most_seconds)


@dataclass(frozen=True, slots=True)
class Ground:
    """The rows that were laid: who has the long queue, and each other creator's chain of steps in order."""

    big: int
    chains: dict[int, tuple[int, ...]]

    def creators(self) -> list[int]:
        return [self.big, *self.chains]


def lay(shape: Shape, *, now: datetime) -> Ground:
    """Creators and steps for a fleet; the long queue is `shape.queued` steps at one creator."""
    with transaction.atomic(), bells.silence():
        run = unguessable()[:12]
        creators = Creator.objects.bulk_create(
            Creator(name=f"Fleet {n}", handle=f"fleet-{run}-{n}") for n in range(shape.creators)
        )
        chains = {creator.pk: _chain(creator.pk, shape, now) for creator in creators[1:]}
        bells.ready((pk, QUEUE, LANE) for pk in chains)
    ground = Ground(creators[0].pk, chains)
    queue_up(ground.big, shape.queued, shape, now=now)
    return ground


def queue_up(creator_id: int, count: int, shape: Shape, *, now: datetime) -> None:
    """`count` more ready steps of a creator; statistics are brought up to date, as autovacuum would."""
    values: dict[str, Any] = {
        "creator": creator_id, "salt": unguessable(), "queue": QUEUE, "lane": LANE, "now": now, "count": count,
        "least": shape.least_seconds, "most": shape.most_seconds,
    }
    with transaction.atomic(), bells.silence(), connection.cursor() as cursor:
        cursor.execute(FILL, values)
        bells.ready([(creator_id, QUEUE, LANE)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE generation_step, generation_queuehead")


def clear(ground: Ground) -> None:
    """Take away what can be taken away; steps that were begun stay with their history, and cannot be claimed."""
    Step.objects.filter(creator_id__in=ground.creators(), status__in=Step.OPEN).update(
        status=Step.Status.CANCELLED, lease_expires_at=None
    )
    with connection.cursor() as cursor:
        cursor.execute(CLEAR, {"creators": ground.creators()})


def _chain(creator_id: int, shape: Shape, now: datetime) -> tuple[int, ...]:
    steps = Step.objects.bulk_create(_link(creator_id, turn, shape, now) for turn in range(shape.turns))
    StepEdge.objects.bulk_create(
        StepEdge(step=step, needs=before, name="before") for before, step in pairwise(steps)
    )
    return tuple(step.pk for step in steps)


def _link(creator_id: int, turn: int, shape: Shape, now: datetime) -> Step:
    spread = shape.most_seconds - shape.least_seconds + 1
    return Step(
        creator_id=creator_id, key=unguessable() * 2, kind="fleet", queue=QUEUE, lane=LANE, spec={},
        status=Step.Status.BLOCKED if turn else Step.Status.READY, pending=1 if turn else 0,
        ready_at=None if turn else now, estimated_seconds=shape.least_seconds + (creator_id + 5 * turn) % spread,
    )


def standing(ground: Ground) -> dict[int, float]:
    """Each creator's virtual time."""
    heads = QueueHead.objects.filter(queue=QUEUE, lane=LANE, creator_id__in=ground.creators())
    return dict(heads.values_list("creator_id", "served"))


