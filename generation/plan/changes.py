"""What a plan would run, and why: compared with what is there, and with the plan before it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.canonical import digest
from generation.breakdown import shot_from_json
from generation.plan.model import Plan, PlannedStep
from generation.plan.refs import shot_refs

FILMED = ("footage", "keyframe", "latents", "prompt", "sheet", "shot")  # the steps that a shot's pictures come from
# what a shot's spec says beside the shot itself, in the order in which a change is worth telling
PARTS = (
    ("cast", "character"), ("look", "look"), ("seed", "take"), ("rerolled", "take"), ("captions_burned", "profile"),
    ("width", "profile"), ("height", "profile"), ("fps", "profile"), ("encoder", "profile"), ("engine", "profile"),
    ("take", "profile"), ("engine_version", "tools"), ("made_with", "tools"),
)
REASONS = {
    "new": "it was not there, or it is drawn otherwise", "words": "other words", "voice": "another voice",
    "character": "somebody looks different", "look": "the series looks different", "take": "another take",
    "profile": "other size, rate or quality", "tools": "engine or libraries are other ones",
    "continuity": "unchanged, but the shot before it is not", "absent": "asked for before, but not there",
}


@dataclass(frozen=True, slots=True)
class Diff:
    """What has to run, in plan order. Numbers of shots: `touched` are made anew in picture or voice; `dragged` are
    those of them that would stay as they were if an earlier shot of the scene did. `reasons` says of every touched shot
    why, in a word of `REASONS`.
    """

    run: tuple[PlannedStep, ...]
    shots_total: int
    touched: tuple[int, ...]
    dragged: tuple[int, ...]
    reasons: Mapping[int, str]


def diff(plan: Plan, previous: Plan | None, present: Collection[str]) -> Diff:
    """`present` are keys whose artifact is there; `previous` is what was rendered last, if anything was."""
    run = plan.missing(present)
    clips = {step.key for step in run if step.kind == "shot"}
    spoken = {step.shot for step in run if step.kind == "voice"}
    touched = [n for n, key in enumerate(plan.clips, start=1) if key in clips or n in spoken]
    reasons = dict(zip(touched, _reasons(plan, previous, touched), strict=True))
    dragged = tuple(n for n, why in reasons.items() if why == "continuity")
    return Diff(run, len(plan.clips), tuple(touched), dragged, reasons)


def _reasons(plan: Plan, previous: Plan | None, touched: Sequence[int]) -> Iterator[str]:
    """Why each of these shots of `plan` is not there."""
    steps, before = _clips_of(plan), _clips_of(previous) if previous else []
    owns, olds = _Owns(plan), _Owns(previous) if previous else None
    known, own = previous.keys() if previous else frozenset(), {olds.of(step.key) for step in before} if olds else set()
    refs, by_ref = _refs(steps), dict(zip(_refs(before), before, strict=True))
    for number in touched:
        step, old = steps[number - 1], by_ref.get(refs[number - 1])
        if step.key in known:
            yield "absent"
        elif owns.of(step.key) in own:
            yield "continuity"
        else:
            yield _difference(step, old) if old else "new"


def _difference(step: PlannedStep, old: PlannedStep) -> str:
    if _words(step) != _words(old):
        return "words"
    changed = next((why for name, why in PARTS if step.spec.get(name) != old.spec.get(name)), "")
    if changed:
        return changed
    return "voice" if _heard(step) != _heard(old) else "new"


def _clips_of(plan: Plan) -> list[PlannedStep]:
    """The shot's step of every number."""
    by_key = {step.key: step for step in plan.steps}
    return [by_key[key] for key in plan.clips if key in by_key]


def _refs(steps: list[PlannedStep]) -> list[str]:
    return shot_refs([shot_from_json(dict(step.spec["shot"])) for step in steps])


class _Owns:
    """All that decides a step but the shot before it: its spec, and the same of what it needs."""

    def __init__(self, plan: Plan) -> None:
        self._steps = {step.key: step for step in plan.steps}
        self._found: dict[str, str] = {}

    def of(self, key: str) -> str:
        step = self._steps.get(key)
        if step is None or step.kind not in FILMED:
            return key
        if key not in self._found:
            needs = {name: self.of(need) for name, need in step.needs if name != "last"}
            self._found[key] = digest([dict(step.spec), needs])
        return self._found[key]


def _heard(step: PlannedStep) -> dict[str, str]:
    return {name: key for name, key in step.needs if name.startswith("voice:")}


def _words(step: PlannedStep) -> list[Any]:
    return [[line["speaker"], line["text"]] for line in step.spec["shot"]["lines"]]
