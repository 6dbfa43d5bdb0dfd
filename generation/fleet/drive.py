"""A virtual day on the real scheduler: claims, results, failures, lost leases and retries are the real calls.

One thread takes events in order of virtual time, so that the same day comes out the same. Where a real worker says
every few seconds that it lives, a virtual one says once how long it will: its lease runs out when the real one would.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings

from common.ids import unguessable
from generation import scheduler
from generation.fleet.day import CPU, GPU, Day, Laid
from generation.fleet.figures import Figures
from generation.fleet.machines import Machine, Park
from generation.models import Render, Step
from generation.scheduler import Failure, Lease, bells, control

SWEEP_SECONDS, BEAT_SECONDS = 5.0, 1.0
RETRY_AFTER = (2.0, 4.0, 8.0, 16.0, 32.0, 60.0)  # a failed step waits one of these: then whoever is idle looks again
FULL_DAY = 86_400.0
GIVE_UP = 20 * FULL_DAY
FAILED = Failure("virtual", "A virtual machine failed.", "Nothing to do.", retryable=True)
RUNG = {
    "name": "720p", "path": "720p.mp4", "playlist_path": "720p.m3u8", "width": 720, "height": 1280, "bitrate": 900_000,
    "peak_bitrate": 1_200_000, "codecs": "avc1.64001f,mp4a.40.2", "size_bytes": 1,
}


@dataclass(slots=True)
class Course:
    """What happened: seconds are virtual, from the beginning of the day."""

    park: Park
    hours: float = 0.0
    failed: int = 0
    lost: int = 0
    stopped: int = 0
    parked: int = 0
    preempted: int = 0
    wasted_seconds: float = 0.0
    done_at: dict[int, float] = field(default_factory=dict)  # render: when its episode was ready


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """A step at work on a machine; `load` are the first seconds, spent on its model."""

    machine: Machine
    lease: Lease
    began: float
    load: float


def drive(laid: Laid, day: Day, figures: Figures, *, start: datetime) -> Course:
    """Run the day until every render is done. Raises `RuntimeError` if that takes twenty days."""
    with bells.silence():
        return _Drive(laid, day, figures, start).run()


class _Drive:
    def __init__(self, laid: Laid, day: Day, figures: Figures, start: datetime) -> None:
        self._figures, self._start = figures, start
        self._open = set(laid.renders)
        self._events: list[tuple[float, int, Callable[[float], object]]] = []
        self._count = 0
        self._idle: list[Machine] = []
        self._running: dict[str, _Run] = {}
        self.course = Course(Park(day, figures))

    def run(self) -> Course:
        for machine in self.course.park.open():
            self._welcome(machine)
        while self._open:
            at, _, what = heapq.heappop(self._events)
            if at > GIVE_UP:
                raise RuntimeError("The virtual day does not end: too few machines, or nothing ever succeeds.")
            what(at)
        self.course.hours = max(self.course.done_at.values()) / 3600
        return self.course

    def _at(self, when: float, what: Callable[[float], object]) -> None:
        self._count += 1
        heapq.heappush(self._events, (when, self._count, what))

    def _now(self, at: float) -> datetime:
        return self._start + timedelta(seconds=at)

    def _welcome(self, machine: Machine) -> None:
        self._at(machine.since, lambda at: self._work(machine, at))
        if machine.gone < GIVE_UP:
            self._at(machine.gone, lambda at: self._take_away(machine, at))

    def _take_away(self, machine: Machine, at: float) -> None:
        machine.until = at
        self.course.preempted += 1
        if machine in self._idle:
            self._idle.remove(machine)
        self._welcome(self.course.park.replacement(at))

    def _wake(self, at: float) -> None:
        """Something may have become ready: whoever is idle looks, as a doorbell would make it."""
        idle, self._idle = self._idle, []
        hungry = {GPU: True, CPU: True}
        for machine in idle:
            if hungry[machine.queue]:
                hungry[machine.queue] = self._work(machine, at)
            else:
                self._idle.append(machine)

    def _work(self, machine: Machine, at: float) -> bool:
        """Claim and begin a step; False if none was ready."""
        if not machine.takes_work(at):
            return True
        lease = scheduler.claim(
            queue=machine.queue, worker=machine.name, now=self._now(at), lease_seconds=settings.LEASE_SECONDS,
            warm=(machine.warm,),
        )
        if lease is None:
            self._idle.append(machine)
            return False
        seconds, load = self.course.park.begin(machine, lease)
        run = self._running[machine.name] = _Run(machine, lease, at, load)
        fails = self.course.park.fails_after(machine, seconds)
        lasts = seconds if fails is None else fails
        ends = min(at + lasts, machine.gone)
        self._live_until(lease, at, ends)
        ending = self._lose if ends < at + lasts else self._finish if fails is None else self._fail
        self._at(ends, partial(ending, run))
        return True

    def _ended(self, run: _Run, at: float, *, wasted: bool) -> bool:
        """Note what a machine did; False if it was stopped before."""
        if self._running.get(run.machine.name) is not run:
            return False
        del self._running[run.machine.name]
        run.machine.busy += at - run.began
        run.machine.loading += min(run.load, at - run.began)
        if wasted and run.machine.queue == GPU:
            self.course.wasted_seconds += at - run.began
        return True

    def _live_until(self, lease: Lease, at: float, ends: float) -> None:
        """One word for every heartbeat until `ends`."""
        lease_seconds = ends - at + settings.LEASE_SECONDS
        scheduler.heartbeat(lease=lease, now=self._now(at), lease_seconds=lease_seconds)

    def _finish(self, run: _Run, at: float) -> None:
        if not self._ended(run, at, wasted=False):
            return
        lease = run.lease
        meta = _package() if lease.kind == "package" else {}
        prefix = f"fleet/{unguessable()}"
        assert scheduler.complete(lease=lease, prefix=prefix, meta=meta, files=[], now=self._now(at))
        if lease.kind == "package":
            self._episodes(at)
        self._work(run.machine, at)
        self._wake(at)

    def _episodes(self, at: float) -> None:
        ended = Render.objects.filter(pk__in=self._open, status=Render.Status.DONE).values_list("pk", flat=True)
        for pk in ended:
            self._open.discard(pk)
            self.course.done_at[pk] = at

    def _fail(self, run: _Run, at: float) -> None:
        if not self._ended(run, at, wasted=True):
            return
        self.course.failed += 1
        assert scheduler.report_failure(lease=run.lease, failure=FAILED, now=self._now(at))
        for pause in RETRY_AFTER:
            self._at(at + pause, self._wake)
        self._parked(at)
        self._work(run.machine, at)

    def _lose(self, run: _Run, at: float) -> None:
        """Nobody reports: the sweep finds it, once the lease has run out."""
        if self._ended(run, at, wasted=True):
            self.course.lost += 1
            ticks = (at + settings.LEASE_SECONDS) // SWEEP_SECONDS + 1
            self._at(ticks * SWEEP_SECONDS, self._sweep)

    def _sweep(self, at: float) -> None:
        scheduler.sweep(now=self._now(at))
        self._parked(at)
        self._wake(at)

    def _parked(self, at: float) -> None:
        """A step is out of tries and its render failed: somebody will look, and retry it. What else ran for that render
        was cancelled, and stops with its next heartbeat.
        """
        failed = Render.objects.filter(pk__in=self._open, status=Render.Status.FAILED, finished_at=self._now(at))
        parked = list(failed.values_list("pk", flat=True))
        for pk in parked:
            self.course.parked += 1
            self._at(at + self._figures.trouble["retry_seconds"].value, partial(self._retry, pk))
        if parked:
            self._stop(at)

    def _stop(self, at: float) -> None:
        running = {run.lease.step_id: run for run in self._running.values()}
        cancelled = Step.objects.filter(pk__in=running).exclude(status=Step.Status.LEASED)
        for pk in cancelled.values_list("pk", flat=True):
            run = running[pk]
            self._ended(run, at, wasted=True)
            self.course.stopped += run.machine.queue == GPU
            self._at(at + BEAT_SECONDS, partial(self._work, run.machine))

    def _retry(self, pk: int, at: float) -> None:
        control.render_retry(render=Render.objects.get(pk=pk), now=self._now(at))
        self._wake(at)


def _package() -> dict[str, object]:
    """What the package step says of its files."""
    return {
        "duration_ms": 45_000, "width": 720, "height": 1280, "fps": 24, "size_bytes": 1, "loudness_lufs": -16.0,
        "renditions": [RUNG], "subtitles": [],
    }
