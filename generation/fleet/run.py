"""Virtual workers over a few connections. Time is virtual, rows and locks are real.

Events (a worker ends its step and claims the next) are taken in order of virtual time by as many threads as there are
connections. A thread may run ahead of the slowest by `AHEAD` virtual seconds and no more, so that claims really meet
in the database, and waits are still told in virtual time to that precision.
"""

from __future__ import annotations

import heapq
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import connection

from common.ids import unguessable
from generation import scheduler
from generation.fleet.ground import QUEUE, Ground, Shape
from generation.fleet.measure import percentile
from generation.scheduler import Lease, bells

AHEAD = 0.25
SWITCH_SECONDS = 0.0005  # a thread that holds locks and waits for Python's holds up every other: not so in processes
IDLE_SECONDS = 1.0
LEASE_SECONDS = 30.0
CLAIMS_MOST = 50_000


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a step of a small creator was ready before it began: in claims of others, and in virtual seconds."""

    creator: int
    claims: int
    seconds: float


@dataclass(slots=True)
class Report:
    """What was seen."""

    waits: list[Wait] = field(default_factory=list)
    claims: int = 0
    idle: int = 0
    latencies: list[float] = field(default_factory=list)  # of claims, real seconds

    def worst(self) -> tuple[int, float]:
        """The longest wait, in claims and in virtual seconds (not necessarily of one step)."""
        return max(wait.claims for wait in self.waits), max(wait.seconds for wait in self.waits)

    def latency(self, share: float) -> float:
        return percentile(self.latencies, share)


def simulate(ground: Ground, shape: Shape, *, start: datetime) -> Report:
    """Run the fleet until every chain of `ground` has ended. The caller's own connection is idle meanwhile."""
    fleet = _Fleet(ground, shape, start)
    patience = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        with ThreadPoolExecutor(shape.connections) as pool:
            for done in [pool.submit(fleet.work) for _ in range(shape.connections)]:
                done.result()
    finally:
        sys.setswitchinterval(patience)
    return fleet.report


class _Fleet:
    def __init__(self, ground: Ground, shape: Shape, start: datetime) -> None:
        self.report = Report()
        self._start = start
        self._turn = threading.Condition()
        self._events: list[tuple[float, int, Lease | None]] = [(0.0, worker, None) for worker in range(shape.workers)]
        self._flying: dict[int, float] = {}  # thread: the virtual time that it works at
        # step: when it became ready, as (claims so far, virtual time); later links of a chain are added as they do
        self._ready = {chain[0]: (0, 0.0) for chain in ground.chains.values()}
        self._next = {a: b for chain in ground.chains.values() for a, b in pairwise(chain)}
        self._left = sum(len(chain) for chain in ground.chains.values())
        self._small = set(ground.chains)
        self._failed = False

    def work(self) -> None:
        """One connection's thread."""
        try:
            with bells.silence():
                while event := self._event():
                    at, worker, lease = event
                    with self._landing():
                        self._act(at, worker, lease)
        except BaseException:
            with self._turn:
                self._failed = True
                self._turn.notify_all()
            raise
        finally:
            connection.close()

    def _act(self, at: float, worker: int, lease: Lease | None) -> None:
        now = self._start + timedelta(seconds=at)
        if lease is not None:
            self._finish(lease, at, now)
        began = time.perf_counter()
        taken = scheduler.claim(queue=QUEUE, worker=f"virtual-{worker}", now=now, lease_seconds=LEASE_SECONDS)
        self._note(taken, at, worker, time.perf_counter() - began)

    def _finish(self, lease: Lease, at: float, now: datetime) -> None:
        scheduler.heartbeat(lease=lease, now=now, lease_seconds=LEASE_SECONDS, fraction=0.99)
        assert scheduler.complete(lease=lease, prefix=f"fleet/{unguessable()}", meta={}, files=[], now=now)
        with self._turn:
            if lease.step_id in self._next:
                self._ready[self._next[lease.step_id]] = (self.report.claims, at)

    def _note(self, lease: Lease | None, at: float, worker: int, took: float) -> None:
        with self._turn:
            self.report.latencies.append(took)
            if lease is None:
                self.report.idle += 1
                heapq.heappush(self._events, (at + IDLE_SECONDS, worker, None))
                return
            self.report.claims += 1
            heapq.heappush(self._events, (at + lease.estimated_seconds, worker, lease))
            if lease.creator_id in self._small:
                self._waited(lease, at)

    def _waited(self, lease: Lease, at: float) -> None:
        # whoever completed the step before may not have come to say so yet: then this one has not waited
        claims, since = self._ready.pop(lease.step_id, (self.report.claims, at))
        waited = max(0, self.report.claims - 1 - claims)
        self.report.waits.append(Wait(lease.creator_id, waited, max(0.0, at - since)))
        self._left -= 1

    def _event(self) -> tuple[float, int, Lease | None] | None:
        """The next event, once no other thread lags behind it by more than `AHEAD`. None at the end."""
        with self._turn:
            self._turn.wait_for(lambda: self._over() or self._may_start())
            if self._over():
                self._turn.notify_all()
                return None
            event = heapq.heappop(self._events)
            self._flying[threading.get_ident()] = event[0]
            return event

    def _may_start(self) -> bool:
        return bool(self._events) and self._events[0][0] <= min(self._flying.values(), default=1e18) + AHEAD

    def _over(self) -> bool:
        return self._failed or self._left == 0 or self.report.claims >= CLAIMS_MOST

    @contextmanager
    def _landing(self) -> Iterator[None]:
        try:
            yield
        finally:
            with self._turn:
                del self._flying[threading.get_ident()]
                self._turn.notify_all()
