"""A worker that waits for the service is killed: the next one goes on with the same job, and nothing is paid twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from generation.models import RemoteJob, Step, StepAttempt
from tests.chaos.fleet import celery, kill, wait_for
from tests.generation.tiny import ROOT, child_environment, request_for, written
from tests.remote.world import ONE
from tests.twins.videos import Videos

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(200)]


@contextmanager
def worker(folder: Path, name: str) -> Iterator[subprocess.Popen[bytes]]:
    shelf = Path(settings.STORAGES["default"]["OPTIONS"]["location"])  # this test's own
    environment = child_environment() | {
        "RW_STATE_DIR": str(shelf.parent), "RW_LEASE_SECONDS": "3", "RW_SWEEP_SECONDS": "1",
    }
    with (folder / f"{name}.log").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "config", "worker", "-c", "1", "-P", "prefork",
             "-Q", "default,remote", "--without-gossip", "--without-mingle", "-n", name],
            cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        kill(process)


@pytest.mark.parametrize("when", ["it waits for the film", "the answer to its request is on the way"])
def test_a_killed_workers_job_is_gone_on_with_and_never_asked_for_twice(
    twin: Videos, tmp_path: Path, when: str
) -> None:
    twin.takes = 6
    twin.faults = ["submit:held"] if "answer" in when else []
    render = request_for(written(ONE), "remote")
    with celery(tmp_path, "beat", "-s", str(tmp_path / "schedule")):
        with worker(tmp_path, "one@here") as process:
            wait_for(lambda: bool(twin.jobs) and _known(when), tmp_path, 60)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)
        [before] = RemoteJob.objects.values_list("token", "state")
        step = Step.objects.filter(links__render=render, kind="footage")
        with worker(tmp_path, "two@here"):
            wait_for(lambda: step.filter(status="done").exists(), tmp_path, 90)
            wait_for(lambda: RemoteJob.objects.filter(state="done").exists(), tmp_path, 60)  # tended
    assert before[1] == ("intended" if "answer" in when else "submitted")
    assert (len(twin.jobs), twin.count("submit")) == (1, 1)
    assert [row.token for row in RemoteJob.objects.all()] == [before[0]]
    outcomes = StepAttempt.objects.filter(step__in=step).order_by("attempt").values_list("outcome", flat=True)
    assert list(outcomes) == ["lost", "done"]


def _known(when: str) -> bool:
    state = "intended" if "answer" in when else "submitted"
    return RemoteJob.objects.filter(state=state).exists()
