"""A catalogue of any size in a handful of statements, and ways to change it under a viewer's feet."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef
from django.utils import timezone

from catalog.models import Episode, Master, Series
from common.ids import unguessable
from creators.models import Creator
from tests.builders import make_creator

NOW = timezone.now()  # one present for the shelf and for who looks at it, however long the run takes


def fill_shelf(
    series: int, *, episodes: int = 2, creators: int = 5, newest: datetime | None = None, **fields: Any
) -> list[Series]:
    """So many series with published episodes, oldest first, one a minute until `newest`."""
    end = newest or NOW
    makers: Sequence[Creator] = [make_creator() for _ in range(min(creators, series))]
    rows = Series.objects.bulk_create(
        Series(
            creator=makers[n % len(makers)], title=f"Story {n}", language="en", published_episodes=episodes,
            first_published_at=end - timedelta(minutes=series - n), **({"free_episodes": 1} | fields),
        )
        for n in range(series)
    )
    shown = Episode.objects.bulk_create(
        Episode(series=one, number=number) for one in rows for number in range(1, episodes + 1)
    )
    Master.objects.bulk_create(
        Master(
            episode=episode, version=1, profile="animatic", prefix=f"masters/{unguessable()}", duration_ms=40_000,
            width=720, height=1280, fps=24, size_bytes=1,
        )
        for episode in shown
    )
    Episode.objects.filter(series__in=rows).update(
        status=Episode.Status.PUBLISHED, published_at=end,
        master=Master.objects.filter(episode=OuterRef("pk")).values("pk")[:1],
    )
    return rows


def withdraw(episode_uid: str | uuid.UUID) -> None:
    """As the catalogue's service leaves it."""
    episode = Episode.objects.get(uid=episode_uid)
    Episode.objects.filter(pk=episode.pk).update(status=Episode.Status.WITHDRAWN, withdrawn_at=timezone.now())
    left = Episode.objects.filter(series=episode.series_id, status=Episode.Status.PUBLISHED).count()
    Series.objects.filter(pk=episode.series_id).update(published_episodes=left)


def restore(episode_uid: str | uuid.UUID) -> None:
    episode = Episode.objects.get(uid=episode_uid)
    Episode.objects.filter(pk=episode.pk).update(status=Episode.Status.PUBLISHED)
    left = Episode.objects.filter(series=episode.series_id, status=Episode.Status.PUBLISHED).count()
    Series.objects.filter(pk=episode.series_id).update(published_episodes=left)


def hook_of(series: Series) -> Episode:
    return Episode.objects.filter(series=series, status=Episode.Status.PUBLISHED).earliest("number")
