"""Real stacks for the tests of the stack: each on a private state folder, each ended with everything it started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.live import ROOT, free_port

READY_SECONDS = 90
NOT_OURS = ("DATABASE_URL", "REDIS_URL", "PUBLIC_BASE_URL", "S3_BUCKET", "PYTEST_XDIST_WORKER", "RW_TEST_SERVERS")


def environment(state: Path, **more: str) -> dict[str, str]:
    """The environment of a person who has set nothing but the state folder."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    return kept | {"RW_STATE_DIR": str(state), **more}


def manage(state: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=environment(state, **more), cwd=ROOT, capture_output=True, text=True, timeout=200,
    )


class Up:
    """One `manage.py up --json`."""

    def __init__(self, state: Path, **more: str) -> None:
        self.state, self.port = state, free_port()
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "up", "--json", "--port", str(self.port)],
            env=environment(state, **more), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )
        self.notes: list[str] = []
        self.family: list[psutil.Process] = []

    def wait_ready(self) -> dict[str, Any]:
        """What `stack.json` said at the moment of readiness."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            event = json.loads(line)
            if event["event"] == "ready":
                self.family = psutil.Process(self.process.pid).children(recursive=True)
                return dict(event)
            self.notes.append(event["message"])
        raise AssertionError(f"`up` ended with {self.process.wait()}: {self.notes}")

    def status(self) -> dict[str, Any]:
        return dict(json.loads((self.state / "stack.json").read_text()))

    def survivors(self, seconds: float) -> list[psutil.Process]:
        """Of the processes that ran when it was ready: those still there after so many seconds."""
        _, alive = psutil.wait_procs(self.family, timeout=seconds)
        return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


@contextmanager
def up(state: Path, **more: str) -> Iterator[Up]:
    started = Up(state, **more)
    try:
        yield started
    finally:
        started.process.terminate()
        try:
            started.process.wait(60)
        finally:
            started.process.kill()
            if started.process.stdout:
                started.process.stdout.close()


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.05)
