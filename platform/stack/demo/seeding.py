"""From stories to rows. What is there stays as it is, changed or not: only what is missing is made."""

from __future__ import annotations

from datetime import datetime

from catalog.models import Episode, Series
from catalog.services import episode_create, series_create
from creators.models import Creator
from generation.cast import character_update, characters_of, look_set, screenplay_latest, screenplay_save
from generation.models import Look
from stack.demo.people import People
from stack.demo.stories import Chapter, Story, Style


def episode_seed(*, story: Story, chapter: Chapter, people: People, now: datetime) -> Episode:
    """The chapter as an episode with its screenplay and its cast, ready to be rendered."""
    series = series_seed(creator=people.creator, story=story)
    found = Episode.objects.select_related("series").filter(series=series, number=chapter.number).first()
    episode = found or episode_create(series=series, number=chapter.number, title=chapter.title)
    if screenplay_latest(episode=episode) is None:
        screenplay_save(episode=episode, source=chapter.source, by=people.owner, now=now)
    _cast(series, story)
    return episode


def series_seed(*, creator: Creator, story: Story) -> Series:
    """The series of this title and language, and its look."""
    found = Series.objects.filter(creator=creator, title=story.title, language=story.language).order_by("pk").first()
    series = found or series_create(
        creator=creator, title=story.title, language=story.language, synopsis=story.synopsis, genres=story.genres,
        maturity=story.maturity, free_episodes=story.free_episodes, price_coins=story.price_coins,
    )
    if not Look.objects.filter(series=series).exists():
        _look(series, story.look)
    return series


def _look(series: Series, look: Style) -> None:
    look_set(series=series, style=look.style, prompt=look.prompt, negative_prompt=look.negative_prompt)


def _cast(series: Series, story: Story) -> None:
    """Saving a screenplay makes its speakers; those who have no look yet get theirs."""
    parts = {part.name: part for part in story.cast}
    for character in characters_of(series=series).filter(look="", name__in=parts):
        part = parts[character.name]
        character_update(character=character, look=part.look, voice=part.voice, seed=part.seed)
