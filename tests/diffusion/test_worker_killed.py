"""A real GPU worker (on a CPU) is killed in the middle of a film: what stood before is not made again, and the episode
is the one that an undisturbed worker makes.
"""

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

from generation.models import Artifact, Render, Step, StepAttempt
from tests.chaos.fleet import celery, is_done, kill, wait_for
from tests.diffusion.conftest import tiny
from tests.diffusion.test_episode import SHORT, made
from tests.generation.tiny import ROOT, child_environment, request_for, statuses, written

pytestmark = [
    pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("tiny_models"),
    pytest.mark.timeout(400), pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"), pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@contextmanager
def gpu_worker(folder: Path, kind: str, name: str, **also: str) -> Iterator[subprocess.Popen[bytes]]:
    """One process for everything, in a session of its own; it waits at its gate inside steps of `kind`."""
    shelf = Path(settings.STORAGES["default"]["OPTIONS"]["location"])  # this test's own
    environment = child_environment() | {
        "RW_STATE_DIR": str(shelf.parent), "RW_LEASE_SECONDS": "3", "RW_SWEEP_SECONDS": "1",
        "RW_TEST_GATE": str(folder), "RW_TEST_KIND": kind, **also,
    }
    with (folder / f"{name}.log").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "tests.diffusion.killed", "worker", "-c", "1", "-P", "prefork",
             "-Q", "default,voice,gpu,render,encode", "--without-gossip", "--without-mingle", "-n", name],
            cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        kill(process)


def digests() -> dict[str, dict[str, str]]:
    """By kind and key: every file's digest."""
    return {
        f"{row.kind} {row.key[:12]}": {file["name"]: file["sha256"] for file in row.files}
        for row in Artifact.objects.exclude(kind="package")
    }


@pytest.mark.parametrize("kind", ["latents", "shot"])
def test_a_film_whose_worker_is_killed_goes_on_at_its_stage_and_ends_the_same(kind: str, tmp_path: Path) -> None:
    undisturbed = made("tiny-wan")
    expected = digests()
    episode = undisturbed.episode
    Artifact.objects.all().delete()
    render = request_for(episode, "tiny-wan")
    with celery(tmp_path, "beat", "-s", str(tmp_path / "schedule")):
        with gpu_worker(tmp_path, kind, "one@here") as worker:
            wait_for((tmp_path / "reached").exists, tmp_path, 120)
            held = Step.objects.get(status="leased", kind=kind)
            before = set(Artifact.objects.values_list("key", flat=True))
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait(30)
        assert held.links.get(render=render).label.startswith(f"{kind} ")
        (tmp_path / "open").touch()
        with gpu_worker(tmp_path, kind, "two@here"):
            wait_for(lambda: is_done(render), tmp_path, 180)
    render.refresh_from_db()
    assert render.status == Render.Status.DONE, statuses(render)
    again = StepAttempt.objects.filter(step__key__in=before, worker__endswith="two@here")
    assert not again.exists()  # what stood was not made a second time
    ends = StepAttempt.objects.filter(step=held).order_by("pk").values_list("worker", "outcome")
    assert list(ends)[-2:] == [("one@here", "lost"), ("two@here", "done")]
    assert StepAttempt.objects.exclude(outcome="done").count() == 1
    assert digests() == expected


def test_a_worker_that_is_asked_to_end_finishes_its_stage_and_begins_no_other(tmp_path: Path) -> None:
    tiny("tiny-wan")
    render = request_for(written(SHORT), "tiny-wan")
    ready = tmp_path / "ready"
    with gpu_worker(tmp_path, "latents", "one@here", RW_READY_FILE=str(ready)) as worker:
        with celery(tmp_path, "beat", "-s", str(tmp_path / "schedule")):
            wait_for((tmp_path / "reached").exists, tmp_path, 120)
        assert ready.exists()
        held = Step.objects.get(status="leased", kind="latents")
        os.kill(worker.pid, signal.SIGTERM)
        wait_for(lambda: not ready.exists(), tmp_path)
        began = StepAttempt.objects.count()
        (tmp_path / "open").touch()
        assert worker.wait(60) == 0
    held.refresh_from_db()
    assert held.status == Step.Status.DONE
    assert StepAttempt.objects.count() == began + 1
    assert Step.objects.filter(links__render=render, status="ready").exists()
    assert not Step.objects.filter(status="leased").exists()


def test_a_default_worker_never_imports_torch(tmp_path: Path) -> None:
    """Everything that a worker for the other queues can be asked for is imported, and torch is not there."""
    asked = (
        "import sys, django; django.setup();"
        "from config.celery import app; app.loader.import_default_modules();"
        "from importlib import import_module;"
        "from generation.steps import KINDS; from generation.engines import CARDS, get_engine;"
        "[import_module(f'generation.steps.{name}') for name in"
        " ('voice', 'shot', 'film', 'footage', 'ladder', 'sound', 'join', 'poster', 'package')];"
        "[get_engine(name) for name in CARDS];"
        "heavy = {'torch', 'diffusers', 'transformers'} & set(sys.modules); assert not heavy, heavy; print(len(KINDS))"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, cwd=ROOT, env=child_environment(), timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == 12


