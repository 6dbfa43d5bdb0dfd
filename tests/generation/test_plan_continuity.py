"""Where each shot of a scene begins with the last frame of the one before, and what a diff says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from generation.breakdown import breakdown
from generation.engines.base import Profile
from generation.plan import Plan, diff, shot_refs
from generation.screenplay import parse
from tests.generation.test_plan_keys import ANIMATIC, IRIS, JONAS, MARA, STORY, planned

LINKED: dict[str, Any] = {"continuity": "last_frame"}
SCENES = """INT. ROOM - DAY

MARA looks at the door.

MARA
One.

JONAS
Two!

MARA
Three?

INT. CELLAR - NIGHT

JONAS waits.

JONAS
Four.

MARA
Five!
"""


def test_without_continuity_no_shot_needs_another() -> None:
    assert ANIMATIC.continuity == "none"
    assert "last" not in {name for step in planned(SCENES).steps for name, _ in step.needs}


def test_a_shot_needs_the_one_before_it_of_its_scene() -> None:
    plan = planned(SCENES, **LINKED)
    scenes = [shot.scene for shot in breakdown(parse(SCENES))]
    by_key = {step.key: step for step in plan.steps}
    lasts = [dict(by_key[key].needs).get("last") for key in plan.clips]
    expected = [
        plan.clips[i - 1] if i and scenes[i - 1] == scenes[i] else None for i in range(len(scenes))
    ]
    assert lasts == expected
    assert lasts.count(None) == 2


def test_an_edited_line_drags_the_later_shots_of_its_scene_and_the_plan_says_which() -> None:
    before, after = planned(SCENES, **LINKED), planned(SCENES.replace("Two!", "Twice!"), **LINKED)
    found = diff(after, before, before.keys())
    scenes = [shot.scene for shot in breakdown(parse(SCENES))]
    first = next(step.shot for step in after.steps if step.kind == "voice" and step.spec["text"] == "Twice!")
    assert first is not None
    later = tuple(n for n in range(first + 1, len(scenes) + 1) if scenes[n - 1] == 1)
    assert found.dragged == later != ()
    assert found.touched == (first, *later)
    assert found.reasons == {first: "words"} | dict.fromkeys(later, "continuity")
    # the same edit without continuity drags nobody
    plain = planned(SCENES.replace("Two!", "Twice!"))
    assert diff(plain, planned(SCENES), planned(SCENES).keys()).touched == (first,)


@pytest.mark.parametrize(("after", "why"), [
    (lambda: planned(STORY.replace("my name", "his name")), {"words"}),
    (lambda: planned(cast=(replace(MARA, voice="en-gb+f1"), JONAS, IRIS)), {"voice"}),
    (lambda: planned(cast=(replace(MARA, look="grey coat"), JONAS, IRIS)), {"character"}),
    (lambda: planned(fps=25), {"profile"}),
    (lambda: planned(takes=dict.fromkeys(shot_refs(breakdown(parse(STORY))), 5)), {"take"}),
    (lambda: planned(STORY.replace("wet envelope", "torn letter")), {"new"}),
])
def test_a_diff_says_why_each_shot_is_made_anew(after: Callable[[], Plan], why: set[str]) -> None:
    found = diff(after(), planned(), planned().keys())
    assert set(found.reasons.values()) == why
    assert (tuple(found.reasons), found.dragged) == (found.touched, ())


def test_a_diff_with_nothing_before_it_is_all_new_and_one_that_is_not_there_yet_is_absent() -> None:
    plan = planned()
    assert set(diff(plan, None, ()).reasons.values()) == {"new"}
    assert set(diff(plan, plan, ()).reasons.values()) == {"absent"}
    assert diff(plan, plan, plan.keys()).run == ()


def test_profiles_say_what_continuity_they_keep() -> None:
    profile = Profile("p", "animatic", 720, 1280, 24, ANIMATIC.rungs, captions_burned=True)
    assert profile.continuity == "none"
