"""Real Celery workers, killed and stopped in mid-render: it ends DONE by itself, and nothing counts twice."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from generation.models import Artifact, Render, StepAttempt
from tests.chaos.fleet import LEASE_SECONDS, assert_whole, held_by, kill, wait_for, workers
from tests.generation.tiny import asked

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


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
