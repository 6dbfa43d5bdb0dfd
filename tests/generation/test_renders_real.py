"""The whole way with the real steps, at a small size: words become a package that decodes; an edit costs its own."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from django.utils import timezone

from catalog.models import Master
from generation import artifacts
from generation.engines.base import Profile, Rung
from generation.engines.profiles import PROFILES
from generation.evidence import build_evidence
from generation.models import Render, StepAttempt
from generation.selectors import render_report
from generation.services import render_request
from tests.generation.tiny import drain, written

pytestmark = pytest.mark.django_db
SMALL = Profile(
    name="small", engine="animatic", width=180, height=320, fps=8,
    rungs=(Rung("320p", 180, 320, 30), Rung("160p", 90, 160, 32)), captions_burned=True,
)
SCENE = """Title: The Key

INT. HALLWAY - NIGHT

MARA picks up an envelope.

MARA
{line}

JONAS
Put it down.
"""


@pytest.fixture
def small(monkeypatch) -> None:
    monkeypatch.setitem(PROFILES, "small", SMALL)


def rendered(episode) -> Render:
    render = render_request(episode=episode, profile="small", by=None, now=timezone.now())
    drain()
    render.refresh_from_db()
    assert (render.status, render.error_message) == ("done", "")
    return render


def test_words_become_a_package_that_decodes_and_an_edit_runs_only_what_it_touches(small, tmp_path: Path) -> None:
    episode = written(SCENE.format(line="It has my name on it."))
    first = rendered(episode)
    master = Master.objects.get(pk=first.master_id)
    assert (master.width, master.height, master.fps) == (180, 320, 8)
    assert {rung.name for rung in master.renditions.all()} == {"320p", "160p"}

    out = artifacts.export_package(first, tmp_path / "package")
    assert {"master.m3u8", "poster.jpg", "captions.vtt", "contact-sheet.png"} <= {path.name for path in out.iterdir()}
    with av.open(str(out / "320p.mp4")) as container:
        frames = sum(1 for _ in container.decode(video=0))
    assert abs(frames / 8 * 1000 - master.duration_ms) <= 250

    report = render_report(first)
    assert sum(shot["duration_ms"] for shot in report["shots"]) == pytest.approx(master.duration_ms, abs=250)
    evidence = build_evidence(first)
    assert all(shot["provenance"]["engine"] == "animatic" for shot in evidence["shots"])
    assert evidence["models"][0]["licence"]

    edited = rendered(written(SCENE.format(line="It has his name on it."), episode))
    again = {link.label.split()[0] for link in edited.links.filter(reused=False)}
    assert again == {"voice", "shot", "ladder", "sound", "join", "poster", "package"}
    assert edited.links.filter(reused=False).count() == 7
    assert StepAttempt.objects.exclude(outcome="done").count() == 0
