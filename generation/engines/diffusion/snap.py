"""From what a shot wants to what a model can make: size, frames and rate; each change is told. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from generation.engines.diffusion.cards import ModelCard

SIZE = ("size", "{model} makes {made}; it is scaled and cropped to {wanted}.")
LENGTH = ("length", "{model} makes at most {made} at once; a shot that needs {wanted} is slowed or held.")
SPARE = 1.1  # the length of a shot is a guess until its lines are spoken: a little more is made than it says


@dataclass(frozen=True, slots=True)
class Note:
    """Something the creator should know: `code` and `values` for those who say it in another language, or `text`."""

    code: str
    values: tuple[tuple[str, str], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Snapped:
    """What will be asked of the model, and what the creator should know about it."""

    width: int
    height: int
    frames: int
    fps: int
    notes: tuple[Note, ...]


def snap(card: ModelCard, *, width: int, height: int, ms: int) -> Snapped:
    """The largest size within `width` x `height` and within the card's own pixels that the model takes, in the same
    proportions as nearly as its multiple lets; frames for `ms` and a little more, rounded up to its rule.
    """
    notes = []
    made = _size(card, width, height)
    if made != (width, height):
        notes.append(note(SIZE, model=card.title, made=f"{made[0]} x {made[1]}", wanted=f"{width} x {height}"))
    # one that speaks itself is as long as it is made, and films an edited line anew in any case
    wanted = -(-round(ms * SPARE) * card.fps // 1000) if card.audio else seconds_of(ms) * card.fps
    frames = frames_for(card, wanted)
    if frames < wanted:
        most, needed = f"{frames / card.fps:.1f} s", f"{wanted / card.fps:.1f} s"
        notes.append(note(LENGTH, model=card.title, made=most, wanted=needed))
    return Snapped(made[0], made[1], frames, card.fps, tuple(notes))


def note(kind: tuple[str, str], **values: str) -> Note:
    """A note of a kind (`SIZE`, `LENGTH`) with its values."""
    code, text = kind
    return Note(code, tuple(values.items()), text.format(**values))


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
