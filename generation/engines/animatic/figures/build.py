"""The measures of a body, in half face widths from the point between the eyes."""

from __future__ import annotations

from dataclasses import dataclass

from generation.engines.animatic.appearance import Appearance
from generation.engines.animatic.paint import Point
from generation.voices.persons import FEMALE

NECK, SHOULDER, WAIST, HIP, KNEE, FOOT = 1.95, 2.45, 5.9, 7.4, 11.9, 16.6


@dataclass(frozen=True, slots=True)
class Build:
    """Half widths at neck, shoulder, chest, waist and hip."""

    neck: float
    shoulder: float
    chest: float
    waist: float
    hip: float


def build_of(who: Appearance) -> Build:
    if who.age == "child":
        return Build(0.38, 1.5, 1.2, 1.05, 1.1)
    return Build(0.42, 1.92, 1.34, 1.02, 1.44) if who.sex == FEMALE else Build(0.58, 2.42, 1.72, 1.42, 1.46)


def symmetric(right: list[Point]) -> list[Point]:
    return [*right, *[(-x, y) for x, y in reversed(right)]]
