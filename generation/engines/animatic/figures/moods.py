"""Expressions as numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mood:
    """An expression: brow heights (inner, outer; up is negative), lid opening, mouth curve (up is a smile), extras."""

    inner: float = 0.0
    outer: float = 0.0
    lid: float = 1.0
    curve: float = 0.0
    tears: bool = False
    blush: float = 0.25
    frown: bool = False


MOODS = {
    "calm": Mood(),
    "angry": Mood(inner=0.14, outer=-0.08, lid=0.84, curve=-0.1, frown=True),
    "sad": Mood(inner=-0.13, outer=0.06, lid=0.82, curve=-0.08),
    "crying": Mood(inner=-0.17, outer=0.08, lid=0.76, curve=-0.12, tears=True, blush=0.45),
    "surprised": Mood(inner=-0.15, outer=-0.13, lid=1.26, curve=-0.01),
    "happy": Mood(inner=-0.04, outer=-0.02, lid=0.86, curve=0.13, blush=0.5),
    "afraid": Mood(inner=-0.17, outer=0.0, lid=1.16, curve=-0.06),
}
