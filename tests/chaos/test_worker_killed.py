"""Real Celery workers, killed and stopped in mid-render: it ends DONE by itself, and nothing counts twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generation.models import Artifact, Render, Step, StepAttempt
from tests.generation.tiny import ROOT, asked, child_environment

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
LEASE_SECONDS = 3


@contextmanager
def celery(tmp_path: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery process in a session of its own, gone with all its children when the block ends."""
    environment = child_environment() | {
        "RW_STATE_DIR": str(tmp_path / "state"), "RW_LEASE_SECONDS": str(LEASE_SECONDS), "RW_SWEEP_SECONDS": "1",
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
def workers(tmp_path: Path) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Two workers of one process each, and beat, which rings the sweep."""
    options = ("-c", "1", "-Q", "default,voice,render,encode", "--without-gossip", "--without-mingle")
    with (
        celery(tmp_path, "beat", "-s", str(tmp_path / "schedule")),
        celery(tmp_path, "worker", *options, "-n", "one@here") as one,
        celery(tmp_path, "worker", *options, "-n", "two@here") as two,
    ):
        yield {"one@here": one, "two@here": two}


def wait_for(what: Callable[[], object], tmp_path: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            logs = "\n".join(f"== {log.name}\n{log.read_text()[-3000:]}" for log in tmp_path.glob("*.log"))
            raise AssertionError(f"it did not happen in {seconds} s\n{logs}")
        time.sleep(0.05)


def held_by(name: str) -> Step | None:
    return Step.objects.filter(status="leased", worker=name).first()


def assert_whole(render: Render, *, wasted_at_most: int) -> None:
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


def test_a_render_ends_done_by_itself_when_a_worker_is_killed_in_the_middle(tmp_path: Path) -> None:
    render = asked()
    with workers(tmp_path) as running:
        wait_for(lambda: Artifact.objects.count() >= 3 and held_by("one@here"), tmp_path)
        kill(running["one@here"])
        wait_for(lambda: Render.objects.get(pk=render.pk).status == "done", tmp_path)
    assert_whole(render, wasted_at_most=1)


def test_a_render_ends_done_by_itself_when_a_child_of_each_worker_is_killed(tmp_path: Path) -> None:
    render = asked()
    kills = 0
    with workers(tmp_path) as running:
        for process, name in zip(running.values(), running, strict=True):
            wait_for(lambda name=name: held_by(name) or Render.objects.get(pk=render.pk).status == "done", tmp_path)
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            for child in children:
                os.kill(int(child), signal.SIGKILL)
                kills += 1
        wait_for(lambda: Render.objects.get(pk=render.pk).status == "done", tmp_path)
    assert kills >= 2
    assert_whole(render, wasted_at_most=kills)


def test_a_worker_that_stood_still_past_its_lease_changes_nothing_when_it_goes_on(tmp_path: Path) -> None:
    render = asked()
    with workers(tmp_path) as running:
        wait_for(lambda: held_by("one@here"), tmp_path)
        os.killpg(running["one@here"].pid, signal.SIGSTOP)
        frozen = held_by("one@here")
        wait_for(lambda: Render.objects.get(pk=render.pk).status == "done", tmp_path)
        before = dict(Artifact.objects.values_list("key", "prefix"))
        os.killpg(running["one@here"].pid, signal.SIGCONT)
        time.sleep(LEASE_SECONDS)
    assert dict(Artifact.objects.values_list("key", "prefix")) == before
    assert_whole(render, wasted_at_most=1)
    if frozen is not None:
        ends = StepAttempt.objects.filter(step=frozen).order_by("attempt").values_list("outcome", flat=True)
        assert list(ends) in (["lost", "done"], ["done"])
