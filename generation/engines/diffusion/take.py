"""What is asked of a model for one shot: numbers and words, no pictures. JSON by `asdict`, part of the step's key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Mode: TypeAlias = Literal["text", "image", "first_last", "references"]
"""What the model is given beside the words: nothing, the first frame, first and last frame, pictures of who is seen."""


@dataclass(frozen=True, slots=True)
class Take:
    """Everything of one generation but pictures and words. `width`, `height` in pixels and `frames` as the model can.

    Whatever else decides the bytes (shift, LoRAs, dtype) is of the model's card.
    """

    model: str
    mode: Mode
    seed: int
    width: int
    height: int
    frames: int
    fps: int
    steps: int
    guidance: float


@dataclass(frozen=True, slots=True)
class Prompts:
    """The words of one generation, in the model's language."""

    positive: str
    negative: str
