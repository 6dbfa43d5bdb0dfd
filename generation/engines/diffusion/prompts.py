"""The words of a shot for a model: always the same parts in the same order, so that a face stays a face. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from generation.engines.base import CastMember, ShotSpec
from generation.engines.diffusion.take import Prompts

FRAMINGS = {
    "wide": "wide shot, the whole place in view", "medium": "medium shot, from the waist up",
    "close": "close-up of the face", "extreme_close": "extreme close-up of the eyes",
    "over_shoulder": "over-the-shoulder shot", "insert": "insert shot of the object, nobody in view",
}  # fmt: skip
MOVES = {
    "static": "the camera stands still", "push_in": "the camera slowly pushes in",
    "pull_out": "the camera slowly pulls out", "pan_left": "the camera pans to the left",
    "pan_right": "the camera pans to the right", "tilt_up": "the camera tilts up", "tilt_down": "the camera tilts down",
    "handheld": "handheld camera",
}  # fmt: skip
TIMES = {"day": "daylight", "night": "at night", "dawn": "at dawn, first light", "dusk": "at dusk, last light"}
FORM = "vertical 9:16 film still"
SHEET = "character sheet: full figure from the front, neutral pose, plain grey background, even light"


class Reader(Protocol):
    """Of a model: whether it speaks, and what it should always leave out."""

    @property
    def audio(self) -> bool: ...
    @property
    def negative(self) -> str: ...


def prompts_of(spec: ShotSpec, card: Reader) -> Prompts:
    """Style, framing and move, place and time, who is seen with their looks, what happens; for a model with sound the
    lines as well. The order puts first what must survive a text encoder's limit.
    """
    shot = spec.shot
    parts = [
        spec.look.style, spec.look.prompt, FRAMINGS.get(shot.framing, shot.framing), MOVES.get(shot.move, shot.move),
        *(_person(member) for member in spec.cast), shot.action, _place(spec), *_heard(spec, card), FORM,
    ]  # fmt: skip
    return Prompts(_joined(parts), _joined([spec.look.negative_prompt, card.negative]))


def sheet_prompts(member: CastMember, style: str, card: Reader) -> Prompts:
    """The words of a character's sheet: the same looks in the same words as in every shot."""
    return Prompts(_joined([style, _person(member), SHEET]), card.negative)


def _person(member: CastMember) -> str:
    return f"{member.name.title()}, {member.look}" if member.look else member.name.title()


def _place(spec: ShotSpec) -> str:
    shot = spec.shot
    inside = {True: "inside ", False: "outside, ", None: ""}[shot.interior]
    return _joined([f"{inside}{shot.place.lower()}" if shot.place else "", TIMES.get(shot.time_of_day, "")])


def _heard(spec: ShotSpec, card: Reader) -> list[str]:
    """Models that make sound are told who says what; to the others it would only blur the picture."""
    if not card.audio:
        return []
    said = []
    for line in spec.shot.lines:
        how = f" ({line.manner})" if line.manner else ""
        said.append(f'{line.speaker.title()} says{how}: "{line.text}"')
    return said


def _joined(parts: Iterable[str]) -> str:
    clean = (" ".join(part.split()).rstrip(".,;") for part in parts)
    return ", ".join(part for part in clean if part)
