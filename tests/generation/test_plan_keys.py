"""What decides a step's bytes is in its key, and nothing else: each thing changed by itself, and exactly its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from generation.breakdown import breakdown
from generation.engines import CARDS, get_engine
from generation.engines.base import CastMember, LookSpec, Rung
from generation.engines.profiles import get_profile
from generation.plan import Plan, make_plan, shot_refs, take_seed
from generation.screenplay import parse
from generation.steps import KINDS, toolchain

ANIMATIC = get_profile("animatic")
MARA = CastMember("MARA", "red coat, short hair", "en-us+f2", 11)
JONAS = CastMember("JONAS", "tall, grey beard", "en-us+m3", 12)
IRIS = CastMember("IRIS", "green dress", "en-us+f3", 13)
LOOK = LookSpec("cinematic", "warm film light", "")
STORY = """Title: The Key

INT. HALLWAY - NIGHT

A wet envelope lies under the door. MARA picks it up.

MARA
It has my name on it.

INT. KITCHEN - NIGHT

JONAS stands in the dark, a key in his hand.

JONAS
(whispering)
Don't open it. Please.

IRIS
Give it to me, both of you.
"""
WHOLE = {"sound", "join", "poster", "package"}
EVERY = {"voice", "shot", "ladder", *WHOLE}


def planned(
    source: str = STORY, cast: tuple[CastMember, ...] = (MARA, JONAS, IRIS), look: LookSpec = LOOK, title: str = "Key",
    takes: dict[str, int] | None = None, language: str = "en", **profile: Any,
) -> Plan:  # fmt: skip
    return make_plan(
        shots=breakdown(parse(source)), cast={member.name: member for member in cast}, look=look,
        profile=replace(ANIMATIC, **profile), title=title, language=language, takes=takes,
    )


def touched(after: Plan, before: Plan | None = None) -> set[str]:
    """Labels of `after` whose key the plan before has not."""
    known = (before or planned()).keys()
    return {step.label for step in after.steps if step.key not in known}


def kinds(labels: set[str]) -> set[str]:
    return {label.split()[0] for label in labels}


def of_shots(plan: Plan, *words: str, cast: str = "") -> set[str]:
    """Labels of shots and their ladders: those that say one of the words, or show that person."""
    found = set()
    for step in plan.steps:
        if step.kind == "shot":
            said = " ".join(line["text"] for line in step.spec["shot"]["lines"])
            if any(word in said for word in words) or cast in [member["name"] for member in step.spec["cast"]]:
                found |= {f"shot {step.shot}", f"ladder {step.shot}"}
    return found


def voices(plan: Plan, word: str) -> set[str]:
    return {step.label for step in plan.steps if step.kind == "voice" and word in step.spec["text"]}


# --- what decides

def test_words_of_a_line_touch_its_voice_its_shot_and_the_whole() -> None:
    after = planned(STORY.replace("my name", "his name"))
    assert touched(after) == voices(after, "his name") | of_shots(after, "his name") | WHOLE


def test_the_manner_of_a_line_touches_the_same() -> None:
    after = planned(STORY.replace("(whispering)", "(angry)"))
    assert touched(after) == voices(after, "open it") | of_shots(after, "open it") | WHOLE


def test_a_voice_touches_what_it_says_and_nobody_elses_shots() -> None:
    after = planned(cast=(MARA, replace(JONAS, voice="en-gb+m1"), IRIS))
    assert touched(after) == voices(after, "open it") | of_shots(after, "open it") | WHOLE


@pytest.mark.parametrize("changed", [{"look": "tall, no beard"}, {"seed": 99}])
def test_the_looks_of_somebody_touch_only_the_shots_that_show_them(changed: dict[str, Any]) -> None:
    after = planned(cast=(MARA, replace(JONAS, **changed), IRIS))
    with_jonas = of_shots(after, cast="JONAS")
    assert touched(after) == with_jonas | WHOLE
    assert 0 < len(with_jonas) < 2 * len(after.clips)


def test_a_place_touches_its_shots() -> None:
    after = planned(STORY.replace("INT. KITCHEN - NIGHT", "INT. KITCHEN - DAY"))
    here = {step.shot for step in after.steps if step.kind == "shot" and step.spec["shot"]["place"] == "KITCHEN"}
    assert touched(after) == {f"{kind} {n}" for n in here for kind in ("shot", "ladder")} | WHOLE


def test_another_take_touches_its_shot() -> None:
    ref = shot_refs(breakdown(parse(STORY)))[1]
    assert touched(planned(takes={ref: take_seed(ref, 2)})) == {"shot 2", "ladder 2", *WHOLE}
    assert touched(planned(takes={"f" * 64: 7})) == set()  # of a shot that is no more


@pytest.mark.parametrize(("changed", "expected"), [
    ({"width": 704}, {"shot", "ladder", *WHOLE}),
    ({"height": 1264}, {"shot", "ladder", *WHOLE}),
    ({"fps": 25}, {"shot", "ladder", *WHOLE}),
    ({"rungs": (replace(ANIMATIC.rungs[0], crf=20), *ANIMATIC.rungs[1:])}, {"shot", "ladder", *WHOLE}),
    ({"rungs": (*ANIMATIC.rungs[:-1], replace(ANIMATIC.rungs[-1], crf=30))}, {"ladder", "join", "package"}),
    ({"rungs": (*ANIMATIC.rungs, Rung("240p", 240, 426, 26))}, {"ladder", "join", "package"}),
    ({"captions_burned": False}, {"shot", "ladder", *WHOLE}),
])
def test_the_profile_touches_what_it_decides(changed: dict[str, Any], expected: set[str]) -> None:
    assert kinds(touched(planned(**changed))) == expected


def test_burned_captions_are_in_the_shots_under_them_and_in_no_other() -> None:
    bare = "INT. ROOM - DAY\n\nINT. HALL - DAY\n\nMARA\nNo.\n"
    before, after = planned(bare), planned(bare, captions_burned=False)
    silent = {step.shot for step in before.steps if step.kind == "shot" and not step.spec["captions_burned"]}
    spoken = {step.shot for step in before.steps if step.kind == "voice"}
    assert silent | spoken == set(range(1, len(before.clips) + 1))
    assert not silent & spoken
    assert {int(label.split()[1]) for label in touched(after, before) if label.startswith("shot")} == spoken


LIBRARIES = {
    "av": {"shot", "ladder", *WHOLE},
    "opencv-python-headless": {"shot", "ladder", *WHOLE},
    "numpy": EVERY,
    "pillow": {"shot", "ladder", *WHOLE},
    "jieba": {"shot", "ladder", *WHOLE},
    "manimgx-fonts-cjk": {"shot", "ladder", *WHOLE},
    "espeakng-loader": EVERY,
}


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_a_library_touches_what_it_makes_and_what_is_made_of_that(library: str, monkeypatch: Any) -> None:
    before, real = planned(), toolchain.version_of
    monkeypatch.setattr(toolchain, "version_of", lambda name: "0.0" if name == library else real(name))
    assert kinds(touched(planned(), before)) == LIBRARIES[library]
    assert {name for kind in KINDS.values() for name in kind.libraries} | {*CARDS["animatic"].libraries} == {*LIBRARIES}


FROM_THERE = {
    "voice": EVERY, "shot": EVERY - {"voice"}, "ladder": {"ladder", "join", "package"},
    "sound": {"sound", "join", "package"}, "join": {"join", "package"}, "poster": {"poster", "package"},
    "package": {"package"}, "prompt": set(), "keyframe": set(), "latents": set(), "sheet": set(),  # of other engines
    "footage": set(),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_version_of_a_steps_code_touches_it_and_what_follows(kind: str, monkeypatch: Any) -> None:
    before = planned()
    monkeypatch.setitem(KINDS, kind, replace(KINDS[kind], version="next"))
    assert kinds(touched(planned(), before)) == FROM_THERE[kind]


def test_the_version_of_the_engine_touches_every_shot(monkeypatch: Any) -> None:
    before = planned()
    assert get_engine("animatic").version == CARDS["animatic"].version
    monkeypatch.setitem(CARDS, "animatic", replace(CARDS["animatic"], version="next"))
    assert kinds(touched(planned(), before)) == EVERY - {"voice"}


# --- what does not

NOTHING: list[tuple[str, Callable[[], Plan]]] = [
    ("an empty line above", lambda: planned(STORY.replace("INT. HALLWAY", "\n\n\nINT. HALLWAY"))),
    ("a note", lambda: planned(STORY.replace("MARA\nIt", "[[too early?]]\n\nMARA\nIt"))),
    ("a comment", lambda: planned(STORY.replace("MARA\nIt", "/* not\nnow */\n\nMARA\nIt"))),
    ("a section and a synopsis", lambda: planned(STORY.replace("INT. KIT", "# Act two\n\n= He has it.\n\nINT. KIT"))),
    ("another author", lambda: planned(STORY.replace("Title: The Key", "Title: The Key\nAuthor: Somebody"))),
    ("the voice of somebody silent", lambda: planned(cast=(MARA, JONAS, IRIS, CastMember("OLD MAN", "", "x", 1)))),
    ("the order of the cast", lambda: planned(cast=(IRIS, JONAS, MARA))),
    ("a look that the engine does not read", lambda: planned(look=LookSpec("noir", "cold", "blur"))),
    ("the profile's name", lambda: planned(name="another")),
]


@pytest.mark.parametrize("after", [pytest.param(plan, id=what) for what, plan in NOTHING])
def test_what_decides_nothing_touches_nothing(after: Callable[[], Plan]) -> None:
    assert touched(after()) == set()


def test_a_title_and_a_sidecar_only_write_the_package_anew() -> None:
    assert touched(planned(title="The Other Key")) == {"package"}


def test_planning_imports_nothing_heavy() -> None:
    import subprocess
    import sys
    from pathlib import Path

    code = (
        "import sys; sys.path[:0]=['platform','.'];"
        "from generation.plan import make_plan; from generation.breakdown import breakdown;"
        "from generation.screenplay import parse; from generation.engines.base import LookSpec;"
        "from generation.engines.profiles import get_profile;"
        "plan = make_plan(shots=breakdown(parse('INT. ROOM - DAY\\n\\nRain.\\n')), cast={}, look=LookSpec('','',''),"
        " profile=get_profile('animatic'), title='', language='en');"
        "assert plan.steps[0].spec['made_with']['av'];"
        "heavy={'torch','django','cv2','av','PIL','numpy','jieba'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).resolve().parents[2], check=True)
