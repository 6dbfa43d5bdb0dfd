"""Fountain in both languages becomes the typed screenplay, and every element keeps its line."""

from __future__ import annotations

import textwrap
from dataclasses import astuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.screenplay import (
    Action,
    Cut,
    Line,
    Scene,
    ScreenplayError,
    parse,
    screenplay_from_json,
    screenplay_to_json,
)


def read(text: str):
    return parse(textwrap.dedent(text).lstrip("\n"))


def only_scene(text: str) -> Scene:
    (scene,) = read(text).scenes
    return scene


def refusal(text: str) -> ScreenplayError:
    with pytest.raises(ScreenplayError) as refused:
        read(text)
    assert refused.value.remedy
    return refused.value


def test_every_element_of_fountain_is_read_with_its_line():
    screenplay = read("""
        Title: _**The Letter**_
        Author: us

        FADE IN:

        EPISODE 1

        # Act one

        = What happens.

        INT. HALE HOUSE - KITCHEN - NIGHT #1A#

        Anna enters. *Slowly*,
        looking around. [[a note]]

        ANNA (V.O.) (CONT'D)
        Nobody hears me.

        ANNA
        (quietly)
        Where were you?
        (beat)
        I waited.

        BEN ^
        Out.

        @McClane
        Yippee.

        !BANG BANG
        They run.

        ===

        > THE END <

        CUT TO:

        .FLASHBACK - LATER

        /* all of this
        is cut */

        ANNA
        ~la la la

        > WIPE TO:
    """)
    assert (screenplay.title, screenplay.language) == ("The Letter", "en")
    assert screenplay.speakers == ("ANNA", "BEN", "McClane")
    kitchen, flashback = screenplay.scenes
    assert (kitchen.number, kitchen.heading, kitchen.source_line) == (1, "INT. HALE HOUSE - KITCHEN - NIGHT", 12)
    assert (kitchen.interior, kitchen.place, kitchen.time_of_day) == (True, "HALE HOUSE - KITCHEN", "night")
    assert [astuple(element) for element in kitchen.elements] == [
        ("FADE IN:", 4),
        ("Anna enters. Slowly, looking around.", 14),
        ("ANNA", "Nobody hears me.", "", True, 18),
        ("ANNA", "Where were you?", "quietly", False, 22),
        ("ANNA", "I waited.", "beat", False, 24),
        ("BEN", "Out.", "", False, 27),
        ("McClane", "Yippee.", "", False, 30),
        ("BANG BANG They run.", 32),
        ("THE END", 37),
        ("CUT TO:", 39),
    ]
    assert (flashback.interior, flashback.place, flashback.time_of_day) == (None, "FLASHBACK", "night")
    assert flashback.elements == (Line("ANNA", "la la la", "singing", False, 47), Cut("WIPE TO:", 49))


def test_a_chinese_screenplay_needs_no_blank_lines_and_no_at_signs():
    screenplay = read("""
        标题：雨夜
        编剧：我们
        备注：示例

        第一场
        内景 客厅 夜
        李明坐在沙发上。
        李明：你来了。
        王芳（低声）：我来了。
        晚上8：30，钟响了。
        字幕：三天后
        切至：
        外景 街道 - 日
        王芳（画外音，冷笑）：别回头！
    """)
    assert (screenplay.title, screenplay.language, screenplay.speakers) == ("雨夜", "zh", ("李明", "王芳"))
    room, street = screenplay.scenes
    assert (room.interior, room.place, room.time_of_day, room.source_line) == (True, "客厅", "night", 6)
    assert room.elements == (
        Action("李明坐在沙发上。", 7),
        Line("李明", "你来了。", "", False, 8),
        Line("王芳", "我来了。", "低声", False, 9),
        Action("晚上8：30，钟响了。", 10),
        Action("字幕：三天后", 11),
        Cut("切至：", 12),
    )
    assert (street.interior, street.place, street.time_of_day) == (False, "街道", "day")
    assert street.elements == (Line("王芳", "别回头！", "冷笑", True, 14),)


def test_chinese_cues_stand_alone_or_behind_an_at_sign():
    scene = only_scene("""
        INT. 客厅 - 夜

        @李明（画外音）
        （低声）你来了。

        王芳
        李明，你听我说。
        记住：别回头。

        旁白：她走了。

        雨声
        街灯昏黄。
    """)
    assert scene.elements == (
        Line("李明", "你来了。", "低声", True, 4),
        Line("王芳", "李明，你听我说。记住：别回头。", "", False, 7),
        Line("旁白", "她走了。", "", True, 10),
        Action("雨声", 12),
        Action("街灯昏黄。", 13),
    )


@pytest.mark.parametrize(
    ("heading", "interior", "place", "time"),
    [
        ("INT. KITCHEN - NIGHT", True, "KITCHEN", "night"),
        ("ext park - day", False, "park", "day"),
        ("EXT. ROOF – DAWN", False, "ROOF", "dawn"),
        ("INT./EXT. CAR - DUSK", None, "CAR", "dusk"),
        ("I/E. CAR - EVENING", None, "CAR", "dusk"),
        ("INT. OFFICE - MORNING", True, "OFFICE", "dawn"),
        ("INT. OFFICE - FLOOR 2 - LATER", True, "OFFICE - FLOOR 2", "day"),
        ("INT. OFFICE", True, "OFFICE", "day"),
        (".DREAM - NIGHT", None, "DREAM", "night"),
        (".梦境 夜", None, "梦境", "night"),
        ("内景 客厅 夜", True, "客厅", "night"),
        ("内景. 客厅 - 夜", True, "客厅", "night"),
        ("内景：客厅，黄昏", True, "客厅", "dusk"),
        ("外景 街道 - 日", False, "街道", "day"),
        ("内外景 车 晨", None, "车", "dawn"),
        ("INT. 客厅 - 夜", True, "客厅", "night"),
        ("INT. 客厅 夜", True, "客厅", "night"),
        ("场景一 医院 走廊 黄昏", None, "医院 走廊", "dusk"),
        ("第3场 天台 夜 外", False, "天台", "night"),
        ("5. 天台 夜 外", False, "天台", "night"),
        ("1-2 日 内 办公室", True, "办公室", "day"),
    ],
)
def test_headings_of_both_languages_tell_place_and_time(heading, interior, place, time):
    scene = only_scene(f"{heading}\n\nx.\n")
    assert (scene.interior, scene.place, scene.time_of_day) == (interior, place, time)


def test_later_and_continuous_keep_the_light_of_the_scene_before():
    scenes = read("INT. A - NIGHT\n\nx.\n\nEXT. B - CONTINUOUS\n\ny.\n\nINT. A - LATER\n\nz.\n").scenes
    assert [scene.time_of_day for scene in scenes] == ["night", "night", "night"]


def test_dual_dialogue_keeps_both_speakers_in_order():
    scene = only_scene("INT. A - DAY\n\nANNA\nYes.\n\nBEN (shouting) ^\nNo.\n")
    assert scene.elements == (Line("ANNA", "Yes.", "", False, 4), Line("BEN", "No.", "shouting", False, 7))


def test_a_remark_across_lines_joins_what_it_stood_between():
    (scene,) = parse("INT. A - DAY\n\nHe waves /* cut\n\ncut */ and leaves.\n\nANNA\n[[slow\n  \nhere]]\nHi.\n").scenes
    assert scene.elements == (Action("He waves and leaves.", 3), Line("ANNA", "Hi.", "", False, 11))


def test_windows_lines_and_a_byte_order_mark_are_plain_text():
    assert only_scene("\ufeffINT. A - DAY\r\n\r\nANNA\r\nHi.\r\n").elements == (Line("ANNA", "Hi.", "", False, 4),)


def test_the_same_speaker_in_another_case_is_one_speaker():
    assert read("INT. A - DAY\n\nANNA\nHi.\n\n@Anna\nHo.\n").speakers == ("ANNA",)


def test_names_beyond_ascii_are_cues_too():
    assert read("INT. A - DAY\n\nZOË\nHi.\n\nANNA & BEN\nHo.\n").speakers == ("ZOË", "ANNA & BEN")


def test_a_speech_of_dots_is_a_silence_and_not_words():
    assert only_scene("INT. A - DAY\n\nANNA\n...\n").elements == (Action("ANNA...", 4),)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "screenplay_empty", 1),
        (" \n\n\t", "screenplay_empty", 1),
        ("Just words", "screenplay_no_scenes", 1),
        ("Title: A\n\nShe runs through the rain. He follows.\n", "screenplay_no_scenes", 3),
        ("\nANNA\nHi.\n\nINT. A - DAY\n\nx.", "screenplay_no_scenes", 2),
        ("INT. A - DAY\n\nANNA\n\nHi there.", "screenplay_no_words", 3),
        ("INT. A - DAY\n\nx.\n\nANNA", "screenplay_no_words", 5),
        ("INT. A - DAY\n\nANNA\n(quietly)\n\nx.", "screenplay_no_words", 3),
        ("INT. A - DAY\n\nANNA (V.O.)\n\nx.", "screenplay_no_words", 3),
        ("INT. A - DAY\n\nANNA\nINT. B - DAY\n\nx.", "screenplay_no_words", 3),
        ("INT. A - DAY\n\n@Anna\n", "screenplay_no_words", 3),
        ("内景 家 夜\n李明：\n\n走了。", "screenplay_no_words", 2),
        ("内景 家 夜\n李明：\n王芳：走了。", "screenplay_no_words", 2),
        ("INT. A - DAY\n\n[[ never\n\nclosed ]]", "screenplay_invalid", 3),
        ("INT. A - DAY\n\nx /* never closed", "screenplay_invalid", 3),
        ("INT. A - DAY\n\n@" + "a" * 60 + "\nHi.", "screenplay_invalid", 3),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(text, code, line):
    with pytest.raises(ScreenplayError) as refused:
        parse(text)
    assert (refused.value.code, refused.value.details) == (code, {"line": line})
    assert refused.value.remedy


def test_capitals_that_are_no_person_stay_action():
    scene = only_scene("INT. A - DAY\n\nSILENCE.\n\nTHE END\n\nTHE DOOR FLIES OPEN\n\nBOOM!\n")
    assert [element.text for element in scene.elements] == ["SILENCE.", "THE END", "THE DOOR FLIES OPEN", "BOOM!"]


def test_a_lonely_cue_says_how_to_make_it_action():
    assert "!" in refusal("INT. A - DAY\n\nWALTER\n\nx.").remedy


LINES = st.sampled_from(
    ["INT. A - DAY", "内景 客厅 夜", ".X", "ANNA", "李明：你好。", "@Bo", "(x)", "（低声）", "Hi *there*.", "", "  ",
     "> CUT", ">x<", "~la", "!A", "# s", "= s", "===", "[[n]]", "/* b */", "FADE OUT.", "王芳", "第二场", "Title: x",
     "x: y", "\\*", "BEN ^"]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(LINES, st.text(max_size=12)), max_size=25).map("\n".join))
def test_any_text_is_read_or_refused_and_survives_json(text):
    try:
        screenplay = parse(text)
    except ScreenplayError as error:
        screenplay, line = None, error.details["line"]
    if screenplay is None:
        assert 1 <= line <= text.count("\n") + text.count("\r") + 1
        return
    assert screenplay_from_json(screenplay_to_json(screenplay)) == screenplay
    numbers = [element.source_line for scene in screenplay.scenes for element in scene.elements]
    assert numbers == sorted(numbers)
    assert [scene.number for scene in screenplay.scenes] == list(range(1, len(screenplay.scenes) + 1))
