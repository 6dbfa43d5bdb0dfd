"""The head's frame: how far it is turned, and the outlines that everything on it follows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.engines.animatic.appearance import Appearance
from generation.engines.animatic.paint import Colour, Point, mix, rgb, shade, spline
from generation.voices.persons import FEMALE

CHIN = 1.5
CROWN = -1.4
_FEMALE_JAW = ((1.0, -0.25), (0.965, 0.2), (0.86, 0.64), (0.6, 1.08), (0.3, 1.38), (0.11, 1.48))
_MALE_JAW = ((1.0, -0.25), (0.985, 0.2), (0.93, 0.66), (0.77, 1.08), (0.46, 1.4), (0.2, 1.52))
_ROUND_JAW = ((1.02, -0.25), (1.04, 0.25), (0.95, 0.7), (0.7, 1.06), (0.36, 1.3), (0.14, 1.36))


@dataclass(frozen=True, slots=True)
class Head:
    """One head at one turn: `yaw` in radians, positive looks to the picture's right; light falls from `light` (+-1)."""

    who: Appearance
    yaw: float
    light: float
    rim: Colour

    @property
    def turn(self) -> float:
        return math.sin(self.yaw)

    def at(self, x: float, y: float, depth: float = 1.0) -> Point:
        """A point of the face where the turned head shows it; `depth` above 1 stands out (a nose), below lies back."""
        z = math.sqrt(max(0.0, 1.1 - x * x)) * 0.52 * depth
        return (x * math.cos(self.yaw) + z * self.turn, y)

    def all_at(self, points: Sequence[Point], depth: float = 1.0) -> list[Point]:
        return [self.at(x, y, depth) for x, y in points]

    def squeeze(self, x: float) -> float:
        """How narrow a feature at x becomes."""
        return max(0.55, math.cos(self.yaw - math.asin(max(-1.0, min(1.0, x))) * 0.55))

    def jaw(self) -> tuple[Point, ...]:
        if self.who.age == "child":
            return _ROUND_JAW
        return _FEMALE_JAW if self.who.sex == FEMALE else _MALE_JAW

    def outline(self) -> NDArray[np.float64]:
        """The face's contour, skull included, leaning where the head looks."""
        right = [(0.0, CROWN), (0.56, -1.3), (0.9, -0.88), *self.jaw()]
        left = [(-x, y) for x, y in reversed(right[1:])]
        chin = (0.0, right[-1][1] + 0.02)
        return spline([self._lean(x, y) for x, y in (*right, chin, *left)])

    def _lean(self, x: float, y: float) -> Point:
        forward = min(1.0, max(0.0, (y + 0.3) / 1.7))
        return (x * (1 - 0.06 * abs(self.turn)) + self.turn * (0.46 * forward - 0.04), y)

    def skull(self, x: float, y: float) -> Point:
        """A point of the hair's mass: it lags behind the face."""
        return (x - self.turn * 0.16, y)

    # colours that the whole head shares
    @property
    def shadow(self) -> Colour:
        return mix(shade(self.who.skin, 0.72), rgb("#7a3b4a"), 0.18)

    @property
    def line(self) -> Colour:
        return mix(shade(self.who.skin, 0.36), rgb("#3a1a22"), 0.35)
