"""Doorbells for work that has become ready."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db import transaction

from common.doorbell import ring
from generation.scheduler import heads

TASK = "generation.run_steps"
MOST = 8  # a bell wakes one worker, who goes on while there is work: more than a few at once only queue up


def ready(places: Iterable[heads.Place]) -> None:
    """Steps have just become READY: one (creator_id, queue, lane) for each.

    Call it inside the transaction that made them so, after the steps are locked and before any render is. The heads of
    these places become active; after commit each queue is rung once a step, at most `MOST` times.
    """
    told = list(places)
    heads.activate(told)
    ring_queues(queue for _, queue, _ in told)


def ring_queues(queues: Iterable[str]) -> None:
    """After commit, ring once for each ready step (`queues` names the queue of each), at most `MOST` a queue.

    Stops at the first bell that nobody hears: a request must not wait for a dead broker once per bell. The sweep rings
    again.
    """
    counted = Counter(queues)
    if counted:
        transaction.on_commit(lambda: _ring(counted))


def _ring(counted: Counter[str]) -> None:
    for queue, count in counted.items():
        for _ in range(min(count, MOST)):
            if not ring(TASK, queue=queue, serve=queue):
                return
