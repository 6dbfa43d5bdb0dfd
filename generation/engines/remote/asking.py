"""What is asked of a service for one shot. Pure: it is in the key of the step, so that another wish is another film."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from common.errors import Invalid
from generation.engines.base import ShotSpec
from generation.engines.diffusion.prompts import prompts_of
from generation.engines.diffusion.snap import LENGTH, SIZE, Note, note, seconds_of
from generation.engines.remote.cards import ServiceCard


@dataclass(frozen=True, slots=True)
class Wish:
    """Words, pixels and whole seconds. The seed is here also where the service takes none: another is another job."""

    prompt: str
    negative: str
    width: int
    height: int
    seconds: int
    seed: int
    fps: int

    def form(self, card: ServiceCard) -> dict[str, str]:
        """The fields of the request, by the service's names."""
        ours = {"seed": self.seed, "negative": self.negative, "fps": self.fps}
        asked = {
            "model": card.model, "prompt": self.prompt, "size": f"{self.width}x{self.height}",
            "seconds": str(self.seconds), **card.arguments,
        }  # fmt: skip
        return asked | {theirs: str(ours[name]) for name, theirs in card.fields.items()}

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def wish_of(spec: ShotSpec, card: ServiceCard, *, goes_on: bool = False) -> tuple[Wish, tuple[Note, ...]]:
    """What to ask for a shot, and what of it will be otherwise. `goes_on`: it begins where the one before it ended."""
    if goes_on and not card.image:
        raise Invalid(
            f"{card.title} takes no first frame.", code="mode_unsupported",
            remedy="Use a profile without last-frame continuity, or a service that takes one.",
        )  # fmt: skip
    width, height = min(card.pixels(), key=lambda size: _apart(size, spec))
    wanted = seconds_of(spec.shot.estimated_ms)
    seconds = min((one for one in card.seconds if one >= wanted), default=max(card.seconds))
    notes = []
    if (width, height) != (spec.width, spec.height):
        sizes = {"made": f"{width} x {height}", "wanted": f"{spec.width} x {spec.height}"}
        notes.append(note(SIZE, model=card.title, **sizes))
    if seconds < wanted:
        notes.append(note(LENGTH, model=card.title, made=f"{seconds:.1f} s", wanted=f"{wanted:.1f} s"))
    words = prompts_of(spec, card)
    wish = Wish(words.positive, words.negative, width, height, seconds, spec.seed, spec.fps)
    return wish, tuple(notes)


def _apart(size: tuple[int, int], spec: ShotSpec) -> tuple[float, int]:
    """How far a size is from what is wanted: in its proportions first, then in its pixels."""
    width, height = size
    return round(abs(width / height - spec.width / spec.height), 3), abs(width * height - spec.width * spec.height)
