"""Too many people, people without a face or a voice, and people who may be one."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator

from generation.preflight.model import (
    MAX_FACES,
    MAX_NEW,
    MAX_NEW_FIRST,
    MAX_SPEAKERS,
    Chapter,
    Finding,
    Person,
    Severity,
    Story,
)
from generation.voices import MissingVoice, require_voice

NOT_LETTERS = re.compile(r"[\W_]+")
SHOWN = 6  # names in one sentence


def load_findings(chapter: Chapter) -> Iterator[Finding]:
    """`many_speakers`, `many_faces`: more than a minute can tell apart."""
    if len(chapter.speakers) > MAX_SPEAKERS:
        yield Finding(
            "many_speakers", Severity.WARN,
            f"{len(chapter.speakers)} people speak in this episode: {names(chapter.speakers)}. Viewers can tell "
            f"{MAX_SPEAKERS} voices apart in a minute.",
            "Give the lines of the smallest parts to others.", about=chapter.speakers,
        )
    if len(chapter.faces) > MAX_FACES:
        yield Finding(
            "many_faces", Severity.WARN,
            f"{len(chapter.faces)} people are in frame in this episode: {names(chapter.faces)}; more than {MAX_FACES} "
            "blur.", "Let some be heard only, or leave them to another episode.", about=chapter.faces,
        )


def voice_findings(chapter: Chapter, story: Story) -> Iterator[Finding]:
    """`missing_character`, `no_voice`, `missing_voice` block: a line that nobody can speak stops the whole render."""
    first = {line.speaker: line.source_line for line in reversed(chapter.lines)}
    for name in chapter.speakers:
        person, line = story.cast.get(name), first.get(name)
        if person is None:
            yield Finding(
                "missing_character", Severity.BLOCK, f"Nobody in the cast is called {name}.",
                "Save the screenplay again, which adds its speakers to the cast.", line, about=(name,),
            )
        elif not person.voice:
            yield Finding(
                "no_voice", Severity.BLOCK, f"{name} speaks, but has no voice.",
                "Choose a voice for the character.", line, about=(name,),
            )
        else:
            yield from _installed(person, line)


def _installed(person: Person, line: int | None) -> Iterator[Finding]:
    try:
        require_voice(person.voice)
    except MissingVoice as missing:
        message = f"The voice {person.voice!r} of {person.name} is not installed here."
        yield Finding("missing_voice", Severity.BLOCK, message, missing.remedy, line, about=(person.name,))


def newcomers(story: Story) -> dict[int, tuple[str, ...]]:
    """Who speaks or is seen for the first time, by the episode's number."""
    seen: set[str] = set()
    found: dict[int, tuple[str, ...]] = {}
    for chapter in story.chapters:
        here = dict.fromkeys(known_as(name, story) for name in (*chapter.speakers, *chapter.faces))
        found[chapter.number] = tuple(name for name in here if name not in seen)
        seen.update(here)
    return found


def newcomer_findings(chapter: Chapter, new: tuple[str, ...], *, first: bool) -> Iterator[Finding]:
    """`many_new_characters`; who is new can only be said with every earlier episode in hand."""
    most = MAX_NEW_FIRST if first else MAX_NEW
    if len(new) > most:
        yield Finding(
            "many_new_characters", Severity.WARN,
            f"{len(new)} characters are new in this episode: {names(new)}; {most} can be learned.",
            "Bring some of them in an episode earlier or later.", about=new,
        )


def cast_findings(story: Story) -> Iterator[Finding]:
    """What concerns the series: `no_look`, `speaks_once`, `duplicate_name`, `same_text`."""
    yield from _without_look(story)
    yield from _once(story)
    yield from _doubles(story)
    yield from _same_texts(story)


def _without_look(story: Story) -> Iterator[Finding]:
    where: dict[str, list[int]] = defaultdict(list)
    for chapter in story.chapters:
        for name in dict.fromkeys(known_as(face, story) for face in chapter.faces):
            where[name].append(chapter.number)
    for name, numbers in where.items():
        person = story.cast.get(name)
        if person is None or not person.look.strip():
            yield Finding(
                "no_look", Severity.WARN,
                f"{name} is seen in {episodes(numbers)}, and nothing says what they look like: chance decides.",
                "Describe the character's look.", about=(name,),
            )


def _once(story: Story) -> Iterator[Finding]:
    lines = [(known_as(line.speaker, story), chapter, line) for chapter in story.chapters for line in chapter.lines]
    times = Counter(name for name, _, _ in lines)
    for name, chapter, line in lines:
        if times[name] == 1:
            yield Finding(
                "speaks_once", Severity.WARN,
                f"{name} speaks once in all of these episodes (episode {chapter.number}, line {line.source_line}).",
                "Give the line to somebody who is there anyway: a face and a voice for one line cost attention.",
                line.source_line, about=(name,),
            )


def _doubles(story: Story) -> Iterator[Finding]:
    """Names that differ only in case, width, spaces or marks, but are two people here: two faces, two voices."""
    alike: dict[str, list[str]] = defaultdict(list)
    spoken = (known_as(name, story) for chapter in story.chapters for name in (*chapter.speakers, *chapter.faces))
    people = (person.name for person in story.cast.values())
    for name in dict.fromkeys((*people, *spoken)):
        alike[folded(name)].append(name)
    for same in alike.values():
        if len(same) > 1:
            yield Finding(
                "duplicate_name", Severity.WARN,
                f"{names(same)} are kept as {len(same)} characters, each with a face and a voice of their own.",
                "If they are one person, spell the name in one way, or make the others aliases.", about=tuple(same),
            )


def _same_texts(story: Story) -> Iterator[Finding]:
    texts: dict[str, list[int]] = defaultdict(list)
    for chapter in story.chapters:
        if chapter.sha256:
            texts[chapter.sha256].append(chapter.number)
    for numbers in texts.values():
        if len(numbers) > 1:
            yield Finding(
                "same_text", Severity.WARN, f"{episodes(numbers).capitalize()} have the very same screenplay.",
                "Check that none of them was saved in the wrong place.",
            )


def known_as(name: str, story: Story) -> str:
    """The character's own name for a name that a text uses."""
    person = story.cast.get(name)
    return person.name if person else name


def folded(name: str) -> str:
    """What is left of a name when spelling does not count."""
    return NOT_LETTERS.sub("", unicodedata.normalize("NFKC", name).casefold()) or name


def names(those: tuple[str, ...] | list[str]) -> str:
    """A list for a sentence, not longer than one can read."""
    shown = ", ".join(those[:SHOWN])
    return f"{shown} and {len(those) - SHOWN} more" if len(those) > SHOWN else shown


def episodes(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:SHOWN])) + (" …" if len(numbers) > SHOWN else "")
    return f"episode {shown}" if len(numbers) == 1 else f"episodes {shown}"
