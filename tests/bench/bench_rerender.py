"""One line edited in a 40-shot episode against the whole render of it, with the real steps of the animatic profile.

Everything of a worker but its loop: the same claim, fetch, run, put and report, in this process and one step after the
other, so that both figures are work and not waiting. CPU seconds with those of children (voices), and wall, each
against the budget. The whole render comes first and pays for what a process loads once, which favours the edit. With
several workers the whole render is shared between them and the edit, a chain of steps, is not: its ratio is higher.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any

from tests.bench.harness import Result
from tests.bench.scratch import scratch_database

SHOTS = 40
PLACES = ("KITCHEN", "OFFICE", "STREET", "BEDROOM", "CAFE", "HOSPITAL ROOM", "CAR", "ROOFTOP", "HALLWAY", "GARDEN")
SAID = "I know what you did in {place}, and I will not forget it."
EDIT = "Nobody knows what you did in {place}, but I remember."
EDITED = 7  # the room whose line changes
EXPECTED = ["join", "ladder", "package", "poster", "shot", "sound", "voice"]


@dataclass(frozen=True, slots=True)
class Spent:
    """What a render took."""

    cpu: float
    wall: float
    kinds: dict[str, float]


def run() -> list[Result]:
    with scratch_database():
        from tests.builders import make_episode

        episode = make_episode()
        whole, edit = _render(episode, story()), _render(episode, story(EDIT))
    assert sorted(edit.kinds) == EXPECTED, edit.kinds
    by_kind = ", ".join(f"{kind} {seconds:.2f}" for kind, seconds in edit.kinds.items())
    return [
        Result("rerender_whole_40_shots", round(whole.cpu, 2), "cpu s", None, None, "", 1),
        Result(
            "rerender_edit_one_line", round(edit.cpu, 2), "cpu s", round(whole.cpu, 2),
            round(edit.cpu / whole.cpu, 4), "<= 0.10", 1,
        ),
        Result(
            "rerender_edit_one_line_wall", round(edit.wall, 2), "s", round(whole.wall, 2),
            round(edit.wall / whole.wall, 4), "<= 0.10", 1, by_kind,
        ),
    ]


def story(line: str = SAID) -> str:
    """Forty shots: a room with somebody in it, and what they say there."""
    parts = ["Title: The Long Way\n"]
    for n in range(SHOTS // 2):
        who, place = ("MARA", "JONAS")[n % 2], f"{PLACES[n % len(PLACES)]} {n}"
        said = (line if n == EDITED else SAID).format(place=place.lower())
        parts.append(f"INT. {place} - {('DAY', 'NIGHT')[n // 2 % 2]}\n\n{who} looks around.\n\n{who}\n{said}\n")
    return "\n".join(parts)


def _render(episode: Any, source: str) -> Spent:
    from django.utils import timezone

    from generation import runner
    from generation.cast import screenplay_save
    from generation.models import Render
    from generation.services import render_request
    from generation.steps import KINDS

    cpu, wall = _cpu(), time.perf_counter()
    screenplay_save(episode=episode, source=source, by=None, now=timezone.now())
    render = render_request(episode=episode, profile="animatic", by=None, now=timezone.now())
    queues = sorted({kind.queue for kind in KINDS.values()})
    while any(runner.run_next(queue=queue, worker="bench") for queue in queues):
        pass
    spent = _cpu() - cpu, time.perf_counter() - wall
    render.refresh_from_db()
    assert render.status == Render.Status.DONE, (render.status, render.error_message)
    kinds: dict[str, float] = {}
    for kind, seconds in render.links.filter(reused=False).values_list("step__kind", "step__seconds"):
        kinds[kind] = kinds.get(kind, 0.0) + (seconds or 0.0)
    return Spent(*spent, kinds)


def _cpu() -> float:
    """CPU seconds of this process and of children that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
