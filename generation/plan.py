"""Shots, cast, look and profile become a plan: every step with its key, before anything runs. Pure.

A key is the digest of everything that decides what the step leaves: kind, code version, spec, and the keys of what it
needs. So the plan of an edited episode differs from the old one in exactly the steps that the edit touches. What does
not decide the content must stay out of a spec: positions in the text, numbers, the voice of somebody only seen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from common.canonical import digest
from common.errors import Invalid
from generation.breakdown import Shot
from generation.engines.base import CastMember, LookSpec, Profile, ShotSpec
from generation.engines.profiles import SOUND, encoder_settings
from generation.screenplay import Line
from generation.steps import KINDS

SEED_BITS = 31


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step as it will be stored. `needs` are (name, key) of steps that stand before it in the plan."""

    key: str
    kind: str
    queue: str
    spec: Mapping[str, Any]
    needs: tuple[tuple[str, str], ...]
    label: str
    shot: int | None
    estimated_seconds: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in an order in which they could run, each key once; `final_key` is the package's."""

    steps: tuple[PlannedStep, ...]
    final_key: str

    def keys(self) -> frozenset[str]:
        return frozenset(step.key for step in self.steps)

    def missing(self, keys_present: Collection[str]) -> tuple[PlannedStep, ...]:
        """What must run, in plan order: from the end back, stopping at whatever is present."""
        by_key = {step.key: step for step in self.steps}
        wanted, found = [self.final_key], set()
        while wanted:
            key = wanted.pop()
            if key in found or key in keys_present:
                continue
            found.add(key)
            wanted += [need for _, need in by_key[key].needs]
        return tuple(step for step in self.steps if step.key in found)


@dataclass
class _Draft:
    """Collects steps; a step that is already there (the same words by the same voice) is not added twice."""

    steps: dict[str, PlannedStep] = field(default_factory=dict)

    def add(
        self, kind: str, spec: dict[str, Any], needs: Sequence[tuple[str, str]], *, label: str, shot: int | None = None
    ) -> str:
        what = KINDS[kind]
        key = digest({"kind": kind, "version": what.version, "spec": spec, "needs": dict(needs)})
        if key not in self.steps:
            self.steps[key] = PlannedStep(
                key, kind, what.queue, spec, tuple(needs), label, shot, what.estimate(spec)
            )
        return key


def make_plan(
    *,
    shots: Sequence[Shot],
    cast: Mapping[str, CastMember],
    look: LookSpec,
    profile: Profile,
    title: str,
    language: str,
) -> Plan:
    """The plan of an episode. `cast` is by the names that the shots use; raises `Invalid` for a name it lacks."""
    draft = _Draft()
    encoder = encoder_settings(profile)
    voices: list[tuple[str, str]] = []
    clips: list[tuple[str, str]] = []
    ladders: list[tuple[str, str]] = []
    for number, shot in enumerate(shots, start=1):
        spoken = [_voice(draft, line, cast, language, f"{number}.{i}", number) for i, line in enumerate(shot.lines)]
        voices += [(f"voice:{number}:{i}", key) for i, key in enumerate(spoken)]
        spec = _shot_spec(shot, cast, look, profile, language) | {"encoder": encoder}
        needs = [(f"voice:{i}", key) for i, key in enumerate(spoken)]
        clip = draft.add("shot", spec, needs, label=f"shot {number}", shot=number)
        clips.append((f"shot:{number}", clip))
        rungs = {"rungs": _rungs(profile)[1:], "fps": profile.fps, "encoder": encoder}
        ladder = draft.add("ladder", rungs, [("shot", clip)], label=f"ladder {number}", shot=number)
        ladders.append((f"ladder:{number}", ladder))
    sound = draft.add("sound", _sound_spec(shots), [*clips, *voices], label="sound")
    final = draft.add(
        "package", _package_spec(shots, profile, title, language),
        [*clips, *ladders, *voices, ("sound", sound)], label="package",
    )
    return Plan(tuple(draft.steps.values()), final)


def _voice(
    draft: _Draft, line: Line, cast: Mapping[str, CastMember], language: str, label: str, shot: int
) -> str:
    spec = {"text": line.text, "language": language, "voice": _member(cast, line.speaker).voice, "manner": line.manner}
    return draft.add("voice", spec, (), label=f"voice {label}", shot=shot)


def _member(cast: Mapping[str, CastMember], name: str) -> CastMember:
    if name not in cast:
        raise Invalid(f"Nobody in the cast is called {name}.", code="missing_character", character=name)
    return cast[name]


def _shot_spec(
    shot: Shot, cast: Mapping[str, CastMember], look: LookSpec, profile: Profile, language: str
) -> dict[str, Any]:
    seen = tuple(replace(_member(cast, name), voice="") for name in shot.cast)
    spec = ShotSpec(
        shot=_placeless(shot), cast=seen, look=look, width=profile.width, height=profile.height, fps=profile.fps,
        captions_burned=profile.captions_burned, language=language, seed=shot_seed(shot),
    )
    return spec.to_json() | {"engine": profile.engine}


def _placeless(shot: Shot) -> Shot:
    """The shot without its place in the text: a line added above must not render everything below it anew."""
    lines = tuple(replace(line, source_line=0) for line in shot.lines)
    return replace(shot, number=1, scene=1, first_line=0, last_line=0, lines=lines)


def shot_seed(shot: Shot) -> int:
    """What the drawing leaves to chance, from what is drawn: not from the number, which moves, nor from the words."""
    drawn = [shot.place, shot.time_of_day, shot.framing, shot.move, shot.action, list(shot.cast)]
    return int(digest(drawn)[:8], 16) % (1 << SEED_BITS)


def _sound_spec(shots: Sequence[Shot]) -> dict[str, Any]:
    places = [
        {"lines": len(shot.lines), "place": shot.place, "interior": shot.interior, "time_of_day": shot.time_of_day}
        for shot in shots
    ]
    return {"shots": places, **SOUND}


def _package_spec(shots: Sequence[Shot], profile: Profile, title: str, language: str) -> dict[str, Any]:
    cues = [
        {"number": number, "lines": [{"speaker": line.speaker, "text": line.text} for line in shot.lines]}
        for number, shot in enumerate(shots, start=1)
    ]
    return {
        "title": title, "language": language, "fps": profile.fps, "rungs": _rungs(profile), "shots": cues,
        "captions_burned": profile.captions_burned,
    }


def _rungs(profile: Profile) -> list[dict[str, Any]]:
    return [asdict(rung) for rung in profile.rungs]
