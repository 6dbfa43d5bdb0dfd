"""A whole platform under attack: its processes by name, its database, and what it says of its own work.

Everything here asks and waits with a bound; whoever is asked may be dead just then.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import psutil
import psycopg
import requests

from stack.places import Places
from stack.status import ChildStatus, read
from tests.live import Platform, running_platform

T = TypeVar("T")
# a lease shorter than a busy machine's longest pause would be lost without any kill
LEASE_SECONDS = round(6 * min(3.0, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))))
SWEEP_SECONDS = 1
PATIENCE = 180.0  # tells a hang from a busy machine
LOOK = 0.1
AWAY = (psycopg.OperationalError, requests.RequestException, AssertionError)
GONE = (psutil.NoSuchProcess, ProcessLookupError)


def insist(action: Callable[[], T], seconds: float = PATIENCE) -> T:
    """What `action` returns, once whoever it asks is there again; its own error if that takes too long."""
    end = time.monotonic() + seconds
    while True:
        try:
            return action()
        except AWAY:
            if time.monotonic() > end:
                raise
            time.sleep(LOOK * 2)


@dataclass
class Attacked:
    """A started stack that is about to suffer."""

    platform: Platform
    places: Places = field(init=False)
    connection: psycopg.Connection[tuple[Any, ...]] | None = None

    def __post_init__(self) -> None:
        self.places = Places.of(self.platform.state)

    # --- its processes

    def child(self, name: str) -> ChildStatus | None:
        """What the supervisor last said of a child; None while it writes."""
        found = read(self.places.status)
        return found.children.get(name) if found else None

    def standing(self, name: str) -> int:
        """The process of a child that is ready; waits for it."""
        pids: list[int] = []

        def stands() -> bool:
            child = self.child(name)
            if child and child.state == "ready" and psutil.pid_exists(child.pid):
                pids.append(child.pid)
            return bool(pids)

        self.wait(stands, f"{name} stands")
        return pids[0]

    def pool(self, name: str) -> list[int]:
        """The processes in which a standing Celery worker runs its tasks."""
        pids: list[int] = []

        def filled() -> bool:
            try:
                pids[:] = [child.pid for child in psutil.Process(self.standing(name)).children()]
            except GONE:
                return False
            return bool(pids)

        self.wait(filled, f"{name} has a pool")
        return pids

    # --- its database

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of one statement, as soon as the server answers."""
        return insist(lambda: self._rows(sql, values))

    def value(self, sql: str, *values: Any) -> Any:
        return self.rows(sql, *values)[0][0]

    def _rows(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        if self.connection is None or self.connection.closed:
            self.connection = psycopg.connect(self.places.database_url(), connect_timeout=5, autocommit=True)
        return self.connection.execute(sql, values).fetchall()

    # --- its work

    def running(self) -> set[tuple[int, int]]:
        """Attempts that hold a step now, as (step, attempt)."""
        return set(self.rows("SELECT id, attempt FROM generation_step WHERE status = 'leased'"))

    def accepted(self) -> int:
        return int(self.value("SELECT count(*) FROM generation_stepattempt WHERE outcome = 'done'"))

    def wasted(self) -> int:
        return int(self.value("SELECT count(*) FROM generation_stepattempt WHERE outcome <> 'done'"))

    def open_steps(self) -> int:
        return int(self.value("SELECT count(*) FROM generation_step WHERE status IN ('blocked', 'ready', 'leased')"))

    def statuses(self) -> dict[str, str]:
        """Of every render, by uid."""
        return {str(uid): status for uid, status in self.rows("SELECT uid, status FROM generation_render")}

    def wait(self, what: Callable[[], object], said: str, seconds: float = PATIENCE) -> None:
        """Return when `what()` is true; fail with everybody's last words if it is not in time."""
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, f"not within {seconds:.0f} s: {said}\n{self.platform.logs()}"
            time.sleep(LOOK)


@contextmanager
def attacked(state: Path) -> Iterator[Attacked]:
    """`manage.py up` with short leases and frequent sweeps."""
    settings = {
        "RW_LEASE_SECONDS": str(LEASE_SECONDS), "RW_SWEEP_SECONDS": str(SWEEP_SECONDS),
        "RW_STEP_MAX_ATTEMPTS": "15",  # a storm may hit one step more often than a step may kill its workers
        "THROTTLE_LOGIN": "1000/min", "THROTTLE_WRITE": "10000/min", "THROTTLE_RENDER": "1000/hour",
    }
    with running_platform(state, **settings) as platform:
        stack = Attacked(platform)
        yield stack
        if stack.connection:
            stack.connection.close()


def hit(pid: int, signo: int = signal.SIGKILL) -> bool:
    """Send a signal; False if the process was gone already."""
    try:
        os.kill(pid, signo)
    except GONE:
        return False
    return True


def now() -> datetime:
    return datetime.now(UTC)
