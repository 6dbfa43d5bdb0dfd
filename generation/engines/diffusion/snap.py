"""From what a shot wants to what a model can make: size, frames and rate, each change told in a sentence. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from generation.engines.diffusion.cards import ModelCard

SPARE = 1.1  # the length of a shot is a guess until its lines are spoken: a little more is made than it says


@dataclass(frozen=True, slots=True)
class Snapped:
    """What will be asked of the model, and what the creator should know about it."""

    width: int
    height: int
    frames: int
    fps: int
    notes: tuple[str, ...]


def snap(card: ModelCard, *, width: int, height: int, ms: int) -> Snapped:
    """The largest size within `width` x `height` and within the card's own pixels that the model takes, in the same
    proportions as nearly as its multiple lets; frames for `ms` and a little more, rounded up to its rule.
    """
    notes = []
    made = _size(card, width, height)
    if made != (width, height):
        notes.append(f"{card.title} makes {made[0]} x {made[1]}; it is scaled and cropped to {width} x {height}.")
    # one that speaks itself is as long as it is made, and films an edited line anew in any case
    wanted = -(-round(ms * SPARE) * card.fps // 1000) if card.audio else seconds_of(ms) * card.fps
    frames = frames_for(card, wanted)
    if frames < wanted:
        most, seconds = f"{frames / card.fps:.1f} s", f"{wanted / card.fps:.1f} s"
        notes.append(f"{card.title} makes at most {most} at once; a shot that needs {seconds} is slowed or held.")
    return Snapped(made[0], made[1], frames, card.fps, tuple(notes))


def seconds_of(ms: int) -> int:
    """Whole seconds: an edited line seldom changes them, and a compiled model knows few lengths."""
    return max(1, -(-round(ms * SPARE) // 1000))


def frames_for(card: ModelCard, wanted: int) -> int:
    """The smallest number of frames by the model's rule that is at least `wanted`, within what it can make."""
    most = (card.max_frames - 1) // card.frame_step * card.frame_step + 1
    least = -(-(card.min_frames - 1) // card.frame_step) * card.frame_step + 1
    rounded = -(-(max(1, wanted) - 1) // card.frame_step) * card.frame_step + 1
    return min(most, max(least, rounded))


def _size(card: ModelCard, width: int, height: int) -> tuple[int, int]:
    step = card.size_multiple
    for tall in range(max(step, round_down(height, step)), 0, -step):
        wide = max(step, round_down(width * tall / height, step))
        if wide * tall <= card.width * card.height:
            return wide, tall
    return step, step


def round_down(pixels: float, step: int) -> int:
    """The multiple of `step` that is not above; what is a hair below one because of floating point counts as it."""
    return int((pixels + 1e-6) // step) * step
