"""The series that come with the package, as frozen values. Pure: reads files, knows no table."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from generation.screenplay import parse

FOLDER = Path(__file__).parent / "stories"


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody of the cast: how they look, which voice they have, and the seed of all that the look leaves open."""

    name: str
    look: str
    voice: str
    seed: int


@dataclass(frozen=True, slots=True)
class Style:
    """What every picture of a series has in common."""

    style: str
    prompt: str
    negative_prompt: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One episode: its number from 1, its title, its screenplay in Fountain."""

    number: int
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class Story:
    """A series as it is written in series.toml, with its chapters in order."""

    key: str
    title: str
    synopsis: str
    language: str
    genres: tuple[str, ...]
    maturity: int
    free_episodes: int
    price_coins: int
    look: Style
    cast: tuple[Part, ...]
    chapters: tuple[Chapter, ...]


def all_stories(folder: Path = FOLDER) -> tuple[Story, ...]:
    """Every series below `folder`, by name."""
    return tuple(read_story(path.parent) for path in sorted(folder.glob("*/series.toml")))


def read_story(folder: Path) -> Story:
    """The series in `folder`: series.toml, and a numbered Fountain file for each episode."""
    said: dict[str, Any] = tomllib.loads((folder / "series.toml").read_text(encoding="utf-8"))
    known = {field.name for field in fields(Story)} - {"key", "chapters"}
    if set(said) != known:
        raise ValueError(f"{folder.name}/series.toml has to name {sorted(known)}, and names {sorted(said)}.")
    return Story(
        **said | {
            "key": folder.name,
            "synopsis": said["synopsis"].strip(),
            "genres": tuple(said["genres"]),
            "look": Style(**said["look"]),
            "cast": tuple(Part(**part) for part in said["cast"]),
            "chapters": tuple(_chapter(path) for path in sorted(folder.glob("*.fountain"))),
        }
    )


def _chapter(path: Path) -> Chapter:
    source = path.read_text(encoding="utf-8")
    return Chapter(int(path.stem), parse(source).title, source)


def in_order(stories: tuple[Story, ...], episodes: int | None = None) -> list[tuple[Story, Chapter]]:
    """What to make, in this order: the first episode of every series, then the second of every one; each series has
    at most `episodes`.
    """
    pairs = [(story, chapter) for story in stories for chapter in story.chapters[:episodes]]
    return sorted(pairs, key=lambda pair: pair[1].number)
