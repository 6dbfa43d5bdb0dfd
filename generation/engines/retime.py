"""From the frames that a model made to those that the shot needs: its lines decide how long it is. Pure."""

from __future__ import annotations

SLOWEST = 1.5  # beyond that people wade; the last frame is held instead


def retimed(made: int, made_fps: float, needed: int, fps: int) -> tuple[int, ...]:
    """For each of `needed` frames at `fps`, which of the `made` frames at `made_fps` is shown; never backwards.

    What is too long is cut; what is too short is slowed, all of it alike, and then held.
    """
    wanted = needed / fps
    slower = min(SLOWEST, max(1.0, wanted * made_fps / made))
    return tuple(min(made - 1, int(index / fps * made_fps / slower + 1e-6)) for index in range(needed))


def stretch_of(made: int, made_fps: float, needed: int, fps: int) -> float:
    """How much slower it is shown than it was made; 1.0 if it is not, above `SLOWEST` if its end is held."""
    return round(max(1.0, needed / fps * made_fps / made), 3)
