"""Series of many episodes, stored without a parser's child process for each."""

from __future__ import annotations

import hashlib

from accounts.models import User
from catalog.models import Episode, Series
from generation.cast import newcomers
from generation.models import Character, Screenplay
from generation.screenplay import parse
from tests.builders import make_creator, make_episode, make_series

SHAPE = """INT. HALLWAY - NIGHT

MARA
{line}

INT. KITCHEN - NIGHT

JONAS
Don't open it!
"""


def a_series(count: int, owner: User | None = None, shape: str = SHAPE) -> Series:
    """Episodes of the same people; each has a line of its own and shares the other ones."""
    series = make_series(make_creator(owner))
    for number in range(1, count + 1):
        store(series, number, shape.format(line=f"This is envelope number {number}."))
    return series


def store(series: Series, number: int, source: str) -> Episode:
    """An episode with this text, and its speakers in the cast."""
    episode = make_episode(series, number)
    known = {row.name: row for row in Character.objects.filter(series=series)}
    Character.objects.bulk_create(newcomers(series, parse(source), known))
    digest = hashlib.sha256(source.encode()).hexdigest()
    Screenplay.objects.create(
        episode=episode, version=1, source=source, sha256=digest, language="en", shot_count=1, estimated_ms=1
    )
    return episode


def episodes(series: Series) -> list[Episode]:
    """In order."""
    return list(Episode.objects.filter(series=series).order_by("number"))
