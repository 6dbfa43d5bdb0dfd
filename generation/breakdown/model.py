"""The shot: one camera set-up, and its JSON form."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from generation.screenplay import Line, line_from_json

FRAMINGS = ("wide", "medium", "close", "extreme_close", "over_shoulder", "insert")
MOVES = ("static", "push_in", "pull_out", "pan_left", "pan_right", "tilt_up", "tilt_down")
TRANSITIONS = ("cut", "fade", "dissolve")
MIN_SHOT_MS = 1_500
MAX_SHOT_MS = 8_000


@dataclass(frozen=True, slots=True)
class Shot:
    """One camera set-up.

    `number` counts from 1 over the episode, `scene` is the scene's number; `framing`, `move` and `transition` (how the
    shot begins) are words of the tuples above; `time_of_day` is day, night, dawn or dusk. `cast` holds the names in
    frame in a stable order, `lines` what is heard over the shot. `first_line` to `last_line` are lines of the source.
    """

    number: int
    scene: int
    place: str
    interior: bool | None
    time_of_day: str
    framing: str
    move: str
    action: str
    prompt: str
    cast: tuple[str, ...]
    lines: tuple[Line, ...]
    estimated_ms: int
    first_line: int
    last_line: int
    transition: str


def shot_to_json(shot: Shot) -> dict[str, Any]:
    """A JSON document with the fields of `Shot` in their order."""
    document = asdict(shot)
    document["cast"] = list(shot.cast)
    document["lines"] = list(document["lines"])
    return document


def shot_from_json(data: dict[str, Any]) -> Shot:
    """The inverse of `shot_to_json`; raises KeyError or TypeError for anything else."""
    lines = tuple(line_from_json(line) for line in data["lines"])
    return Shot(**{**data, "cast": tuple(data["cast"]), "lines": lines})
