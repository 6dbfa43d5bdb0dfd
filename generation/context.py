"""What a running step has of its runner: it tells how far it is, and learns whether it is still wanted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from common.clock import shared_now
from generation import scheduler
from generation.scheduler import Beat, Lease, Pulse
from generation.telling import Teller
from media.patience import while_wanted

if TYPE_CHECKING:
    from generation.remote import StepJobs

log = structlog.get_logger(__name__)
BEAT_SECONDS = 1.0
BEATS_A_LEASE = 3
DEADLINE_LEAST, DEADLINE_FACTOR = 900.0, 40.0
DATABASE_LOST = (OperationalError, InterfaceError)


class Stopped(Exception):
    """The step is not ours to finish: nothing is reported, because the row says so already."""


class Cancelled(Stopped):
    """Somebody stopped it, or no render wants it any more."""


class LeaseLost(Stopped):
    """We were too slow to say that we live; somebody else has it, or will."""


class DeadlineExceeded(Exception):
    """It takes far longer than it can sensibly take."""


class StepContext:
    """What a step sees of its runner (see `engines.base.RenderContext`): asks the database at most once a second.

    The lease lives as long as the step calls `check`. One that is silent for longer than LEASE_SECONDS (a call into a
    library that does not return) loses it, and the step runs a second time elsewhere; whichever comes late is thrown
    away. Known long calls (loading weights) belong into `keeping`.
    """

    def __init__(self, lease: Lease, workdir: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.workdir = workdir
        self._lease, self._clock = lease, clock
        self._fraction = 0.0
        self._pulse = Pulse(Beat.HELD)
        self._teller = Teller(lease.creator_id, lease.key, lease.attempt, clock)
        self._next_beat = clock()
        self._deadline = clock() + max(DEADLINE_LEAST, DEADLINE_FACTOR * lease.estimated_seconds)

    @cached_property
    def jobs(self) -> StepJobs:
        """What this step has asked of a video service (see `engines.remote.jobs`)."""
        from generation.remote import StepJobs

        return StepJobs(self._lease)

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
        self._pulse = self._beat()
        self._teller.heard(self._pulse.renders)
        if self._pulse.beat is Beat.CANCELLED:
            raise Cancelled
        if self._pulse.beat is Beat.LOST:
            raise LeaseLost
        self._teller.again()
        if now > self._deadline:
            raise DeadlineExceeded

    def check_now(self) -> None:
        """`check` without waiting for its second: before something that cannot be interrupted."""
        self._next_beat = self._clock()
        self.check()

    def render_uids(self) -> list[str]:
        """The renders that wanted the step when it was last asked."""
        return [str(uid) for uid, _ in self._pulse.renders]

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Keep the lease while bytes come or go, or a library is busy: for at most the step's deadline, so that what
        hangs for ever loses it after all. Transfers also end, between two pieces, when the step is cancelled.
        """
        over = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(over,), name="lease-keeper", daemon=True)
        keeper.start()
        try:
            with while_wanted(self.check):
                yield
        finally:
            over.set()
            keeper.join()

    def _keep(self, over: threading.Event) -> None:
        try:
            while not over.wait(settings.LEASE_SECONDS / BEATS_A_LEASE) and self._clock() < self._deadline:
                self._beat()
        except Exception as failure:  # the next check tells whether the lease was lost by it
            log.warning("lease_not_kept", error=repr(failure))
        finally:
            connection.close()  # this thread's own

    def _beat(self) -> Pulse:
        """A database that does not answer says nothing about the lease: the step goes on, and asks again."""
        try:
            return scheduler.heartbeat(
                lease=self._lease, now=shared_now(), lease_seconds=settings.LEASE_SECONDS, fraction=self._fraction
            )
        except DATABASE_LOST as lost:
            log.warning("heartbeat_lost", error=repr(lost))
            if not connection.in_atomic_block:
                connection.close()
            return Pulse(Beat.HELD, self._pulse.renders)
