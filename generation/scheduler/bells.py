"""Doorbells for work that has become ready."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

from common.doorbell import ring, waiting
from generation.scheduler import heads

TASK = "generation.run_steps"
MOST = 8  # a bell wakes one worker, who goes on while there is work: more than a few at once only queue up
FULL = 64  # with so many bells unheard there is no idle worker, however many steps become ready

_silent: ContextVar[bool] = ContextVar("bells_are_silent", default=False)


def ready(places: Iterable[heads.Place]) -> None:
    """Steps have just become READY: one (creator_id, queue, lane) for each.

    Call it inside the transaction that made them so, after the steps are locked and before any render is, once a
    transaction. The heads of these places become active; after commit each queue is rung once a step, at most `MOST`
    times, and not at all while `FULL` bells wait there.
    """
    told = list(places)
    heads.activate(told)
    ring_queues((queue for _, queue, _ in told), full=FULL)


def ring_queues(queues: Iterable[str], *, full: int) -> None:
    """After commit, ring once for each of `queues`, at most `MOST` times a queue and no more than `full` in waiting.

    Stops at the first bell that nobody hears: a request must not wait for a dead broker once per bell. The sweep rings
    again.
    """
    counted = Counter(queues)
    if counted and not _silent.get():
        transaction.on_commit(lambda: _ring(counted, full))


@contextmanager
def silence() -> Iterator[None]:
    """What becomes ready in here wakes no worker: for simulations, whose queues nobody serves."""
    before = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(before)


def _ring(counted: Counter[str], full: int) -> None:
    for queue, count in counted.items():
        for _ in range(min(count, MOST, full - waiting(queue))):
            if not ring(TASK, queue=queue, serve=queue):
                return
