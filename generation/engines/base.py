"""What every engine is given and what it gives back: frozen values and two protocols. No Django, no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from common.errors import DomainError
from generation.breakdown import Shot, shot_from_json, shot_to_json

if TYPE_CHECKING:
    from generation.engines.remote.jobs import Jobs

Continuity: TypeAlias = Literal["none", "last_frame"]


class UnknownEngine(DomainError):
    """No engine of that name is installed."""

    code = "unknown_engine"
    message = "This engine does not exist."
    remedy = "Choose a profile whose engine is installed."


@dataclass(frozen=True, slots=True)
class CastMember:
    """Who can be seen or heard: `look` is free text in any language, `seed` decides what the text leaves open."""

    name: str
    look: str
    voice: str
    seed: int


@dataclass(frozen=True, slots=True)
class LookSpec:
    """The visual style of a series. What an engine does not read (`EngineCard.look_fields`) is empty in its specs."""

    style: str
    prompt: str
    negative_prompt: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: pixels and quality (`crf` of x264, smaller is better)."""

    name: str
    width: int
    height: int
    crf: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What is rendered: the engine, the size in pixels, frames a second and the ladder; `rungs[0]` is the mezzanine.

    `continuity`: "none", or "last_frame": each shot of a scene begins where the one before it ended. `model`: the card
    of the diffusion engine's model; `keyframes`: each shot's first frame is made by itself before the shot is;
    `references`: it is shown the sheets of who is seen; `rerolls`: how often a film that is visibly broken is made
    again, at the house's cost; `lip_sync`: what moves the lips of those who speak, "" for nothing; `preview`: somebody
    waits for it, so that it goes before finals. `service`: films come from the house's video service.
    """

    name: str
    engine: str
    width: int
    height: int
    fps: int
    rungs: tuple[Rung, ...]
    captions_burned: bool
    continuity: Continuity = "none"
    model: str = ""
    keyframes: bool = False
    references: bool = False
    rerolls: int = 0
    lip_sync: str = ""
    preview: bool = False
    service: bool = False


@dataclass(frozen=True, slots=True)
class ShotSpec:
    """Everything that decides the pictures of one shot, apart from the voices, which come as inputs.

    `rerolled`: the creator wants it otherwise than planned; `seed` says how.
    """

    shot: Shot
    cast: tuple[CastMember, ...]
    look: LookSpec
    width: int
    height: int
    fps: int
    captions_burned: bool
    language: str
    seed: int
    rerolled: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; `from_json` gives back an equal value."""
        return {
            "shot": shot_to_json(self.shot),
            "cast": [asdict(member) for member in self.cast],
            "look": asdict(self.look),
            "width": self.width,
            "height": self.height,
            "fps": self.fps,
            "captions_burned": self.captions_burned,
            "language": self.language,
            "seed": self.seed,
            "rerolled": self.rerolled,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> ShotSpec:
        """The reverse of `to_json`; other keys (`encoder`) are left alone. Raises `KeyError` if one is missing."""
        return cls(
            shot=shot_from_json(dict(value["shot"])),
            cast=tuple(CastMember(**member) for member in value["cast"]),
            look=LookSpec(**value["look"]),
            width=int(value["width"]),
            height=int(value["height"]),
            fps=int(value["fps"]),
            captions_burned=bool(value["captions_burned"]),
            language=str(value["language"]),
            seed=int(value["seed"]),
            rerolled=bool(value.get("rerolled", False)),
        )


@dataclass(frozen=True, slots=True)
class VoiceClip:
    """One spoken line: a mono WAV and its words, each (text, start, end) in ms from the start of the file."""

    path: Path
    duration_ms: int
    words: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Film:
    """What an earlier step made of a shot and is not a clip yet: the file, the take it was, how it was made."""

    path: Path
    take: Mapping[str, Any]
    provenance: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ResolvedShot:
    """A shot that the engine has accepted: size and rate as it will make them, and what it will roughly cost.

    `first_frame` is where the shot before it ended, if the profile keeps continuity; `film` what the steps before this
    one have made, for engines that work in stages.
    """

    spec: ShotSpec
    engine: str
    version: str
    width: int
    height: int
    fps: int
    estimated_seconds: float
    vram_mb: int = 0
    first_frame: Path | None = None
    film: Film | None = None
    lip_sync: str = ""


@dataclass(frozen=True, slots=True)
class LineTiming:
    """Where a line sounds inside its shot, in ms."""

    index: int
    start_ms: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class ShotResult:
    """What a render left: the mezzanine clip, two stills, and where the lines sound.

    `telling` in 0..1 says how well the preview would do as the episode's poster.
    """

    clip: Path
    last_frame: Path
    preview: Path
    frames: int
    duration_ms: int
    lines: tuple[LineTiming, ...]
    seed: int
    telling: float
    provenance: Mapping[str, Any]


class RenderContext(Protocol):
    """What a step may ask of whoever runs it."""

    workdir: Path

    @property
    def jobs(self) -> Jobs:
        """What the step has asked of a service beyond this machine: outlives the attempt."""
        ...

    def progress(self, fraction: float, preview: Path | None = None) -> None:
        """Say how far the step is (0..1), perhaps with a still to show."""

    def check(self) -> None:
        """Return if the work is still wanted; raise Cancelled, LeaseLost or DeadlineExceeded if not."""

    def keeping(self) -> AbstractContextManager[None]:
        """For the length of a call into a library that does not come back for long: the work stays ours."""
        ...


class Engine(Protocol):
    """Turns a shot into pictures. `id` and `version` are in every key: a change of looks changes the version."""

    id: str
    version: str

    def resolve(self, spec: ShotSpec) -> ResolvedShot:
        """Pure: snap the spec to what the engine can do, or raise a `DomainError`."""
        ...

    def render(
        self,
        shot: ResolvedShot,
        voices: Sequence[VoiceClip],
        encoder: Mapping[str, Any],
        out: Path,
        context: RenderContext,
    ) -> ShotResult:
        """Write clip.mp4, last.jpg and preview.jpg into `out`; `voices` has one clip a line, in order."""
        ...
