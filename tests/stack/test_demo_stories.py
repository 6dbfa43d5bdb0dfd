"""The stories that come with the package: long enough, short enough, drawable, and nothing a reviewer would stop."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import pytest

from generation.breakdown import Shot, breakdown
from generation.engines.animatic.appearance import appearance_of
from generation.engines.animatic.places import place_kind
from generation.engines.base import CastMember
from generation.screenplay import parse
from generation.voices import available
from safety import text
from stack.demo.stories import Chapter, Story, all_stories, in_order, read_story
from stack.places import ROOT

STORIES = all_stories()
PAIRS = in_order(STORIES)
NAMES = [f"{story.key}-{chapter.number}" for story, chapter in PAIRS]
each_episode = pytest.mark.parametrize(("story", "chapter"), PAIRS, ids=NAMES)
each_series = pytest.mark.parametrize("story", STORIES, ids=[story.key for story in STORIES])


def shots_of(chapter: Chapter) -> tuple[Shot, ...]:
    return breakdown(parse(chapter.source))


def test_there_is_one_series_in_english_and_one_in_chinese() -> None:
    assert [(story.language, len(story.chapters)) for story in STORIES] == [("en", 4), ("zh", 4)]


@each_episode
def test_an_episode_is_35_to_55_seconds_long_and_in_the_language_of_its_series(story: Story, chapter: Chapter) -> None:
    seconds = sum(shot.estimated_ms for shot in shots_of(chapter)) / 1000
    assert 35 <= seconds <= 55
    assert parse(chapter.source).language == story.language
    assert chapter.title


@each_episode
def test_somebody_speaks_within_three_seconds_and_the_end_is_held_on_a_face(story: Story, chapter: Chapter) -> None:
    shots = shots_of(chapter)
    first = next(i for i, shot in enumerate(shots) if shot.lines)
    assert sum(shot.estimated_ms for shot in shots[:first]) <= 3_000
    assert shots[-1].framing in ("close", "extreme_close")
    assert shots[-1].lines
    assert len(shots[-1].cast) == 1


@each_episode
def test_everybody_who_is_seen_or_heard_has_a_part(story: Story, chapter: Chapter) -> None:
    parts = {part.name for part in story.cast}
    assert {name for shot in shots_of(chapter) for name in shot.cast} <= parts
    assert {line.speaker for shot in shots_of(chapter) for line in shot.lines} <= parts


@each_series
def test_two_or_three_people_come_back_and_nobody_is_cast_for_nothing(story: Story) -> None:
    speakers = [set(parse(chapter.source).speakers) for chapter in story.chapters]
    regulars = [part.name for part in story.cast if sum(part.name in spoken for spoken in speakers) >= 3]
    assert len(regulars) >= 2
    assert set().union(*speakers) == {part.name for part in story.cast}


@each_series
def test_a_look_says_hair_and_clothes_so_that_no_seed_decides_them(story: Story) -> None:
    def drawn(look: str, name: str, seed: int) -> tuple[object, ...]:
        who = appearance_of(CastMember(name, look, "", seed), story.language)
        return who.sex, who.age, who.hair, who.hair_style, who.outfit, who.cloth, who.glasses

    for part in story.cast:
        assert len({drawn(part.look, part.name, seed) for seed in range(40)}) == 1, part.name
    assert len({drawn(part.look, part.name, part.seed) for part in story.cast}) == len(story.cast)


@each_series
def test_everybody_has_a_voice_of_their_own_in_the_language_of_the_series(story: Story) -> None:
    voices = [part.voice for part in story.cast]
    assert len(set(voices)) == len(voices)
    assert set(voices) <= set(available(story.language))


@each_series
def test_places_and_times_of_day_change(story: Story) -> None:
    shots = [shot for chapter in story.chapters for shot in shots_of(chapter)]
    assert len({place_kind(shot.place, shot.interior) for shot in shots}) >= 5
    assert len({shot.time_of_day for shot in shots}) >= 3


@each_series
def test_no_rule_finds_anything(story: Story) -> None:
    words = [story.title, story.synopsis, *astuple(story.look), *(part.look for part in story.cast)]
    words += [chapter.source for chapter in story.chapters]
    assert [text.check(each, story.language) for each in words] == [()] * len(words)


def test_they_are_not_the_stories_of_the_examples() -> None:
    examples = [parse(path.read_text()) for path in (ROOT / "docs" / "examples").glob("*.fountain")]
    told = {name for example in examples for name in (*example.speakers, example.title)}
    ours = {part.name for story in STORIES for part in story.cast} | {chapter.title for _, chapter in PAIRS}
    assert told
    assert not told & ours


def test_the_first_episodes_come_first() -> None:
    assert [(story.language, chapter.number) for story, chapter in in_order(STORIES, 2)] == [
        ("en", 1), ("zh", 1), ("en", 2), ("zh", 2),
    ]


def test_a_series_file_with_an_unknown_or_a_missing_name_is_refused(tmp_path: Path) -> None:
    said = (ROOT / "platform/stack/demo/stories" / STORIES[0].key / "series.toml").read_text()
    (tmp_path / "series.toml").write_text(said.replace("maturity", "rating"))
    with pytest.raises(ValueError, match="rating"):
        read_story(tmp_path)
