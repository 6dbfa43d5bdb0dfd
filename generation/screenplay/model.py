"""The typed screenplay: what the parser makes and everything after it reads. Plain values, JSON in and out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from common.errors import DomainError

MAX_BYTES = 256 * 1024


class ScreenplayError(DomainError):
    """The text cannot be used. `details["line"]` is the 1-based line of the original text where it went wrong.

    Codes: screenplay_empty, _binary, _too_big, _no_scenes, _no_words, _too_slow, _invalid.
    """

    code = "screenplay_invalid"
    message = "This screenplay cannot be read."
    remedy = "Write it in Fountain: a heading such as INT. KITCHEN - NIGHT, then action and dialogue below it."


@dataclass(frozen=True, slots=True)
class Line:
    """Words spoken by one speaker in one manner ("" if none is written). `off_screen`: heard, not seen."""

    speaker: str
    text: str
    manner: str
    off_screen: bool
    source_line: int


@dataclass(frozen=True, slots=True)
class Action:
    """One paragraph of what is seen."""

    text: str
    source_line: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A transition, as written: "CUT TO:", "淡出"."""

    text: str
    source_line: int


Element: TypeAlias = Line | Action | Cut


@dataclass(frozen=True, slots=True)
class Scene:
    """One place at one time. `number` counts from 1; `time_of_day` is day, night, dawn or dusk."""

    number: int
    heading: str
    interior: bool | None
    place: str
    time_of_day: str
    elements: tuple[Element, ...]
    source_line: int


@dataclass(frozen=True, slots=True)
class Screenplay:
    """A parsed text: `language` is "en" or "zh", `speakers` in order of their first words."""

    title: str
    language: str
    scenes: tuple[Scene, ...]
    speakers: tuple[str, ...]


_KINDS: dict[str, type[Line] | type[Action] | type[Cut]] = {"line": Line, "action": Action, "cut": Cut}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def screenplay_to_json(screenplay: Screenplay) -> dict[str, Any]:
    """A JSON document that `screenplay_from_json` turns back into an equal value."""
    scenes = [_scene_to_json(scene) for scene in screenplay.scenes]
    return {
        "title": screenplay.title,
        "language": screenplay.language,
        "scenes": scenes,
        "speakers": list(screenplay.speakers),
    }


def screenplay_from_json(data: dict[str, Any]) -> Screenplay:
    """The inverse of `screenplay_to_json`; raises KeyError or TypeError for anything else."""
    return Screenplay(
        title=data["title"],
        language=data["language"],
        scenes=tuple(_scene_from_json(scene) for scene in data["scenes"]),
        speakers=tuple(data["speakers"]),
    )


def line_to_json(line: Line) -> dict[str, Any]:
    return asdict(line)


def line_from_json(data: dict[str, Any]) -> Line:
    return Line(**data)


def _scene_to_json(scene: Scene) -> dict[str, Any]:
    document = asdict(scene)
    document["elements"] = [{"kind": _NAMES[type(element)], **asdict(element)} for element in scene.elements]
    return document


def _scene_from_json(data: dict[str, Any]) -> Scene:
    elements = tuple(
        _KINDS[element["kind"]](**{key: value for key, value in element.items() if key != "kind"})
        for element in data["elements"]
    )
    return Scene(**{**data, "elements": elements})
