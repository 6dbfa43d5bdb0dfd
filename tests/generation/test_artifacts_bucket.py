"""Rendering with nothing but a bucket between the steps, on a server that checks signatures and fails on demand."""

from __future__ import annotations

import json
import math
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from generation import artifacts, runner
from generation.models import Artifact, Render, Step, StepAttempt
from media import storage
from tests.generation.tiny import QUEUES, drain, install, request_for, statuses, step, written
from tests.media.conftest import twin, twin_of_all, twin_storage  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
TEXT = "INT. HALLWAY - NIGHT\n\nAn envelope lies under the door.\n\nMARA\nIt is mine.\n"


@pytest.fixture
def work(monkeypatch, tmp_path, twin) -> Path:  # noqa: F811
    """The folder that workers work in; whatever has to survive a step is in the bucket."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda seconds: None, time=time.time))
    install(monkeypatch)
    return folder


def go_on() -> int:
    """As `drain`, by workers that have had their rest."""
    ran = 0
    runner.wake()
    while drain(queues=QUEUES):
        runner.wake()
        ran += 1
    return ran


def test_a_render_whose_bucket_fails_again_and_again_ends_done(work, twin, tmp_path) -> None:  # noqa: F811
    render = request_for(written(TEXT))
    for operation, how in [
        ("PutObject", "SlowDown"), ("GetObject", "cut"), ("*", "reset"), ("PutObject", "InternalError"),
        ("GetObject", "SlowDown"), ("GetObject", "reset"), ("PutObject", "cut"),
    ]:
        twin.fail(operation, how, times=2)
    go_on()
    render.refresh_from_db()
    assert (render.status, set(statuses(render).values())) == ("done", {"done"})
    assert set(Step.objects.values_list("tries", flat=True)) == {1}  # what the bucket spoiled burnt no try
    assert StepAttempt.objects.filter(outcome="done").count() == Step.objects.count()
    assert list(work.iterdir()) == []
    assert storage.local_root() is None
    rows = Artifact.objects.all()
    assert {f"{row.prefix}/{file['name']}" for row in rows for file in row.files} == set(twin.buckets["reels"].objects)
    out = artifacts.export_package(render, tmp_path / "package")
    assert json.loads((out / "made.json").read_text())["kind"] == "package"


@pytest.mark.parametrize("how", ["SlowDown", "AccessDenied", "ExpiredToken", "reset"])
def test_a_bucket_that_is_away_for_long_burns_no_try_and_fails_nothing(work, twin, how) -> None:  # noqa: F811
    render = request_for(written(TEXT))
    twin.fail("*", how, times=math.inf)
    for _ in range(6):  # more often than a step may be tried
        runner.wake()
        runner.run_next(queue="voice", worker="w")
    render.refresh_from_db()
    assert render.status in Render.LIVE
    assert set(Step.objects.filter(queue="voice").values_list("status", "tries")) == {("ready", 0)}
    assert twin.buckets["reels"].objects == {}
    twin.heal()
    go_on()
    render.refresh_from_db()
    assert render.status == "done"


def test_an_object_that_was_altered_in_the_bucket_is_made_again(work, twin) -> None:  # noqa: F811
    render = request_for(written(TEXT))
    drain(queues=("voice", "render"))
    clip = Artifact.objects.get(key=step(render, "shot 1").key)
    name = f"{clip.prefix}/made.json"
    storage.put_bytes(name, storage.read_bytes(name).replace(b"shot", b"shoT"), "application/json")
    go_on()
    render.refresh_from_db()
    assert render.status == "done"
    assert step(render, "shot 1").attempt == 2
    assert name not in twin.buckets["reels"].objects
    assert Artifact.objects.get(key=clip.key).prefix != clip.prefix
    assert storage.exists(f"{Artifact.objects.get(key=clip.key).prefix}/made.json")
