"""The storyboard artist: nothing is lost, nothing runs on, and it reads like a vertical drama."""

from __future__ import annotations

import itertools
import json
import re
import textwrap
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.breakdown import (
    FRAMINGS,
    MAX_SHOT_MS,
    MIN_SHOT_MS,
    MOVES,
    TRANSITIONS,
    Shot,
    breakdown,
    shot_from_json,
    shot_to_json,
)
from generation.breakdown.timing import speech_ms, split_speech
from generation.screenplay import Action, Cut, Line, Scene, Screenplay, parse

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


def shots_of(text: str) -> tuple[Shot, ...]:
    return breakdown(parse(textwrap.dedent(text).lstrip("\n")))


def letters(texts) -> str:
    return re.sub(r"\s+", "", "".join(texts))


def spoken(screenplay: Screenplay) -> list[Line]:
    return [element for scene in screenplay.scenes for element in scene.elements if isinstance(element, Line)]


def set_up(shot: Shot) -> tuple:
    """Over one shoulder and over the other are two set-ups."""
    return shot.framing, shot.cast, shot.framing == "over_shoulder" and shot.lines[0].speaker


NAMES = ["ANNA", "BEN", "MRS. HALE", "NARRATOR", "李明", "王小芳", "旁白"]
WORDS = st.sampled_from(
    ["You lied to me.", "Why?", "No!", "Give me the letter, now.", "I was there when he died, and you know it.",
     "Mr. Hale", "你来了。", "为什么？", "真相只有一个，你早就知道！", "……别走。", "一" * 60, "word " * 30, "x" * 90,
     "（笑）"]
)  # fmt: skip
SPEECH = st.lists(WORDS, min_size=1, max_size=6).map("".join) | st.text(
    st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=80
)
LINES = st.builds(
    Line, st.sampled_from(NAMES), SPEECH, st.sampled_from(["", "low", "低声"]), st.booleans(), st.integers(1, 500)
)
DEEDS = st.sampled_from(
    ["Anna opens the door. Ben freezes.", "Rain.", "She runs.", "A letter.", "They stare at each other.",
     "Anna leaves.", "李明推门进来，小芳愣住了。", "他看着照片。", "两人对视。", "雷声。"]
)  # fmt: skip
ELEMENTS = st.one_of(
    LINES,
    st.builds(Action, DEEDS, st.integers(1, 500)),
    st.builds(Cut, st.sampled_from(["CUT TO:", "FADE OUT.", "叠化"]), st.integers(1, 500)),
)


@st.composite
def screenplays(draw) -> Screenplay:
    scenes = tuple(
        Scene(
            n, "h", draw(st.sampled_from([True, False, None])), draw(st.sampled_from(["Kitchen", "街道", "Car"])),
            draw(st.sampled_from(["day", "night", "dawn", "dusk"])), tuple(draw(st.lists(ELEMENTS, max_size=8))), n,
        )
        for n in range(1, draw(st.integers(1, 4)) + 1)
    )  # fmt: skip
    said = (element.speaker for scene in scenes for element in scene.elements if isinstance(element, Line))
    return Screenplay("t", draw(st.sampled_from(["en", "zh"])), scenes, tuple(dict.fromkeys(said)))


@settings(max_examples=80, deadline=None)
@given(screenplays())
def test_every_word_is_spoken_once_and_in_order_in_shots_within_the_limits(screenplay):
    shots = breakdown(screenplay)
    heard = [line for shot in shots for line in shot.lines]
    wanted = spoken(screenplay)
    assert letters(line.text for line in heard) == letters(line.text for line in wanted)
    for (key, pieces), line in zip(
        itertools.groupby(heard, key=lambda line: (line.speaker, line.manner, line.off_screen, line.source_line)),
        [next(group) for _, group in itertools.groupby(
            wanted, key=lambda line: (line.speaker, line.manner, line.off_screen, line.source_line))],
        strict=True,
    ):
        assert key == (line.speaker, line.manner, line.off_screen, line.source_line)
        assert all(piece.text.strip() for piece in pieces)
    assert [shot.number for shot in shots] == list(range(1, len(shots) + 1))
    assert all(MIN_SHOT_MS <= shot.estimated_ms <= MAX_SHOT_MS for shot in shots)
    assert all(len(shot.lines) <= 3 for shot in shots)
    assert {shot.scene for shot in shots} == {scene.number for scene in screenplay.scenes}
    assert [shot.scene for shot in shots] == sorted(shot.scene for shot in shots)


@settings(max_examples=50, deadline=None)
@given(screenplays())
def test_it_is_deterministic_and_speaks_only_its_own_words(screenplay):
    shots = breakdown(screenplay)
    assert shots == breakdown(screenplay)
    assert tuple(shot_from_json(json.loads(json.dumps(shot_to_json(shot)))) for shot in shots) == shots
    for shot in shots:
        assert shot.framing in FRAMINGS
        assert shot.move in MOVES
        assert shot.transition in TRANSITIONS
        assert set(shot.cast) <= set(screenplay.speakers) - {"NARRATOR", "旁白"}
        assert list(shot.cast) == [name for name in screenplay.speakers if name in shot.cast]


@settings(max_examples=50, deadline=None)
@given(screenplays())
def test_the_camera_never_repeats_a_move_and_ends_on_a_push_in(screenplay):
    shots = breakdown(screenplay)
    assert all(a.move != b.move for a, b in itertools.pairwise(shots))
    assert all(set_up(a) != set_up(b) for a, b in itertools.pairwise(shots[:-1]))
    assert shots[-1].move == "push_in"


@settings(max_examples=80, deadline=None)
@given(SPEECH)
def test_a_split_speech_keeps_its_words_and_each_piece_fits(text):
    pieces = split_speech(text)
    assert letters(pieces) == letters([text])
    assert all(speech_ms(piece) <= MAX_SHOT_MS - 500 for piece in pieces)


TWO_HANDS = """
    INT. KITCHEN - NIGHT

    Anna waits. Ben enters.

    ANNA
    You are late again tonight.

    BEN
    There was so much traffic.

    ANNA
    You never take the car.

    BEN
    I know what you are thinking.

    She drops the ring.

    ANNA
    I know you killed him!

    The clock strikes midnight.

    EXT. STREET - NIGHT

    Rain falls.

    INT. KITCHEN - NIGHT

    Ben laughs.

    BEN
    Prove it.
"""


def test_a_new_place_opens_wide_and_a_known_one_does_not():
    shots = shots_of(TWO_HANDS)
    firsts = [next(shot for shot in shots if shot.scene == n) for n in (1, 2, 3)]
    assert [shot.framing for shot in firsts] == ["wide", "wide", "medium"]
    assert (firsts[0].cast, firsts[0].action) == (("ANNA",), "Anna waits.")
    assert firsts[1].cast == ()


def test_dialogue_alternates_over_the_shoulder_and_close():
    talk = [shot for shot in shots_of(TWO_HANDS) if shot.scene == 1 and shot.lines]
    assert [(shot.lines[0].speaker, shot.framing) for shot in talk] == [
        ("ANNA", "over_shoulder"), ("BEN", "over_shoulder"), ("ANNA", "close"), ("BEN", "close"), ("ANNA", "close"),
    ]  # fmt: skip
    assert talk[0].cast == ("ANNA", "BEN")
    assert talk[2].cast == ("ANNA",)


def test_an_object_is_an_insert_and_a_blow_has_its_reaction():
    shots = shots_of(TWO_HANDS)
    ring = next(shot for shot in shots if "ring" in shot.action)
    assert (ring.framing, ring.cast) == ("insert", ("ANNA",))
    blow = next(i for i, shot in enumerate(shots) if shot.lines and "killed" in shot.lines[0].text)
    assert shots[blow].move == "push_in"
    assert (shots[blow + 1].framing, shots[blow + 1].cast, shots[blow + 1].lines) == ("close", ("BEN",), ())


def test_the_episode_ends_on_a_held_close_push_in():
    last = shots_of(TWO_HANDS)[-1]
    assert (last.framing, last.move, last.cast) == ("close", "push_in", ("BEN",))
    assert last.estimated_ms > speech_ms("Prove it.") + 1000


def test_quick_words_share_a_two_shot_and_long_speeches_are_cut_at_sentences():
    talk = "ANNA\nStay.\n\nBEN\nNo.\n\nANNA\nFine.\n\nBEN\nGo.\n\nANNA\n"
    shots = shots_of(f"INT. A - DAY\n\n{talk}" + "I came to say it. " * 9)
    talk = [shot for shot in shots if shot.lines]
    assert [line.text for line in talk[0].lines] == ["Stay.", "No.", "Fine."]
    assert (talk[0].framing, talk[0].cast) == ("medium", ("ANNA", "BEN"))
    assert [line.text for shot in talk[2:] for line in shot.lines] == [
        ("I came to say it. " * n).strip() for n in (2, 2, 2, 2, 1)
    ]


def test_a_voice_from_elsewhere_is_seen_in_the_face_that_hears_it():
    shots = shots_of("INT. A - DAY\n\nAnna waits by the window.\n\nBEN (O.S.)\nOpen up.\n\nANNA\nNever.\n")
    assert next((shot.framing, shot.cast) for shot in shots if shot.lines) == ("close", ("ANNA",))


def test_transitions_begin_the_shot_that_follows_them():
    first, second = "FADE IN:\n\nINT. A - DAY\n\nX walks.\n\n", "DISSOLVE TO:\n\nINT. B - DAY\n\nY walks.\n\n"
    shots = shots_of(f"{first}{second}CUT TO:\n\nINT. C - DAY\n\nz.")
    assert [shot.transition for shot in shots] == ["fade", "dissolve", "cut"]


def test_chinese_is_broken_down_alike():
    shots = shots_of("""
        内景 客厅 夜
        李明坐在沙发上。王小芳推门进来。
        李明：你去哪儿了？
        王小芳：加班。
        李明：你骗我！
        小芳愣住了。
        他拿起手机。
        王小芳：那张照片，是谁发给你的？
    """)
    assert [(shot.framing, shot.cast) for shot in shots] == [
        ("wide", ("李明",)), ("medium", ("王小芳",)), ("medium", ("李明", "王小芳")), ("close", ("李明",)),
        ("close", ("王小芳",)), ("insert", ("李明",)),
        ("close", ("王小芳",)),
    ]  # fmt: skip
    assert shots[0].prompt.startswith("全景，李明，李明坐在沙发上，内景 客厅，夜晚，")
    assert shots[-1].move == "push_in"


def test_one_changed_line_changes_one_shot():
    before = shots_of(TWO_HANDS)
    after = shots_of(TWO_HANDS.replace("There was so much traffic.", "There was too much traffic."))
    changed = [a.number for a, b in zip(before, after, strict=True) if a != b]
    assert len(changed) == 1
    assert after[changed[0] - 1].lines[0].text == "There was too much traffic."


def test_a_line_added_to_one_scene_leaves_the_cameras_of_the_others():
    def cameras(shots, scene):
        return [(shot.framing, shot.move, shot.cast, shot.prompt) for shot in shots if shot.scene == scene]

    before = shots_of(TWO_HANDS)
    after = shots_of(TWO_HANDS.replace("She drops the ring.", "She drops the ring. The candle dies."))
    assert len(after) == len(before) + 1
    assert cameras(after, 2) == cameras(before, 2)
    assert cameras(after, 3) == cameras(before, 3)


def test_the_hostile_biggest_text_is_broken_down_in_time():
    speech = "".join(f"@P{i}\nYou lied. P{i} stares.\n\nP{i} runs. They fall.\n\n" for i in range(2000))
    screenplay = parse("INT. A - DAY\n\n" + speech)
    started = time.monotonic()
    assert len(breakdown(screenplay)) > 2000
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("name", ["the-letter.fountain", "yuye.fountain"])
def test_the_examples_are_short_dramas(name):
    screenplay = parse((EXAMPLES / name).read_text(encoding="utf-8"))
    shots = breakdown(screenplay)
    assert 40_000 <= sum(shot.estimated_ms for shot in shots) <= 50_000
    assert 2 <= len({shot.place for shot in shots}) <= 3
    assert 2 <= len(screenplay.speakers) <= 3
    hook = [shot for shot in shots if sum(s.estimated_ms for s in shots[: shot.number - 1]) < 3_000]
    assert any(shot.framing == "insert" for shot in hook)
    assert (shots[-1].framing, shots[-1].move) == ("close", "push_in")
