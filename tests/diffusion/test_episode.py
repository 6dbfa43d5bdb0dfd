"""An episode from screenplay to package through the real runner, with real pipelines of random weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from django.utils import timezone

from common.clock import shared_now
from generation import artifacts, scheduler
from generation.context import StepContext
from generation.evidence import build_evidence
from generation.models import Artifact, Render, Step, StepAttempt
from generation.sheets import sheets_accept
from tests.diffusion.conftest import tiny
from tests.generation.tiny import drain, request_for, statuses, written

QUEUES = ("voice", "gpu", "render", "encode")
SHORT = """Title: The Key

INT. HALLWAY - NIGHT

A wet envelope lies under the door. MARA picks it up.

MARA
It has my name on it.
"""
pytestmark = [
    pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("tiny_models"),
    pytest.mark.filterwarnings("ignore::FutureWarning"), pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def made(model: str, source: str = SHORT) -> Render:
    tiny(model)
    render = request_for(written(source), model)
    drain(queues=QUEUES)
    render.refresh_from_db()
    assert render.status == Render.Status.DONE, statuses(render)
    return render


def picture(path: Path, second: float) -> np.ndarray:
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if frame.time >= second:
                return frame.to_ndarray(format="rgb24")
    raise AssertionError("the film is shorter")


@pytest.mark.parametrize("model", ["tiny-wan", "tiny-ltx2"])
def test_an_episode_is_made_of_what_the_pipeline_made(model: str, tmp_path: Path) -> None:
    render = made(model)
    artifacts.export_package(render, tmp_path)
    with av.open(str(tmp_path / "320p.mp4")) as film:
        video, sound = film.streams.video[0], film.streams.audio[0]
        assert (video.width, video.height, video.average_rate) == (180, 320, 12)
        heard = np.concatenate([frame.to_ndarray()[0] for frame in film.decode(sound)])
    assert np.abs(heard).max() > 0.05
    evidence = build_evidence(render)
    for shot in evidence["shots"]:
        assert shot["provenance"]["engine"] == "diffusion"
        assert [one["name"] for one in shot["provenance"]["models"]] == [model]
        assert shot["provenance"]["models"][0]["licences"][0]["name"] == "Apache-2.0"
        assert len(shot["provenance"]["models"][0]["weights"]) == 64
    assert {one["name"] for one in evidence["models"] if one["role"] == "model"} == {model}
    noisy = picture(tmp_path / "320p.mp4", 0.5)
    assert noisy[: noisy.shape[0] // 2].std() > 10  # random weights paint noise, and no animatic draws such


def test_another_line_films_nothing_anew_and_the_same_wish_makes_nothing_at_all() -> None:
    first = made("tiny-wan")
    episode = first.episode
    before = StepAttempt.objects.filter(step__queue="gpu").count()
    again = request_for(written(SHORT.replace("my name", "his name"), episode), "tiny-wan")
    drain(queues=QUEUES)
    again.refresh_from_db()
    assert again.status == Render.Status.DONE
    ran = Step.objects.filter(links__render=again, links__reused=False, queue="gpu")
    assert set(ran.values_list("kind", flat=True)) == {"shot"}
    assert StepAttempt.objects.filter(step__queue="gpu").count() == before + ran.count()


def test_latents_are_the_same_bytes_when_they_are_made_again() -> None:
    first = made("tiny-wan")
    keys = list(first.links.filter(step__kind__in=("latents", "shot")).values_list("step__key", flat=True))
    digests = _digests(keys)
    Artifact.objects.all().delete()
    Step.objects.update(status=Step.Status.DONE)
    again = request_for(first.episode, "tiny-wan")
    drain(queues=QUEUES)
    again.refresh_from_db()
    assert again.status == Render.Status.DONE, statuses(again)
    assert _digests(keys) == digests


def _digests(keys: list[str]) -> dict[str, list[Any]]:
    rows = Artifact.objects.filter(key__in=keys)
    return {row.key: sorted((file["name"], file["sha256"]) for file in row.files) for row in rows}


def test_a_step_that_is_cancelled_ends_within_one_denoising_step(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny("tiny-wan")
    render = request_for(written(SHORT), "tiny-wan")
    told: list[float] = []
    plain = StepContext.progress

    def progress(self: StepContext, fraction: float, preview: Path | None = None) -> None:
        plain(self, fraction, preview)
        if self._lease.kind == "latents":
            told.append(fraction)
            self._next_beat = 0.0  # the next check asks the database, whatever the time
            if len(told) == 1:
                scheduler.cancel_render(render=Render.objects.get(pk=render.pk), now=shared_now())

    monkeypatch.setattr(StepContext, "progress", progress)
    drain(queues=QUEUES)
    render.refresh_from_db()
    assert render.status == Render.Status.CANCELLED
    assert told == [0.25]
    assert not Artifact.objects.filter(kind="latents").exists()


def test_what_a_plan_says_of_the_tools_is_what_the_project_pins() -> None:
    from generation.engines.diffusion import MADE_WITH

    root = Path(__file__).resolve().parents[2]
    pins = dict(line.split("==") for line in (root / "constraints.txt").read_text().splitlines() if "==" in line)
    assert {name: pins[name] for name in MADE_WITH} == dict(MADE_WITH)


def test_a_cast_that_is_shown_its_sheets_is_filmed_once_more_where_a_film_is_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from generation.engines.diffusion import judge
    from generation.engines.profiles import PROFILES, get_profile

    shown = replace(
        get_profile("tiny-wan"), name="cast", model="tiny-wan-vace", keyframes=False, references=True, rerolls=1
    )
    monkeypatch.setitem(PROFILES, "cast", shown)
    monkeypatch.setattr(judge, "ALIKE", 2.0)  # nobody is so much alike: every film with somebody in it is broken
    tiny("tiny-wan-vace")
    episode = written(SHORT)
    sheets_accept(episode=episode, profile="cast", by=None, now=timezone.now())
    render = request_for(episode, "cast")
    drain(queues=QUEUES)
    render.refresh_from_db()
    assert render.status == Render.Status.DONE, statuses(render)
    assert render.links.filter(label="sheet of MARA", step__kind="sheet").count() == 1
    films = {row.key: row.meta for row in Artifact.objects.filter(kind="latents")}
    cast = {step.key for step in Step.objects.filter(kind="latents") if step.spec["take"]["mode"] == "references"}
    assert cast
    for key, meta in films.items():
        expected = [["likeness"], ["likeness"]] if key in cast else [[]]
        assert [one["faults"] for one in meta["tries"]] == expected
        assert meta["take"]["seed"] == meta["tries"][0]["seed"]  # no better one came
    assert StepAttempt.objects.exclude(outcome="done").count() == 0
