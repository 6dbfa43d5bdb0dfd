"""Captions: what is on screen at once, where, and as subtitles."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pysubs2
import pytest

from generation.captions import Cue, chunks_of, webvtt
from generation.captions.chunks import joined, phrases
from generation.captions.fonts import drawable, drawable_text, font_path, missing
from generation.captions.plates import SAFE_BOTTOM, SAFE_LEFT, SAFE_RIGHT, narration, plates_of, speaker_colour

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


def words(text: str, step: int = 200) -> list[tuple[str, int, int]]:
    return [(word, i * step, (i + 1) * step - 20) for i, word in enumerate(text.split())]


def characters(text: str, step: int = 200) -> list[tuple[str, int, int]]:
    tokens = re.findall(r".[，。！？…]*", text)
    return [(token, i * step, (i + 1) * step - 20) for i, token in enumerate(tokens)]


def test_english_chunks_hold_two_to_four_words_and_end_with_the_sentence() -> None:
    chunks = chunks_of(words("That is my mother's handwriting. She died ten years ago, and you knew it."), "en")
    assert [chunk.text for chunk in chunks] == [
        "That is my mother's",
        "handwriting.",
        "She died ten",
        "years ago,",
        "and you knew it.",
    ]


def test_chinese_chunks_hold_whole_words_of_at_most_eleven_characters() -> None:
    text = "三年前要杀我的人，就是那个站在楼下的男人！"
    chunks = chunks_of(characters(text), "zh")
    assert "".join(chunk.text for chunk in chunks) == text
    assert all(len(chunk.text) <= 12 for chunk in chunks)
    assert chunks[0].text.endswith("，")
    assert any("楼下" in chunk.text for chunk in chunks)
    assert any("男人" in chunk.text for chunk in chunks)


def test_chunks_follow_each_other_without_overlap_and_keep_every_word() -> None:
    spoken = words("One two three four five. Six! Seven eight nine ten eleven?")
    chunks = chunks_of(spoken, "en")
    assert [word for chunk in chunks for word in chunk.words] == spoken
    for before, after in pairwise(chunks):
        assert before.start_ms < before.end_ms <= after.start_ms


def test_subtitles_put_the_chunks_of_a_sentence_together() -> None:
    assert [text for _, _, text in phrases(words("That is my mother's handwriting. She died."), "en")] == [
        "That is my mother's handwriting.",
        "She died.",
    ]


def test_words_are_joined_as_they_are_written() -> None:
    assert joined(["Don't", "run!"]) == "Don't run!"
    assert joined(["你", "好，", "OK？", "走"]) == "你好，OK？走"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_burned_captions_stay_inside_the_safe_area(language: str) -> None:
    long = (
        words("Incomprehensibilities notwithstanding, uncharacteristically")
        if language == "en"
        else characters("魑魅魍魉魑魅魍魉魑魅魍魉")
    )
    for chunk in chunks_of(long, language):
        for plate in plates_of(chunk, offset_ms=0, speaker="MARA", language=language, tag="MARA (ON THE PHONE)"):
            tall, wide = plate.pixels.shape[:2]
            assert plate.x >= SAFE_LEFT
            assert plate.x + wide <= SAFE_RIGHT <= 720 * 0.88
            assert plate.y + tall <= SAFE_BOTTOM <= 1280 * 0.82


def test_narration_stays_inside_the_safe_area_too() -> None:
    for text, language in (
        ("A letter slides under the door of the old house by the sea. " * 4, "en"),
        ("门缝下，一个湿透的信封滑了进来。" * 4, "zh"),
    ):
        (plate,) = narration(text, language, start_ms=0, end_ms=900)
        assert plate.x >= SAFE_LEFT
        assert plate.x + plate.pixels.shape[1] <= SAFE_RIGHT
        assert plate.y + plate.pixels.shape[0] <= SAFE_BOTTOM


def test_the_spoken_word_has_the_speakers_colour_and_the_others_are_white() -> None:
    (chunk,) = chunks_of(words("Burn it now."), "en")
    plates = plates_of(chunk, offset_ms=1000, speaker="MARA", language="en")
    assert [(plate.start_ms, plate.end_ms) for plate in plates] == [(1000, 1200), (1200, 1400), (1400, 1840)]
    colour = np.array(speaker_colour("MARA"))
    for plate in plates:
        solid = plate.pixels[plate.pixels[..., 3] == 255][:, :3].astype(int)
        assert (np.abs(solid - colour).max(axis=1) < 4).sum() > 100
        assert (solid.min(axis=1) > 250).sum() > 100
    assert not np.array_equal(plates[0].pixels, plates[1].pixels)


def test_different_speakers_get_different_colours() -> None:
    assert len({speaker_colour(name) for name in ("MARA", "DANIEL", "DRIVER", "林晚", "陈默", "周言")}) >= 4


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.fountain")), ids=lambda path: path.stem)
def test_the_font_has_every_character_of_the_example_screenplays(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text) > 100
    assert missing(text) == frozenset()


def test_what_the_font_lacks_is_refused_and_never_drawn_as_tofu() -> None:
    assert font_path().is_file()
    assert len(drawable()) > 30_000
    assert missing("ok 信 \U0001f600") == {"\U0001f600"}
    assert drawable_text("好\U0001f600的\x07!") == "好的!"


def test_webvtt_is_read_back_as_it_was_meant() -> None:
    cues = [Cue(1500, 2600, "MARA", "Who sent this?"), Cue(0, 1400, "陈默", "别开灯。"), Cue(2600, 2600, "", "…")]
    read = pysubs2.SSAFile.from_string(webvtt(cues), format_="vtt")
    assert [(event.start, event.end) for event in read] == [(0, 1400), (1500, 2600), (2600, 2800)]
    assert [event.plaintext for event in read] == ["别开灯。", "Who sent this?", "…"]


def test_dialogue_cannot_become_markup_or_a_new_cue() -> None:
    hostile = "<script>alert(1)</script> --> & \r\n\r\n2\n00:09.000 --> 00:10.000\nboo\u2028x"
    assert webvtt([Cue(0, 1000, "A<b>.c\n", hostile)]) == (
        "WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.000\n"
        "<v A b c>&lt;script&gt;alert(1)&lt;/script&gt; --&gt; &amp;  2 00:09.000 --&gt; 00:10.000 boo x\n"
    )


def test_an_empty_cue_is_left_out() -> None:
    assert webvtt([Cue(0, 900, "MARA", "  \n ")]) == "WEBVTT\n"
