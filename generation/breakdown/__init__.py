"""A screenplay becomes shots: pure and deterministic."""

from generation.breakdown.model import (
    FRAMINGS,
    MAX_SHOT_MS,
    MIN_SHOT_MS,
    MOVES,
    TRANSITIONS,
    Shot,
    shot_from_json,
    shot_to_json,
)
from generation.screenplay import Screenplay

__all__ = [
    "FRAMINGS",
    "MAX_SHOT_MS",
    "MIN_SHOT_MS",
    "MOVES",
    "TRANSITIONS",
    "Shot",
    "breakdown",
    "shot_from_json",
    "shot_to_json",
]


def breakdown(screenplay: Screenplay) -> tuple[Shot, ...]:
    raise NotImplementedError("the storyboard artist lands in the next commit")
