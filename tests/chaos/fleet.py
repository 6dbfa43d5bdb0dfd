"""Real Celery workers and beat on a test's own database, with the small steps of the tests: for short attacks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from generation.models import Artifact, Render, Step, StepAttempt
from tests.generation.tiny import ROOT, child_environment

LEASE_SECONDS = 3
SWEEP_SECONDS = 1
NAMES = ("one@here", "two@here")
OPTIONS = ("-c", "1", "-Q", "default,voice,render,encode", "--without-gossip", "--without-mingle")


@contextmanager
def celery(tmp_path: Path, *arguments: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery process in a session of its own, gone with all its children when the block ends."""
    environment = child_environment() | {
        "RW_STATE_DIR": str(tmp_path / "state"), "RW_LEASE_SECONDS": str(LEASE_SECONDS),
        "RW_SWEEP_SECONDS": str(SWEEP_SECONDS), **settings,
    }
    with (tmp_path / f"{arguments[-1]}.log").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "tests.chaos.slow_steps", *arguments],
            cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


@contextmanager
def workers(tmp_path: Path, **settings: str) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Two workers of one process each, and beat, which rings the sweep."""
    one, two = NAMES
    with (
        celery(tmp_path, "beat", "-s", str(tmp_path / "schedule"), **settings),
        celery(tmp_path, "worker", *OPTIONS, "-n", one, **settings) as first,
        celery(tmp_path, "worker", *OPTIONS, "-n", two, **settings) as second,
    ):
        yield {one: first, two: second}


def wait_for(what: Callable[[], object], tmp_path: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            logs = "\n".join(f"== {log.name}\n{log.read_text()[-3000:]}" for log in tmp_path.glob("*.log"))
            raise AssertionError(f"it did not happen in {seconds} s\n{logs}")
        time.sleep(0.05)


def held_by(name: str) -> Step | None:
    return Step.objects.filter(status="leased", worker=name).first()


def is_done(render: Render) -> bool:
    return Render.objects.get(pk=render.pk).status == "done"


def assert_whole(render: Render, *, wasted_at_most: int) -> None:
    """Done, every step accepted once, events without a gap, one master."""
    render.refresh_from_db()
    assert (render.status, render.percent) == ("done", 100)
    assert set(render.links.values_list("step__status", flat=True)) == {"done"}
    accepted = StepAttempt.objects.filter(outcome="done")
    assert accepted.count() == accepted.values("step").distinct().count() == Artifact.objects.count()
    wasted = StepAttempt.objects.exclude(outcome="done").count()
    assert wasted <= wasted_at_most
    seqs = list(render.events.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
    assert render.episode.masters.count() == 1
