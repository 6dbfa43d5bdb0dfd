"""Runs one step after another in a worker: claim, fetch, run, put, report. Keeps nothing on the disk in between."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connection
from django.utils import timezone

from common.errors import DomainError
from generation import artifacts, scheduler
from generation.scheduler import Beat, Failure, Lease, Pulse, warmth
from generation.steps import KINDS
from generation.telling import Teller

log = structlog.get_logger(__name__)
SHIFT_SECONDS = 60.0  # a task that never ends cannot be replaced by a new version
BEAT_SECONDS = 1.0
BEATS_A_LEASE = 3
DEADLINE_LEAST, DEADLINE_FACTOR = 900.0, 40.0


class Stopped(Exception):
    """The step is not ours to finish: nothing is reported, because the row says so already."""


class Cancelled(Stopped):
    """No render wants it any more."""


class LeaseLost(Stopped):
    """We were too slow to say that we live; somebody else has it, or will."""


class DeadlineExceeded(Exception):
    """It takes far longer than it can sensibly take."""


class StepContext:
    """What a step sees of its runner (see `engines.base.RenderContext`): asks the database at most once a second."""

    def __init__(self, lease: Lease, workdir: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.workdir = workdir
        self._lease, self._clock = lease, clock
        self._fraction = 0.0
        self._pulse = Pulse(Beat.HELD)
        self._teller = Teller(lease.creator_id, lease.key, lease.attempt, clock)
        self._next_beat = clock()
        self._deadline = clock() + max(DEADLINE_LEAST, DEADLINE_FACTOR * lease.estimated_seconds)

    def progress(self, fraction: float, preview: Path | None = None) -> None:
        """Note how far the step is, and tell listeners: at most twice a second, and of one still a second."""
        self._fraction = max(self._fraction, min(1.0, fraction))
        self._teller.tell(self._fraction, preview)

    def check(self) -> None:
        """Keep the lease; raise `Cancelled`, `LeaseLost` or `DeadlineExceeded` if the work has to end."""
        now = self._clock()
        if now < self._next_beat:
            return
        self._next_beat = now + BEAT_SECONDS
        self._pulse = scheduler.heartbeat(
            lease=self._lease, now=timezone.now(), lease_seconds=settings.LEASE_SECONDS, fraction=self._fraction
        )
        self._teller.heard(self._pulse.renders)
        if self._pulse.beat is Beat.CANCELLED:
            raise Cancelled
        if self._pulse.beat is Beat.LOST:
            raise LeaseLost
        if now > self._deadline:
            raise DeadlineExceeded

    def render_uids(self) -> list[str]:
        """The renders that wanted the step when it was last asked."""
        return [str(uid) for uid, _ in self._pulse.renders]

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Keep the lease while bytes come or go: a bucket may take longer for them than a lease lasts, and cannot be
        asked to look up in between. Only there: a step that hangs in its own work must lose its lease.
        """
        over = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(over,), name="lease-keeper", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join()

    def _keep(self, over: threading.Event) -> None:
        try:
            while not over.wait(settings.LEASE_SECONDS / BEATS_A_LEASE):
                scheduler.heartbeat(
                    lease=self._lease, now=timezone.now(), lease_seconds=settings.LEASE_SECONDS, fraction=self._fraction
                )
        except Exception as failure:  # the next check tells whether the lease was lost by it
            log.warning("lease_not_kept", error=repr(failure))
        finally:
            connection.close()  # this thread's own

    def check_now(self) -> None:
        """`check` without waiting for its second: before something that cannot be interrupted."""
        self._next_beat = self._clock()
        self.check()


def run_shift(*, queue: str, worker: str, seconds: float | None = None) -> bool:
    """Run steps of `queue` until none is ready (False), or until `seconds` are over and there may be more (True)."""
    end = time.monotonic() + (SHIFT_SECONDS if seconds is None else seconds)
    while run_next(queue=queue, worker=worker):
        if time.monotonic() >= end:
            return True
    return False


def run_next(*, queue: str, worker: str) -> bool:
    """Claim one step of `queue` and run it to its end, good or bad. False if none was ready."""
    lease = scheduler.claim(
        queue=queue, worker=worker, now=timezone.now(), lease_seconds=settings.LEASE_SECONDS, warm=warmth.warm()
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
    started = timezone.now()
    try:
        accepted = _work(lease)
    except Stopped as stop:
        log.info("step_stopped", why=type(stop).__name__)
    except artifacts.InputGone as gone:
        artifacts.forget(creator_id=lease.creator_id, keys=gone.keys)
        _fail(lease, Failure("input_gone", str(gone), "Render again: what is gone will be made anew.", False))
    except Exception as error:
        log.warning("step_failed", error=repr(error), exc_info=True)
        _fail(lease, failure_of(error))
    except BaseException:
        scheduler.give_back(lease=lease, now=timezone.now())
        raise
    else:
        log.info("step_done" if accepted else "step_late", seconds=_seconds_since(started))


def failure_of(error: Exception) -> Failure:
    """What a refusal of ours says is final; anything else may go better on another try, another machine."""
    if isinstance(error, DomainError):
        return Failure(error.code, error.message, error.remedy, retryable=False)
    if isinstance(error, DeadlineExceeded):
        return Failure("deadline_exceeded", "The step took far too long.", "Make the shot shorter.", retryable=True)
    message = f"{type(error).__name__}: {error}"
    return Failure("step_error", message, "Render again; the workers' logs have the details.", retryable=True)


def _work(lease: Lease) -> bool:
    """Files and meta of the step, put and reported; False if the report came too late."""
    with tempfile.TemporaryDirectory(prefix="rw-step-") as folder:
        here = Path(folder)
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
    accepted = scheduler.complete(
        lease=lease, prefix=stored.prefix, meta=meta, files=stored.files, now=timezone.now()
    )
    if not accepted:
        artifacts.discard(stored.prefix)
    return accepted


def _fail(lease: Lease, failure: Failure) -> None:
    scheduler.report_failure(lease=lease, failure=failure, now=timezone.now())


def _seconds_since(started: datetime) -> float:
    return round((timezone.now() - started).total_seconds(), 3)
