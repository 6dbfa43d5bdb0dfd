"""A screenplay becomes shots: pure and deterministic."""

from generation.breakdown.artist import breakdown
from generation.breakdown.introductions import introductions
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

__all__ = [
    "FRAMINGS",
    "MAX_SHOT_MS",
    "MIN_SHOT_MS",
    "MOVES",
    "TRANSITIONS",
    "Shot",
    "breakdown",
    "introductions",
    "shot_from_json",
    "shot_to_json",
]
