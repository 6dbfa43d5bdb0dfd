"""Whether a film is visibly broken: black, frozen, flickering, or of somebody else. Cheap, on frames made small.

What it says is kept with the shot for people to see; where the profile has re-rolls, a broken film is made again with
the next seed, and the better one is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]

SMALL = (36, 64)  # columns, rows
DARK, BLACK_SHARE = 12.0, 0.5  # a frame is black below this mean light; a film, if half of it is
STILL, FROZEN_SHARE = 0.15, 0.9  # two frames are one picture below this mean difference
FLICKER = 18.0  # mean jump of the light from frame to frame, back and forth
ALIKE = 0.25  # of somebody else: less like every reference than this


@dataclass(frozen=True, slots=True)
class Measures:
    """Shares in 0..1, `flicker` in levels of 255, `likeness` -1..1 (None without references)."""

    black: float
    frozen: float
    flicker: float
    likeness: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`faults`: what is broken, in words of the code; empty if the film will do."""

    measures: Measures
    faults: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self.measures), "faults": list(self.faults)}


class Embedder(Protocol):
    """Who is to be seen, as a vector: the closer two, the more alike. One of a house changes `diffusion.JUDGE`."""

    def embed(self, frame: Frame) -> NDArray[np.float32]:
        """(rows, columns, 3) bytes to a vector of length 1."""
        ...


class Palette:
    """Hues and their strength: tells a red coat from a blue one, and needs no weights."""

    def embed(self, frame: Frame) -> NDArray[np.float32]:
        hsv = cv2.cvtColor(frame, cv2.COLOR_RGB2HSV)
        counts = cv2.calcHist([hsv], [0, 1], None, [12, 4], [0, 180, 0, 256]).reshape(-1)
        weights = np.sqrt(np.asarray(counts, np.float32))
        return (weights / max(1e-6, float(np.linalg.norm(weights)))).astype(np.float32)


class Judge:
    """Looks at frames as they go by."""

    def __init__(self, references: Sequence[Frame] = (), embedder: Embedder | None = None) -> None:
        self._embedder = embedder or Palette()
        self._known = [self._embedder.embed(one) for one in references]
        self._lights: list[float] = []
        self._steps: list[float] = []
        self._likeness: list[float] = []
        self._before: NDArray[np.int16] | None = None

    def watching(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """The same frames."""
        for frame in frames:
            self.see(frame)
            yield frame

    def see(self, frame: Frame) -> None:
        small = cv2.resize(frame, SMALL, interpolation=cv2.INTER_AREA)
        light = small.astype(np.int16)
        self._lights.append(float(light.mean()))
        if self._before is not None:
            self._steps.append(float(np.abs(light - self._before).mean()))
        self._before = light
        if self._known:
            vector = self._embedder.embed(np.asarray(small, np.uint8))
            self._likeness.append(min(float(vector @ known) for known in self._known))

    def measures(self) -> Measures:
        """Of all frames so far."""
        lights, steps = np.asarray(self._lights), np.asarray(self._steps)
        turns = np.diff(lights)
        back_and_forth = np.minimum(np.abs(turns[1:]), np.abs(turns[:-1])) * (turns[1:] * turns[:-1] < 0)
        return Measures(
            black=_mean(lights < DARK), frozen=_mean(steps < STILL), flicker=_mean(back_and_forth),
            likeness=round(float(np.median(self._likeness)), 4) if self._likeness else None,
        )  # fmt: skip


def verdict(measures: Measures) -> Verdict:
    """What of it is broken."""
    found = {
        "black": measures.black >= BLACK_SHARE,
        "frozen": measures.frozen >= FROZEN_SHARE and measures.black < BLACK_SHARE,
        "flicker": measures.flicker >= FLICKER,
        "likeness": measures.likeness is not None and measures.likeness < ALIKE,
    }
    return Verdict(measures, tuple(name for name, broken in found.items() if broken))


def _mean(values: NDArray[Any]) -> float:
    return round(float(values.mean()), 4) if len(values) else 0.0
