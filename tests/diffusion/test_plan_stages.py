"""The plan of a diffusion episode: words, keyframe, latents, clip; and what an edit touches of them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from common.errors import Invalid
from generation.breakdown import breakdown
from generation.engines.base import CastMember, LookSpec
from generation.engines.profiles import PROFILES, get_profile
from generation.plan import Plan, diff, make_plan, notes_of
from generation.screenplay import parse
from tests.generation.test_plan import JONAS, LOOK, MARA, WHOLE, labels, shot_of, touched
from tests.generation.tiny import story

ROOT = Path(__file__).resolve().parents[2]


def planned(
    source: str = "", *, model: str = "tiny-wan", look: LookSpec = LOOK,
    cast: tuple[CastMember, ...] = (MARA, JONAS), **profile: object,
) -> Plan:
    shots = breakdown(parse(source or story()))
    return make_plan(
        shots=shots, cast={member.name: member for member in cast}, look=look,
        profile=replace(get_profile(model), **profile), title="The Key", language="en",
    )


def kinds(plan: Plan, number: int) -> list[str]:
    return [step.kind for step in plan.steps if step.shot == number]


def test_a_shot_is_words_keyframe_latents_and_clip_on_the_gpu_with_its_model_warm() -> None:
    plan = planned()
    spoken = shot_of(plan, "my name")
    assert kinds(plan, spoken) == ["voice", "prompt", "keyframe", "latents", "shot", "ladder"]
    filmed = [step for step in plan.steps if step.kind in ("prompt", "keyframe", "latents", "shot")]
    assert {(step.queue, step.affinity) for step in filmed} == {("gpu", "tiny-wan")}
    by_label = {step.label: dict(step.needs) for step in plan.steps}
    assert set(by_label[f"latents {spoken}"]) == {"prompt", "keyframe"}
    assert set(by_label[f"shot {spoken}"]) == {"voice:0", "latents"}


def test_an_edited_line_is_another_clip_and_not_another_film() -> None:
    before, after = planned(), planned(story("It has his name on it."))
    n = shot_of(after, "his name")
    assert touched(before, after) == {f"voice {n}.0", f"shot {n}", f"ladder {n}", *WHOLE}


def test_a_model_that_speaks_is_told_the_lines_and_so_films_an_edited_one_anew() -> None:
    before, after = planned(model="tiny-ltx2"), planned(story("It has his name on it."), model="tiny-ltx2")
    n = shot_of(after, "his name")
    assert touched(before, after) == {f"voice {n}.0", f"latents {n}", f"shot {n}", f"ladder {n}", *WHOLE}
    film = next(step for step in after.steps if step.label == f"latents {n}")
    assert 'says: "It has his name on it."' in film.spec["prompts"]["positive"]


def test_another_coat_is_another_film_of_those_shots_in_which_it_is_worn() -> None:
    before, after = planned(), planned(cast=(replace(MARA, look="blue coat"), JONAS))
    shots = [n for n, shot in enumerate(breakdown(parse(story())), start=1) if "MARA" in shot.cast]
    filmed = {f"{kind} {n}" for n in shots for kind in ("prompt", "keyframe", "latents", "shot", "ladder")}
    assert touched(before, after) == filmed | WHOLE
    assert set(diff(after, before, before.keys()).reasons.values()) == {"character"}


def test_another_look_of_the_series_is_a_reason_that_people_are_told() -> None:
    before, after = planned(), planned(look=LookSpec("noir", "rain", ""))
    assert set(diff(after, before, before.keys()).reasons.values()) == {"look"}


def test_with_last_frames_chained_an_edit_drags_the_later_films_of_its_scene_along() -> None:
    calm = planned(continuity="last_frame", keyframes=False)
    edited = planned(story("It has his name on it."), continuity="last_frame", keyframes=False)
    found = diff(edited, calm, calm.keys())
    shots = breakdown(parse(story()))
    n = shot_of(edited, "his name")
    later = tuple(m for m, shot in enumerate(shots, start=1) if m > n and shot.scene == shots[n - 1].scene)
    assert found.dragged == later
    for m in later:
        needs = next(dict(step.needs) for step in edited.steps if step.label == f"latents {m}")
        assert needs["last"] == edited.clip(m - 1)


def test_the_sizes_are_the_models_and_what_was_changed_is_told_in_words() -> None:
    plan = planned(model="final")
    shot = next(step for step in plan.steps if step.kind == "shot")
    assert (shot.spec["width"], shot.spec["height"]) == (720, 1280)
    assert (shot.spec["take"]["width"], shot.spec["take"]["height"]) == (704, 1280)
    assert shot.spec["take"]["frames"] % 4 == 1
    [note] = [one for one in notes_of(shot.spec) if one.code == "size"]
    assert note.text == "Wan 2.2 TI2V-5B makes 704 x 1280; it is scaled and cropped to 720 x 1280."
    assert dict(note.values) == {"model": "Wan 2.2 TI2V-5B", "made": "704 x 1280", "wanted": "720 x 1280"}
    assert notes_of(planned().steps[-1].spec) == ()


@pytest.mark.parametrize("name", [name for name, profile in PROFILES.items() if profile.model])
def test_every_shipped_profile_has_a_plan_with_a_price_in_gpu_seconds(name: str) -> None:
    plan = planned(model=name)
    assert all(step.estimated_seconds > 0 for step in plan.steps)
    assert {step.affinity for step in plan.steps if step.queue == "gpu"} == {get_profile(name).model}


def test_a_model_that_cannot_begin_with_a_picture_is_not_asked_to() -> None:
    with pytest.raises(Invalid, match="cannot be asked with image"):
        _with_model("tiny-hunyuan15")


def _with_model(name: str) -> Plan:
    shots = breakdown(parse(story()))
    profile = replace(get_profile("tiny-wan"), model=name)
    return make_plan(
        shots=shots, cast={"MARA": MARA, "JONAS": JONAS}, look=LOOK, profile=profile, title="The Key", language="en"
    )


def test_planning_a_diffusion_episode_imports_no_torch_and_needs_none_installed() -> None:
    asked = (
        "import sys; sys.modules |= dict.fromkeys(('torch', 'diffusers', 'transformers'));"  # None: import raises
        f"sys.path[:0] = [r'{ROOT}/platform', r'{ROOT}'];"
        "from generation.breakdown import breakdown; from generation.engines.base import CastMember, LookSpec;"
        "from generation.engines.profiles import get_profile; from generation.plan import make_plan;"
        "from generation.screenplay import parse;"
        f"shots = breakdown(parse({story()!r}));"
        "cast = {name: CastMember(name, 'red coat', 'en-us+f2', 1) for name in ('MARA', 'JONAS')};"
        "plan = make_plan(shots=shots, cast=cast, look=LookSpec('', '', ''), profile=get_profile('final'), title='',"
        " language='en'); print(len(plan.steps))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20
    assert labels(planned())["package"]


def test_with_references_each_look_has_one_sheet_that_all_its_shots_are_shown() -> None:
    plan = planned(model="final-cast")
    sheets = {step.label: step for step in plan.steps if step.kind == "sheet"}
    assert set(sheets) == {"sheet of MARA", "sheet of JONAS"}
    assert {step.shot for step in sheets.values()} == {None}
    for number, shot in enumerate(breakdown(parse(story())), start=1):
        needs = next(dict(step.needs) for step in plan.steps if step.label == f"latents {number}")
        shown = [key for name, key in sorted(needs.items()) if name.startswith("sheet:")]
        assert shown == [sheets[f"sheet of {name}"].key for name in shot.cast]
    other = planned(story("It has his name on it."), model="final-cast")
    assert {step.key for step in sheets.values()} <= other.keys()


def test_how_often_a_broken_film_is_made_again_is_in_its_key_and_not_in_its_price() -> None:
    strict, once = planned(), planned(rerolls=1)
    films = [next(step for step in plan.steps if step.label == "latents 1") for plan in (strict, once)]
    assert films[0].key != films[1].key
    assert films[0].estimated_seconds == films[1].estimated_seconds
    assert films[1].spec["judge"] == {"id": "plain", "version": "1"}
