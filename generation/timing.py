"""How long a shot is and when its lines sound. Pure whole numbers, so that pictures, sound and captions agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEAD_MS = 200  # a breath before the first words
GAP_MS = 220  # between two lines
TAIL_MS = 360  # a look after the last words
MIN_MS = 1_200
WORDLESS_MIN_MS, WORDLESS_MAX_MS = 1_500, 5_000


@dataclass(frozen=True, slots=True)
class ShotTiming:
    """Frames of the shot, and the start of every line in ms from the shot's start."""

    frames: int
    fps: int
    line_starts_ms: tuple[int, ...]

    @property
    def duration_ms(self) -> int:
        return round(self.frames * 1000 / self.fps)


def frames_of(duration_ms: int, fps: int) -> int:
    """Whole frames that hold that many milliseconds."""
    return -(-duration_ms * fps // 1000)


def shot_timing(line_ms: Sequence[int], estimated_ms: int, fps: int) -> ShotTiming:
    """Lead-in, the lines with gaps, a tail; a shot without words keeps its estimate within bounds."""
    if not line_ms:
        length = min(WORDLESS_MAX_MS, max(WORDLESS_MIN_MS, estimated_ms))
        return ShotTiming(frames_of(length, fps), fps, ())
    starts, clock = [], LEAD_MS
    for duration in line_ms:
        starts.append(clock)
        clock += duration + GAP_MS
    length = max(MIN_MS, clock - GAP_MS + TAIL_MS)
    return ShotTiming(frames_of(length, fps), fps, tuple(starts))
