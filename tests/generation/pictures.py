"""A tiny story for the tests of pictures and sound: two people, three shots, short lines; and a context that counts."""

from __future__ import annotations

import atexit
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np

from generation.breakdown import Shot
from generation.engines.base import CastMember, LookSpec, Profile, Rung
from generation.engines.profiles import PROFILES
from generation.plan import Plan, make_plan
from generation.screenplay import Line
from generation.steps import KINDS, Input

SMALL = Profile("small", "animatic", 180, 320, 24, (Rung("a", 180, 320, 26), Rung("b", 90, 160, 28)), True)
ANIMATIC = PROFILES["animatic"]
LOOK = LookSpec("", "", "")
MARA = CastMember("MARA", "a woman of 28, red dress, long black hair", "en-us+f2", 11)
JONAS = CastMember("JONAS", "a man in a grey suit, short blonde hair", "en-us+m3", 12)
LIN = CastMember("林晚", "年轻女子，黑色长发，红色毛衣", "cmn+f2", 13)


class Stopped(Exception):
    """What `check` raises when the work is no longer wanted."""


@dataclass
class Context:
    """Counts checks, keeps progress, and stops after so many checks."""

    workdir: Path
    stop_after: int | None = None
    checks: int = 0
    progressed: list[float] = field(default_factory=list)
    on_check: Callable[[], None] | None = None

    def progress(self, fraction: float, preview: Path | None = None) -> None:
        assert preview is None or preview.exists()
        self.progressed.append(fraction)

    def check(self) -> None:
        self.checks += 1
        if self.on_check is not None:
            self.on_check()
        if self.stop_after is not None and self.checks > self.stop_after:
            raise Stopped


def line(text: str, speaker: str = "MARA", manner: str = "", *, off_screen: bool = False) -> Line:
    return Line(speaker=speaker, text=text, manner=manner, off_screen=off_screen, source_line=1)


def shot(number: int = 1, **changes: Any) -> Shot:
    values: dict[str, Any] = {
        "number": number,
        "scene": 1,
        "place": "KITCHEN",
        "interior": True,
        "time_of_day": "night",
        "framing": "close",
        "move": "push_in",
        "action": "",
        "prompt": "",
        "cast": ("MARA",),
        "lines": (),
        "estimated_ms": 1500,
        "first_line": 1,
        "last_line": 2,
        "transition": "cut",
    }
    return Shot(**{**values, **changes})


STORY = (
    shot(1, framing="wide", cast=("MARA", "JONAS"), action="A letter lies on the table.", estimated_ms=3000),
    shot(2, lines=(line("Who sent <this> & why?"),)),
    shot(
        3,
        place="STREET",
        interior=False,
        framing="medium",
        cast=("JONAS",),
        lines=(line("I did.", "JONAS"), line("Run, Mara!", "JONAS")),
        move="pan_left",
        action="Rain.",
    ),
)


def plan_of(shots: tuple[Shot, ...] = STORY, profile: Profile = SMALL, title: str = "The <Key>") -> Plan:
    cast = {member.name: member for member in (MARA, JONAS)}
    return make_plan(shots=shots, cast=cast, look=LOOK, profile=profile, title=title, language="en")


@dataclass
class Made:
    """Everything a plan left: metas and folders by key, and the plan."""

    plan: Plan
    metas: dict[str, dict[str, Any]]
    root: Path

    def inputs(self, key: str) -> dict[str, Input]:
        step = next(step for step in self.plan.steps if step.key == key)
        return {name: Input(self.metas[need], self.root / need) for name, need in step.needs}

    def of(self, kind: str) -> list[tuple[dict[str, Any], Path]]:
        return [(self.metas[s.key], self.root / s.key) for s in self.plan.steps if s.kind == kind]

    @property
    def package(self) -> Path:
        return self.root / self.plan.final_key

    @property
    def meta(self) -> dict[str, Any]:
        return self.metas[self.plan.final_key]


def make(plan: Plan, root: Path) -> Made:
    """Run every step of the plan, as a worker would: specs go through JSON, and the workroom is not kept."""
    made = Made(plan, {}, root)
    with tempfile.TemporaryDirectory() as work:
        for step in plan.steps:
            run, context = KINDS[step.kind].run, Context(Path(work))
            meta = run(through_json(step.spec), made.inputs(step.key), root / step.key, context)
            made.metas[step.key] = through_json(meta)
    return made


@cache
def story_made() -> Made:
    """The story, rendered once for all the tests of a process; nobody writes into it."""
    root = Path(tempfile.mkdtemp(prefix="pictures-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    return make(plan_of(), root)


def through_json(value: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(json.dumps(value, allow_nan=False))
    return result


def digests(folder: Path) -> dict[str, str]:
    """sha256 of every file below the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def frames(path: Path) -> list[np.ndarray[Any, Any]]:
    """Every picture of a file as RGB."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
