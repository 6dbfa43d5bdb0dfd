"""Runs one step after another in a worker: claim, fetch, run, put, report. Keeps nothing on the disk in between."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import connection

from common.clock import shared_now
from generation import artifacts, drain, scheduler
from generation.context import DATABASE_LOST, Cancelled, DeadlineExceeded, LeaseLost, StepContext, Stopped
from generation.models import Artifact
from generation.scheduler import Failure, Lease, warmth
from generation.scheduler.errors import DISK_FULL, STORE_AWAY
from generation.steps import KINDS
from generation.verdicts import failure_of

__all__ = [
    "Cancelled", "DeadlineExceeded", "LeaseLost", "StepContext", "Stopped", "run_lease", "run_next", "run_shift",
    "wake",
]
log = structlog.get_logger(__name__)
SHIFT_SECONDS = 60.0  # a task that never ends cannot be replaced by a new version
FULL_SECONDS, AWAY_SECONDS = 60.0, 15.0  # how long a worker claims nothing when the disk is full, the store away
REPORT_SECONDS = 120.0  # how long a result is kept for a database that does not answer
REPORT_PAUSE = 1.0

_rests_until = float("-inf")


def run_shift(*, queue: str, worker: str, seconds: float | None = None) -> bool:
    """Run steps of `queue` until none is ready (False), or until `seconds` are over or the worker is asked to end and
    there may be more (True).
    """
    end = time.monotonic() + (SHIFT_SECONDS if seconds is None else seconds)
    leaving = drain.watch()
    while not leaving() and run_next(queue=queue, worker=worker):
        if time.monotonic() >= end:
            return True
    return leaving()


def run_next(*, queue: str, worker: str) -> bool:
    """Claim one step of `queue` and run it to its end, good or bad. False if none was ready, or this worker rests."""
    if _resting():
        return False
    lease = scheduler.claim(
        queue=queue, worker=worker, now=shared_now(), lease_seconds=settings.LEASE_SECONDS, warm=warmth.warm()
    )
    if lease is None:
        return False
    with structlog.contextvars.bound_contextvars(
        step=lease.key[:12], step_kind=lease.kind, attempt=lease.attempt, worker=worker
    ):
        run_lease(lease)
    warmth.remember(lease.affinity)
    return True


def run_lease(lease: Lease) -> None:
    """Run a claimed step and report how it ended. Raises only what stops the worker itself."""
    started = shared_now()
    try:
        accepted = _work(lease)
    except Stopped as stop:
        log.info("step_stopped", why=type(stop).__name__)
    except artifacts.InputGone as gone:
        log.warning("step_input_gone", inputs=[key[:12] for key in gone.keys])
        scheduler.inputs_gone(lease=lease, now=shared_now())
    except artifacts.StoreFault as fault:
        _rest(lease, fault)
    except Exception as error:
        log.warning("step_failed", error=repr(error), exc_info=True)
        scheduler.report_failure(lease=lease, failure=failure_of(error, lease), now=shared_now())
    except BaseException:
        scheduler.give_back(lease=lease, now=shared_now())
        raise
    else:
        log.info("step_done" if accepted else "step_late", seconds=_seconds_since(started))


def wake() -> None:
    """The worker rests no longer."""
    global _rests_until
    _rests_until = float("-inf")


def _resting() -> bool:
    """Whether this process leaves steps to others: its disk is full, or the store did not answer a moment ago."""
    global _rests_until
    if time.monotonic() < _rests_until:
        return True
    try:
        artifacts.require_room()
    except artifacts.DiskFull as full:
        log.warning("worker_rests", error=full.message, seconds=FULL_SECONDS)
        _rests_until = time.monotonic() + FULL_SECONDS
        return True
    return False


def _rest(lease: Lease, fault: artifacts.StoreFault) -> None:
    """It says nothing about the step, and the next one would fare no better here: no try is burnt on it."""
    global _rests_until
    full = isinstance(fault, artifacts.DiskFull)
    seconds, known = (FULL_SECONDS, DISK_FULL) if full else (AWAY_SECONDS, STORE_AWAY)
    log.warning("worker_rests", error=repr(fault), seconds=seconds)
    _rests_until = time.monotonic() + seconds
    why = Failure(known.code, known.message, known.remedy, retryable=True, detail=repr(fault))
    scheduler.give_back(lease=lease, now=shared_now(), why=why)


def _work(lease: Lease) -> bool:
    """Files and meta of the step, put and reported; False if the report came too late."""
    with artifacts.workroom() as here:
        for name in ("in", "out", "work"):
            (here / name).mkdir()
        context = StepContext(lease, here / "work")
        context.check_now()
        log.info("step_started", renders=context.render_uids())
        with context.keeping():
            inputs = artifacts.fetch_inputs(step_id=lease.step_id, creator_id=lease.creator_id, to=here / "in")
        context.check_now()
        meta = KINDS[lease.kind].run(lease.spec, inputs, here / "out", context)
        context.check_now()
        with context.keeping():
            stored = artifacts.put(kind=lease.kind, folder=here / "out")
    # no discard if this raises: the commit may have reached the database although its answer did not reach us
    accepted = _report(lease, stored, meta)
    if not accepted:
        artifacts.discard(stored.prefix)
    return accepted


def _report(lease: Lease, stored: artifacts.Stored, meta: Mapping[str, Any]) -> bool:
    """Hand the result in, and once more if the database goes away over it: the first may have arrived after all."""
    end, again = time.monotonic() + REPORT_SECONDS, False
    while True:
        try:
            accepted = scheduler.complete(
                lease=lease, prefix=stored.prefix, meta=meta, files=stored.files, now=shared_now()
            )
            return accepted or (again and Artifact.objects.filter(prefix=stored.prefix).exists())
        except DATABASE_LOST as lost:
            if connection.in_atomic_block or time.monotonic() >= end:
                raise
            log.warning("report_lost", error=repr(lost))
            connection.close()
            again = True
            time.sleep(REPORT_PAUSE)


def _seconds_since(started: datetime) -> float:
    return round((shared_now() - started).total_seconds(), 3)
