"""A plan names exactly the work that its content needs: an edit changes the keys it touches and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import Invalid
from generation.breakdown import breakdown
from generation.engines import CARDS
from generation.engines.base import CastMember, LookSpec
from generation.engines.profiles import get_profile
from generation.plan import Plan, make_plan
from generation.screenplay import parse
from tests.generation.tiny import long_story, story

WHOLE = {"sound", "join", "poster", "package"}
LOOK = LookSpec("cinematic", "warm film light", "")
MARA = CastMember("MARA", "red coat, short hair", "en-us+f2", 11)
JONAS = CastMember("JONAS", "tall, grey beard", "en-us+m3", 12)


def planned(
    source: str = "", *, look: LookSpec = LOOK, cast: tuple[CastMember, ...] = (MARA, JONAS), **profile
) -> Plan:
    shots = breakdown(parse(source or story()))
    return make_plan(
        shots=shots, cast={member.name: member for member in cast}, look=look,
        profile=replace(get_profile("animatic"), **profile), title="The Key", language="en",
    )


def labels(plan: Plan) -> dict[str, str]:
    return {step.label: step.key for step in plan.steps}


def touched(before: Plan, after: Plan) -> set[str]:
    """Labels in `after` whose key `before` has not."""
    known = before.keys()
    return {step.label for step in after.steps if step.key not in known}


def shot_of(plan: Plan, words: str) -> int:
    return next(step.shot for step in plan.steps if step.kind == "voice" and words in step.spec["text"])


def test_the_same_story_has_the_same_plan() -> None:
    assert planned() == planned()


def test_an_edited_line_touches_its_voice_its_shot_and_ladder_and_what_is_made_of_the_whole() -> None:
    before, after = planned(), planned(story("It has his name on it."))
    n = shot_of(after, "his name")
    assert touched(before, after) == {f"voice {n}.0", f"shot {n}", f"ladder {n}", *WHOLE}
    assert len(after.steps) == len(before.steps)


def test_a_line_that_only_moves_down_the_page_touches_nothing() -> None:
    moved = story().replace("MARA\nIt has", "\n\n/* a note\nof two lines */\n\nMARA\nIt has")
    assert touched(planned(), planned(moved)) == set()


def test_a_scene_added_in_front_leaves_the_later_shots_as_they_were() -> None:
    before = planned()
    front = "INT. CELLAR - DAY\n\nMARA\nSomebody was here before me.\n\nINT. HALLWAY - NIGHT"
    after = planned(story().replace("INT. HALLWAY - NIGHT", front))
    again = {step.key for step in after.steps if step.kind in ("voice", "shot", "ladder")} & before.keys()
    assert again == {step.key for step in before.steps if step.kind in ("voice", "shot", "ladder")}


def test_a_new_look_of_a_character_touches_only_the_shots_with_that_character() -> None:
    before = planned()
    after = planned(cast=(MARA, replace(JONAS, look="tall, no beard")))
    with_jonas = {
        step.shot for step in after.steps
        if step.kind == "shot" and "JONAS" in [member["name"] for member in step.spec["cast"]]
    }
    without = {step.shot for step in after.steps if step.kind == "shot"} - with_jonas
    assert with_jonas
    assert without
    expected = {f"{kind} {n}" for n in with_jonas for kind in ("shot", "ladder")}
    assert touched(before, after) == expected | WHOLE


def test_a_new_voice_touches_what_that_voice_says_and_not_who_is_only_seen() -> None:
    before, after = planned(), planned(cast=(MARA, replace(JONAS, voice="en-gb+m1")))
    spoken = [step for step in after.steps if step.kind == "voice" and step.spec["voice"] == "en-gb+m1"]
    shots = {step.shot for step in spoken}
    expected = {step.label for step in spoken} | {f"{kind} {n}" for n in shots for kind in ("shot", "ladder")}
    assert touched(before, after) == expected | WHOLE


def test_a_new_look_of_the_series_touches_every_picture_of_an_engine_that_reads_it_and_no_voice(monkeypatch) -> None:
    noir = replace(LOOK, style="noir")
    assert touched(planned(), planned(look=noir)) == set()  # the animatic engine draws without it
    reads = replace(CARDS["animatic"], look_fields=("style", "prompt"))
    monkeypatch.setitem(CARDS, "animatic", reads)
    assert {label.split()[0] for label in touched(planned(), planned(look=noir))} == {"shot", "ladder", *WHOLE}
    assert touched(planned(), planned(look=replace(LOOK, negative_prompt="blur"))) == set()


def test_a_lower_rung_touches_the_ladders_and_the_package_but_no_shot_and_no_sound() -> None:
    rungs = get_profile("animatic").rungs
    after = planned(rungs=(*rungs[:-1], replace(rungs[-1], crf=30)))
    assert {label.split()[0] for label in touched(planned(), after)} == {"ladder", "join", "package"}


def test_the_same_words_said_twice_in_one_shot_are_spoken_once() -> None:
    lines = "\n\nMARA\nNo.\n\nMARA\n(softly)\nNo!\n\nMARA\nNo.\n"
    plan = planned(f"INT. ROOM - DAY\n\nMARA waits.{lines}")
    voices = [step for step in plan.steps if step.kind == "voice"]
    named = [key for step in plan.steps if step.kind == "package" for name, key in step.needs if name[:5] == "voice"]
    assert len(voices) == len({(step.spec["text"], step.spec["manner"]) for step in voices})
    assert set(named) == {step.key for step in voices}


def test_steps_stand_after_what_they_need_and_the_package_is_last() -> None:
    plan = planned(long_story(12))
    seen: set[str] = set()
    for step in plan.steps:
        assert {key for _, key in step.needs} <= seen
        assert step.estimated_seconds > 0
        seen.add(step.key)
    assert plan.steps[-1].key == plan.final_key
    assert {step.queue for step in plan.steps if step.kind == "shot"} == {"render"}


def test_missing_stops_at_what_is_present() -> None:
    plan = planned()
    by_label = labels(plan)
    assert plan.missing([]) == plan.steps
    assert plan.missing(plan.keys()) == ()
    assert plan.missing([plan.final_key]) == ()
    without_sound = plan.keys() - {by_label["sound"], by_label["join"], by_label["package"]}
    assert [step.label for step in plan.missing(without_sound)] == ["sound", "join", "package"]
    # a clip that is there needs no voice, even if the voice is gone: only the mix and the package still ask for it
    gone = plan.keys() - {by_label["voice 1.0"]} if "voice 1.0" in by_label else plan.keys()
    assert plan.missing(gone) == ()


def test_a_speaker_who_is_not_in_the_cast_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refused:
        planned(cast=(MARA,))
    assert (refused.value.code, refused.value.details) == ("missing_character", {"character": "JONAS"})


SAID = ["Open it.", "No.", "Who are you?", "Give it to me."]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(SAID), min_size=2, max_size=6), st.data())
def test_any_edited_line_touches_its_voice_and_the_shots_that_the_storyboard_changes_and_no_other(said, data) -> None:
    def text(lines: list[str]) -> str:
        return "".join(f"INT. ROOM {n} - DAY\n\nMARA waits.\n\nMARA\n{line}\n\n" for n, line in enumerate(lines))

    n = data.draw(st.integers(0, len(said) - 1))
    sources = text(said), text([*said[:n], "Never.", *said[n + 1 :]])
    # a question may be framed closer than an answer, and the next shot then differs from its neighbour: both are edits
    old, new = ([replace(shot, first_line=0, last_line=0) for shot in breakdown(parse(source))] for source in sources)
    changed = {shot.number for shot, before in zip(new, old, strict=True) if shot != before}
    found = touched(planned(sources[0]), planned(sources[1]))
    assert {label for label in found if label.startswith(("shot", "ladder"))} == {
        f"{kind} {number}" for number in changed for kind in ("shot", "ladder")
    }
    assert len([label for label in found if label.startswith("voice")]) == 1
