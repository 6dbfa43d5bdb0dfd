"""Shots, cast, look and profile become a plan: every step with its key, before anything runs. Pure.

A key is the digest of everything that decides what the step leaves: kind, code version, spec (with the versions of the
engine and of the libraries), and the keys of what it needs. So the plan of an edited episode differs from the old one
in exactly the steps that the edit touches. What does not decide the content must stay out of a spec: positions in the
text, numbers, the voice of somebody only seen, a look that the engine does not read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from common.canonical import digest
from common.errors import Invalid
from generation.breakdown import Shot
from generation.engines import EngineCard, engine_card
from generation.engines.base import CastMember, LookSpec, Profile, ShotSpec
from generation.engines.profiles import SOUND, encoder_settings
from generation.plan.footage import footage
from generation.plan.model import Filmed, Needs, Plan, PlannedStep
from generation.plan.refs import shot_refs, shot_seed
from generation.plan.stages import OF, film
from generation.screenplay import Line
from generation.steps import KINDS
from generation.steps.toolchain import made_with


@dataclass
class _Draft:
    """Collects steps; a step that is already there (the same words by the same voice) is not added twice."""

    steps: dict[str, PlannedStep] = field(default_factory=dict)

    def add(
        self, kind: str, spec: Mapping[str, Any], needs: Sequence[tuple[str, str]], *, label: str,
        shot: int | None = None, card: EngineCard | None = None, estimate: Mapping[str, Any] | None = None,
        affinity: str = "",
    ) -> str:  # fmt: skip
        """`estimate` is what the price may know beyond the spec, which holds only what decides the bytes."""
        what = KINDS[kind]
        tools = made_with({*what.libraries, *(card.libraries if card and kind == "shot" else ())})
        whole = {**spec, "made_with": {**tools, **(card.pins if card else {})}}
        key = digest({"kind": kind, "version": what.version, "spec": whole, "needs": dict(needs)})
        if key not in self.steps:
            seconds = what.estimate({**spec, **(estimate or {})})
            queue = card.queue if card else what.queue
            affinity = affinity or (card.affinity if card else "")
            self.steps[key] = PlannedStep(key, kind, queue, whole, tuple(needs), label, shot, seconds, affinity)
        return key


@dataclass(frozen=True)
class _Recipe:
    """What all shots of the episode have in common."""

    cast: Mapping[str, CastMember]
    look: LookSpec
    profile: Profile
    language: str
    encoder: Mapping[str, Any]
    card: EngineCard


@dataclass
class _Made:
    """The keys of what the shots left for the episode, by the names that later steps call them."""

    voices: Needs = field(default_factory=list)
    clips: Needs = field(default_factory=list)
    ladders: Needs = field(default_factory=list)


def make_plan(
    *,
    shots: Sequence[Shot],
    cast: Mapping[str, CastMember],
    look: LookSpec,
    profile: Profile,
    title: str,
    language: str,
    takes: Mapping[str, int] | None = None,
) -> Plan:
    """The plan of an episode. `cast` is by the names that the shots use; raises `Invalid` for a name it lacks.

    `takes`: the seeds of chosen takes by the shot's ref (see `shot_refs`); shots that are not in it are take 1.
    """
    recipe = _Recipe(cast, look, profile, language, encoder_settings(profile), engine_card(profile.engine))
    draft, made = _Draft(), _Made()
    for number, (shot, ref) in enumerate(zip(shots, shot_refs(shots), strict=True), start=1):
        seed = (takes or {}).get(ref)
        before = made.clips[-1][1] if _goes_on(shots, number, profile) else None
        _add_shot(draft, made, recipe, shot, number, seed, before)
    final = _add_episode(draft, made, shots, recipe, title)
    return Plan(tuple(draft.steps.values()), final, tuple(key for _, key in made.clips))


def _goes_on(shots: Sequence[Shot], number: int, profile: Profile) -> bool:
    """Whether a shot begins with the last frame of the one before it: that has to be of the same scene."""
    here = shots[number - 1]
    return profile.continuity == "last_frame" and number > 1 and shots[number - 2].scene == here.scene


def _add_shot(
    draft: _Draft, made: _Made, recipe: _Recipe, shot: Shot, number: int, seed: int | None, before: str | None
) -> None:
    spoken = [_voice(draft, line, recipe, f"{number}.{i}", number) for i, line in enumerate(shot.lines)]
    needs = [(f"voice:{i}", key) for i, key in enumerate(spoken)]
    spec = _shot_spec(shot, recipe, seed)
    filmed = _filmed(draft, recipe, spec, number, before)
    clip = draft.add(
        "shot", _shot_json(spec, recipe) | filmed.spec, [*needs, *filmed.needs], label=f"shot {number}", shot=number,
        card=recipe.card, affinity=recipe.profile.model, estimate=filmed.estimate,
    )  # fmt: skip
    rungs = {"rungs": _rungs(recipe.profile)[1:], "fps": recipe.profile.fps, "encoder": recipe.encoder}
    about = {"shot": {"estimated_ms": shot.estimated_ms}}
    ladder = draft.add("ladder", rungs, [("shot", clip)], label=f"ladder {number}", shot=number, estimate=about)
    made.voices += [(f"voice:{number}:{i}", key) for i, key in enumerate(spoken)]
    made.clips.append((f"shot:{number}", clip))
    made.ladders.append((f"ladder:{number}", ladder))


def _add_episode(draft: _Draft, made: _Made, shots: Sequence[Shot], recipe: _Recipe, title: str) -> str:
    """Sound, join and poster know no title and no caption, so that a change of those only writes the package anew."""
    profile, count = recipe.profile, len(shots)
    sound = draft.add("sound", _sound_spec(shots), [*made.clips, *made.voices], label="sound")
    joined = {"rungs": [rung.name for rung in profile.rungs], "shots": count, "fps": profile.fps}
    join = draft.add("join", joined, [*made.clips, *made.ladders, ("sound", sound)], label="join")
    poster = draft.add("poster", {"shots": count}, made.clips, label="poster")
    needs = [("join", join), ("poster", poster), *made.clips, *made.voices]
    return draft.add("package", _package_spec(shots, profile, title, recipe.language), needs, label="package")


def _voice(draft: _Draft, line: Line, recipe: _Recipe, label: str, shot: int) -> str:
    voice = _member(recipe.cast, line.speaker).voice
    spec = {"text": line.text, "language": recipe.language, "voice": voice, "manner": line.manner}
    return draft.add("voice", spec, (), label=f"voice {label}", shot=shot)


def _member(cast: Mapping[str, CastMember], name: str) -> CastMember:
    if name not in cast:
        raise Invalid(f"Nobody in the cast is called {name}.", code="missing_character", character=name)
    return cast[name]


def _filmed(draft: _Draft, recipe: _Recipe, spec: ShotSpec, number: int, before: str | None) -> Filmed:
    """The stages before the shot where its engine has any; else only where it goes on from."""
    profile, label, whole = recipe.profile, str(number), replace(spec, look=recipe.look)
    if not (profile.model or profile.service):
        return Filmed([("last", before)] if before else [])
    card = recipe.card if profile.model else None  # a service's own steps run on machines of their own

    def add(kind: str, spec: Mapping[str, Any], needs: Needs, *, label: str, seconds: float) -> str:
        return draft.add(
            kind, spec, needs, label=label, shot=None if OF in label else number, card=card, affinity=profile.model,
            estimate={"seconds": seconds},
        )

    return film(add, profile, whole, before, label) if profile.model else footage(add, whole, before, label)


def _shot_spec(shot: Shot, recipe: _Recipe, seed: int | None) -> ShotSpec:
    profile = recipe.profile
    return ShotSpec(
        shot=_placeless(shot), cast=tuple(replace(_member(recipe.cast, name), voice="") for name in shot.cast),
        look=_read_look(recipe.look, recipe.card), width=profile.width, height=profile.height, fps=profile.fps,
        captions_burned=profile.captions_burned and _has_captions(shot), language=recipe.language,
        seed=shot_seed(shot) if seed is None else seed, rerolled=seed is not None,
    )


def _shot_json(spec: ShotSpec, recipe: _Recipe) -> dict[str, Any]:
    engine = {"engine": recipe.profile.engine, "engine_version": recipe.card.version}
    return spec.to_json() | engine | {"encoder": dict(recipe.encoder)}


def _read_look(look: LookSpec, card: EngineCard) -> LookSpec:
    return replace(LookSpec("", "", ""), **{name: getattr(look, name) for name in card.look_fields})


def _has_captions(shot: Shot) -> bool:
    """A wordless shot may have its action told in captions; where nothing is written, nothing is burned."""
    return bool(shot.lines or shot.action)


def _placeless(shot: Shot) -> Shot:
    """The shot without its place in the text: a line added above must not render everything below it anew."""
    lines = tuple(replace(line, source_line=0) for line in shot.lines)
    return replace(shot, number=1, scene=1, first_line=0, last_line=0, lines=lines)


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
