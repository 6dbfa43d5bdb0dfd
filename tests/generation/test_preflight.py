"""The rules of the pre-flight: exact findings for written examples, in English and in Chinese. No database."""

from __future__ import annotations

from typing import Any

import pytest

from generation.breakdown import breakdown
from generation.preflight.model import Chapter, Finding, Person, Severity, Story, Work
from generation.preflight.report import blocking, write_report
from generation.preflight.rules import chapter_findings, series_findings, work_findings
from generation.screenplay import ScreenplayError, parse

LENGTH = ("too_short", "too_long")
VOICES = {"en": "en-us+f2", "zh": "cmn+f2"}


def chapter(text: str, number: int = 1) -> Chapter:
    story = parse(text)
    return Chapter(f"uid-{number}", number, story.title, 1, str(hash(text)), story, breakdown(story))


def told(*chapters: Chapter, cast: dict[str, Person] | None = None, from_first: bool = True) -> Story:
    """A story whose every speaker has a look and a voice, but for those of `cast`."""
    people = {
        name: Person(name, look="tall", voice=VOICES[each.screenplay.language])
        for each in chapters if each.screenplay for name in each.speakers
    }
    return Story(chapters, people | (cast or {}), from_first)


def found(text: str) -> dict[str, Finding]:
    """Findings of a single episode by code, but for its length: examples are short."""
    story = told(chapter(text))
    return {each.code: each for each in chapter_findings(story)["uid-1"] if each.code not in LENGTH}


def codes(story: Story, number: int = 1) -> list[str]:
    return [each.code for each in chapter_findings(story)[f"uid-{number}"] if each.code not in LENGTH]


GOOD = {
    "en": "INT. KITCHEN - NIGHT\n\nMARA\nWho let you in?\n\nA gun lies on the table.\n\nJONAS\nYour husband.\n",
    "zh": "内景 厨房 - 夜\n\n林晚：谁让你进来的？\n\n桌上放着一把枪。\n\n陈默：你老公让我来的……\n",
}


@pytest.mark.parametrize("language", GOOD)
def test_a_hook_and_an_open_end_are_found_good(language: str) -> None:
    assert found(GOOD[language]) == {}


SLOW = {
    "en": "EXT. LAKE - DAY\n\nMist over calm water, birches, a small boat, a low sun, reeds along the shore.\n\n"
    "The boat rests in the reeds by the old jetty, where the water is clear and wide and calm.\n\n"
    "MARA\nWho let you in?\n",
    "zh": "外景 湖边 - 日\n\n湖面平静，薄雾，白桦林，一条小船，低低的太阳，岸边的芦苇在微风里轻轻摇着。\n\n"
    "小船停在芦苇里，旁边是旧码头，湖水清澈，安静，一切都是淡淡的蓝色和灰色。\n\n林晚：谁让你进来的？\n",
}


@pytest.mark.parametrize(("language", "line"), [("en", 8), ("zh", 7)])
def test_an_opening_without_people_or_words_is_told_with_what_was_measured(language: str, line: int) -> None:
    opening = found(SLOW[language])
    assert list(opening) == ["empty_opening", "no_hook"]
    empty, hook = opening.values()
    assert (empty.severity, empty.shot, empty.line) == (Severity.WARN, 1, 1)
    assert empty.message.startswith("The first shot (wide, ")
    assert empty.message.endswith("shows nobody, nobody speaks over it, and no word of its action tells of conflict.")
    assert hook.message.startswith("In the first 3 seconds (estimated) nobody speaks, and no word of the action tells ")
    assert hook.message.endswith(f" s, on line {line}.")
    assert "Start later in the scene" in hook.remedy


@pytest.mark.parametrize("first", ["MARA\nGood morning.\n", "A vase shatters.\n", "Mara runs down the stairs.\n"])
def test_a_word_a_blow_or_a_move_within_three_seconds_is_a_hook(first: str) -> None:
    assert "no_hook" not in found(f"INT. HALL - DAY\n\n{first}\nMARA\nWho is there?\n")


@pytest.mark.parametrize("first", ["林晚：早。\n", "花瓶摔碎了。\n", "林晚冲下楼梯。\n"])
def test_a_word_a_blow_or_a_move_is_a_hook_in_chinese_too(first: str) -> None:
    assert "no_hook" not in found(f"内景 走廊 - 日\n\n{first}\n林晚：谁在那里？\n")


CLOSED = [
    ("MARA\nGood night.", "line", "Good night"),
    ("They embrace.", "action", "embrace"),
    ("MARA\nIt's all over now. Thank you.", "line", "It's all over now"),
    ("Jonas falls asleep on the sofa.", "action", "falls asleep"),
    ("THE END", "action", "THE END"),
]


@pytest.mark.parametrize(("last", "kind", "word"), CLOSED)
def test_an_end_that_closes_the_story_names_the_words_that_do(last: str, kind: str, word: str) -> None:
    ending = found(f"INT. HALL - DAY\n\nMARA\nWho are you?\n\nJONAS\nA friend of your father.\n\n{last}\n")
    assert list(ending) == ["ends_resolved"]
    assert ending["ends_resolved"].message == (
        f"The last {kind} closes the story (“{word}”) and leaves nothing open."
    )
    assert ending["ends_resolved"].severity == Severity.WARN
    assert ending["ends_resolved"].line is not None


@pytest.mark.parametrize(
    ("last", "kind", "word"),
    [("林晚：晚安。", "line", "晚安"), ("两人相拥。", "action", "相拥"), ("剧终", "action", "剧终")],
)
def test_an_end_that_closes_the_story_is_known_in_chinese(last: str, kind: str, word: str) -> None:
    ending = found(f"内景 走廊 - 日\n\n林晚：你是谁？\n\n陈默：你父亲的朋友。\n\n{last}\n")
    assert list(ending) == ["ends_resolved"]
    assert ending["ends_resolved"].message == f"The last {kind} closes the story (“{word}”) and leaves nothing open."


def test_an_end_of_talk_that_leaves_nothing_open_is_told() -> None:
    text = "INT. OFFICE - DAY\n\nMARA\nHello.\n\nJONAS\nThe tea is nice today.\n\nMARA\nI like it with milk.\n"
    ending = found(text)
    assert list(ending) == ["no_open_question"]
    assert (ending["no_open_question"].line, ending["no_open_question"].shot) == (10, len(breakdown(parse(text))))
    assert ending["no_open_question"].message.startswith("In the last 10 seconds (estimated) nobody asks, ")
    chinese = "内景 办公室 - 日\n\n林晚：你好。\n\n陈默：今天的茶很好喝。\n\n林晚：我喜欢加牛奶。\n"
    assert list(found(chinese)) == ["no_open_question"]


@pytest.mark.parametrize(
    "last",
    ["MARA\nWho are you?", "The door opens.", "MARA\nYou are my—", "JONAS\nShe is pregnant.",
     "They kiss. The phone rings.", "MARA\nJonas!", "She smiles. Blood on her hands."],
)  # fmt: skip
def test_a_question_an_arrival_a_break_or_a_reveal_keeps_the_end_open(last: str) -> None:
    assert found(f"INT. OFFICE - DAY\n\nMARA\nHello.\n\nJONAS\nThe tea is nice today.\n\n{last}\n") == {}


@pytest.mark.parametrize(
    "last", ["林晚：你到底是谁？", "门开了。", "林晚：你是我的……", "陈默：她怀孕了。", "两人相拥。门突然响了。"]
)
def test_the_same_keeps_it_open_in_chinese(last: str) -> None:
    assert found(f"内景 办公室 - 日\n\n林晚：你好。\n\n陈默：今天的茶很好喝。\n\n{last}\n") == {}


def room(*lines: str) -> str:
    spoken = "".join(f"{line}\n\n" for line in lines)
    return f"INT. HALL - DAY\n\n{spoken}MARA\nWho is there?\n"


def test_an_episode_that_is_too_short_or_too_long_says_by_how_much() -> None:
    short, long = (chapter(room(*["MARA\nThis is a line of words that takes a while to say."] * n)) for n in (3, 30))
    first = next(each for each in chapter_findings(told(short))["uid-1"] if each.code == "too_short")
    assert first.message == f"About {short.estimated_ms / 1000:.0f} s: episodes of the genre last 30 to 60 s."
    assert first.remedy == f"Add about {30 - short.estimated_ms / 1000:.0f} s, or join it with the next one."
    second = next(each for each in chapter_findings(told(long))["uid-1"] if each.code == "too_long")
    assert second.remedy == f"Cut about {long.estimated_ms / 1000 - 60:.0f} s, or make two of it."
    right = chapter(room(*["MARA\nThis is a line of words that takes a while to say."] * 9))
    assert not [each for each in chapter_findings(told(right))["uid-1"] if each.code in LENGTH]


def test_too_many_people_in_one_episode_are_named() -> None:
    names = ["ANNA", "BORIS", "CARLA", "DARIO", "ELSA"]
    loaded = chapter_findings(told(chapter(room(*[f"{name}\nStop!" for name in names]))))["uid-1"]
    speakers = next(each for each in loaded if each.code == "many_speakers")
    assert speakers.message == (
        "6 people speak in this episode: ANNA, BORIS, CARLA, DARIO, ELSA, MARA. Viewers can tell 5 voices apart in a "
        "minute."
    )
    assert speakers.about == (*names, "MARA")
    assert [each.code for each in loaded if each.code == "many_faces"] == ["many_faces"]


def test_new_characters_are_counted_only_with_every_earlier_episode_in_hand() -> None:
    first = chapter(room("ANNA\nStop!"))
    crowd = chapter(room(*[f"{name}\nStop!" for name in ("BORIS", "CARLA", "DARIO", "ELSA")]), 2)
    assert codes(told(first, crowd)) == []
    later = chapter_findings(told(first, crowd))["uid-2"]
    assert [each.about for each in later if each.code == "many_new_characters"] == [("BORIS", "CARLA", "DARIO", "ELSA")]
    assert "many_new_characters" not in codes(told(first, crowd, from_first=False), 2)


def test_who_cannot_speak_blocks_and_says_where() -> None:
    story = told(chapter(room("JONAS\nStop!", "ANNA\nRun!")), cast={
        "JONAS": Person("Jonas", look="tall", voice="en-us+gone"), "ANNA": Person("Anna", look="tall"),
    })  # fmt: skip
    jonas, anna = (each for each in chapter_findings(story)["uid-1"] if each.severity == Severity.BLOCK)
    assert (jonas.code, jonas.line, jonas.about) == ("missing_voice", 4, ("Jonas",))
    assert jonas.message == "The voice 'en-us+gone' of Jonas is not installed here."
    assert jonas.remedy.startswith("Choose one of: ")
    assert (anna.code, anna.line, anna.message) == ("no_voice", 7, "ANNA speaks, but has no voice.")
    nobody = Story(story.chapters, {"MARA": story.cast["MARA"], "ANNA": story.cast["MARA"]})
    assert "missing_character" in codes(nobody)


def test_a_text_that_is_not_there_or_cannot_be_read_blocks_with_its_line() -> None:
    error = ScreenplayError("No words.", code="screenplay_no_words", remedy="Write.", line=3)
    broken = Chapter("uid-1", 1, error=error)
    blocks = chapter_findings(told(broken, Chapter("uid-2", 2)))
    assert [(each.code, each.severity, each.line) for each in blocks["uid-1"]] == [
        ("screenplay_no_words", Severity.BLOCK, 3)
    ]
    assert [(each.code, each.severity) for each in blocks["uid-2"]] == [("no_screenplay", Severity.BLOCK)]


def test_of_the_series_it_says_who_has_no_look_who_speaks_once_and_who_may_be_one() -> None:
    first = chapter(room("DR. LI\nStop!", "DR. LI\nNow!"))
    second = chapter(room("DR LI\nRun!", "MARA\nNo!"), 2)
    story = told(first, second, cast={"MARA": Person("MARA", voice="en-us+f2")})
    whole = {each.code: each for each in series_findings(story)}
    assert list(whole) == ["no_look", "speaks_once", "duplicate_name"]
    assert whole["no_look"].message == (
        "MARA is seen in episodes 1, 2, and nothing says what they look like: chance decides."
    )
    assert whole["speaks_once"].message == "DR LI speaks once in all of these episodes (episode 2, line 4)."
    assert whole["duplicate_name"].about == ("DR. LI", "DR LI")
    assert {each.severity for each in whole.values()} == {Severity.WARN}


def test_an_alias_is_the_same_person_and_the_same_text_twice_is_told() -> None:
    text = room("DOCTOR\nStop!", "DOCTOR\nNow!")
    li = Person("DR. LI", ("DOCTOR",), "tall", "en-us+f2")
    mara = Person("MARA", (), "tall", "en-us+f2")
    story = Story((chapter(text), chapter(text, 2)), {"MARA": mara, "DOCTOR": li, "DR. LI": li})
    assert [(each.code, each.message) for each in series_findings(story)] == [
        ("same_text", "Episodes 1, 2 have the very same screenplay.")
    ]


def report(story: Story, works: dict[str, Work], available: int | None = None) -> dict[str, Any]:
    account = {"available_micros": available, "cap_micros": available}
    return write_report(
        story=story, found=chapter_findings(story), works=works, machines={"finish_seconds": 9.0}, account=account
    )


def test_the_report_adds_up_and_blocks_when_the_budget_is_not_enough() -> None:
    story = told(chapter(GOOD["en"]), chapter(room("MARA\nNo!"), 2))
    works = {"uid-1": Work(9, 7, 0, 12.5, 100), "uid-2": Work(8, 0, 0, 0.0, 0, True)}
    made = report(story, works, 100)
    assert made["totals"] == {
        "episodes": 2, "unchanged": 1, "estimated_ms": sum(each.estimated_ms for each in story.chapters),
        "shots": sum(len(each.shots) for each in story.chapters), "steps_total": 17, "steps_to_run": 7,
        "steps_shared": 0, "estimated_seconds": 12.5, "cost_micros": 100, "finish_seconds": 9.0,
    }
    assert (made["blocked"], made["budget"]["enough"]) == (False, True)
    assert [each["code"] for each in made["episodes"][1]["findings"]][-1] == "unchanged"
    assert [row["new_characters"] for row in made["episodes"]] == [["MARA", "JONAS"], []]
    short = report(story, works, 99)
    assert (short["blocked"], short["budget"]["enough"]) == (True, False)
    assert blocking(short) == []
    assert report(story, {"uid-2": works["uid-2"]}, 0)["budget"]["enough"]


def test_what_blocks_is_listed_with_its_episode_and_comes_first() -> None:
    story = told(Chapter("uid-1", 1), chapter(room("ANNA\nStop!"), 2), cast={"ANNA": Person("ANNA", look="tall")})
    made = report(story, {})
    assert [(each["number"], each["uid"], each["code"]) for each in blocking(made)] == [
        (1, "uid-1", "no_screenplay"), (2, "uid-2", "no_voice"),
    ]
    assert [each["severity"] for each in made["episodes"][1]["findings"]] == ["block", "warn"]
    assert made["counts"] == {"block": 2, "warn": 3, "info": 0}


def test_only_what_is_done_costs_nothing() -> None:
    assert [each.code for each in work_findings(Work(9, 0, 0, 0.0, 0, True))] == ["unchanged"]
    assert list(work_findings(Work(9, 0, 9, 0.0, 0, False))) == []
