"""Small but honest steps: they read their inputs, leave files that depend on nothing else, and say what real ones say.

They go the whole way of real steps (plan, scheduler, runner, storage); only pictures and sound are missing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from catalog.models import Episode
from common.canonical import digest
from generation import runner, scheduler
from generation.cast import screenplay_save
from generation.models import Render, Step
from generation.services import render_request
from generation.steps import KINDS
from tests.builders import make_episode

ROOT = Path(__file__).resolve().parents[2]
QUEUES = ("voice", "render", "encode")
STORY = """Title: The Key

INT. HALLWAY - NIGHT

A wet envelope lies under the door. MARA picks it up.

MARA
{line}

INT. KITCHEN - NIGHT

JONAS stands in the dark, a key in his hand.

JONAS
Don't open it. Please.

MARA
Who are you to say?
"""
Behave = Callable[[str, dict[str, Any], Any], None]


def story(line: str = "It has my name on it.") -> str:
    return STORY.format(line=line)


def long_story(scenes: int) -> str:
    """At least one shot a scene, every line its own words."""
    parts = ["Title: The Long Way\n"]
    for n in range(scenes):
        parts.append(f"INT. ROOM {n} - DAY\n\nMARA looks at door {n}.\n\nMARA\nThis is door number {n} of many.\n")
    return "\n".join(parts)


def written(source: str | None = None, episode: Episode | None = None) -> Episode:
    """An episode with a screenplay."""
    episode = episode or make_episode()
    screenplay_save(episode=episode, source=source or story(), by=None, now=timezone.now())
    return episode


def asked(episode: Episode | None = None, source: str | None = None) -> Render:
    """A render of a freshly written episode."""
    return render_request(episode=episode or written(source), profile="animatic", by=None, now=timezone.now())


def request_for(episode: Episode, profile: str = "animatic") -> Render:
    return render_request(episode=episode, profile=profile, by=None, now=timezone.now())


def install(monkeypatch: Any, behave: Behave | None = None) -> None:
    """Replace what the step kinds run; `behave(kind, spec, ctx)` is called in the middle and may raise or wait."""

    def made(kind: str) -> Any:
        def run(spec: Any, inputs: Any, out: Path, ctx: Any) -> dict[str, Any]:
            ctx.check()
            if behave:
                behave(kind, dict(spec), ctx)
            ctx.progress(0.5)
            seen = {name: json.loads((given.folder / "made.json").read_text()) for name, given in inputs.items()}
            content = {"kind": kind, "made_of": digest([dict(spec), seen])}
            (out / "made.json").write_text(json.dumps(content))
            ctx.progress(1.0)
            return META.get(kind, lambda folder: {})(out)

        return run

    for name, kind in list(KINDS.items()):
        monkeypatch.setitem(KINDS, name, replace(kind, run=made(name), reads={}))


def _package(out: Path) -> dict[str, Any]:
    for name in ("720p.mp4", "720p.m3u8", "master.m3u8", "poster.jpg", "contact-sheet.png", "captions.vtt"):
        (out / name).write_bytes(name.encode())
    rung = {
        "name": "720p", "path": "720p.mp4", "playlist_path": "720p.m3u8", "width": 720, "height": 1280,
        "bitrate": 900_000, "peak_bitrate": 1_200_000, "codecs": "avc1.64001f,mp4a.40.2", "size_bytes": 8,
    }
    return {
        "duration_ms": 9000, "width": 720, "height": 1280, "fps": 24, "size_bytes": 8, "loudness_lufs": -16.0,
        "renditions": [rung], "subtitles": [{"language": "en", "path": "captions.vtt"}],
    }


def _shot(out: Path) -> dict[str, Any]:
    return {"frames": 72, "duration_ms": 3000, "lines": [], "seed": 7, "provenance": {"engine": "animatic"}}


META: dict[str, Callable[[Path], dict[str, Any]]] = {"package": _package, "shot": _shot}


def drain(worker: str = "tests", queues: tuple[str, ...] = QUEUES) -> int:
    """Run steps until none is ready; returns how many were run."""
    ran = 0
    while any(runner.run_next(queue=queue, worker=worker) for queue in queues):
        ran += 1
    return ran


def take(queue: str = "voice", *, worker: str = "tests", late: float = 0.0) -> scheduler.Lease:
    """Claim the next step of a queue, `late` seconds from now."""
    now = timezone.now() + timedelta(seconds=late)
    lease = scheduler.claim(queue=queue, worker=worker, now=now, lease_seconds=30)
    assert lease is not None
    return lease


def deliver(lease: scheduler.Lease, *, prefix: str = "", meta: dict[str, Any] | None = None) -> bool:
    """Report a result without running anything."""
    files = [{"name": "made.json", "size": 2, "sha256": "0" * 64}]
    place = prefix or f"artifacts/aa/{lease.key[:24]}{lease.attempt:08d}"
    return scheduler.complete(lease=lease, prefix=place, meta=meta or {}, files=files, now=timezone.now())


def child_environment() -> dict[str, str]:
    """The environment of a process that works on this test's database."""
    database = connection.settings_dict
    return os.environ | {
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}",
    }


def statuses(render: Render) -> dict[str, str]:
    """Label to step status."""
    return dict(render.links.order_by("position").values_list("label", "step__status"))


def step(render: Render, label: str) -> Step:
    return render.links.select_related("step").get(label=label).step
