"""Rows for tests, made straight in the database in the state that a test needs. No test data files."""

from __future__ import annotations

import itertools
from typing import Any

from django.utils import timezone

from accounts.models import User
from catalog.models import Episode, Master, Rendition, Series, Subtitle
from common.ids import unguessable
from creators.models import Creator, Member

_count = itertools.count(1)


def make_guest(**fields: Any) -> User:
    return User.objects.create_guest(**fields)


def make_user(**fields: Any) -> User:
    n = next(_count)
    email = fields.pop("email", f"person{n}@example.org")
    return User.objects.create_user(email, fields.pop("password", None), **fields)


def make_moderator(**fields: Any) -> User:
    return make_user(is_staff=True, is_superuser=fields.pop("is_superuser", True), **fields)


def make_creator(owner: User | None = None, **fields: Any) -> Creator:
    n = next(_count)
    creator = Creator.objects.create(name=fields.pop("name", f"Studio {n}"), handle=fields.pop("handle", f"studio-{n}"))
    Member.objects.create(creator=creator, user=owner or make_user(), role=Member.Role.OWNER)
    return creator


def make_series(creator: Creator | None = None, **fields: Any) -> Series:
    n = next(_count)
    values: dict[str, Any] = {"title": f"Series {n}", "language": "en", "free_episodes": 1, "price_coins": 60}
    return Series.objects.create(creator=creator or make_creator(), **(values | fields))


def make_episode(series: Series | None = None, number: int = 1, **fields: Any) -> Episode:
    return Episode.objects.create(series=series or make_series(), number=number, **fields)


def make_master(episode: Episode, **fields: Any) -> Master:
    values: dict[str, Any] = {
        "version": 1, "profile": "animatic", "prefix": f"masters/{unguessable()}", "duration_ms": 45_000,
        "width": 720, "height": 1280, "fps": 24, "size_bytes": 1_000_000, "captions_burned": True,
    }
    master = Master.objects.create(episode=episode, **(values | fields))
    Rendition.objects.create(
        master=master, name="720p", path="720p.mp4", playlist_path="720p.m3u8", width=720, height=1280,
        bitrate=900_000, peak_bitrate=1_400_000, codecs="avc1.64001f,mp4a.40.2", size_bytes=900_000,
    )
    Subtitle.objects.create(master=master, language=episode.series.language, path="captions.vtt")
    return master


def make_published(series: Series | None = None, number: int = 1, **fields: Any) -> Episode:
    """A published episode with a master (no bytes behind it)."""
    now = fields.pop("published_at", None) or timezone.now()
    episode = make_episode(series, number, **fields)
    master = make_master(episode)
    Episode.objects.filter(pk=episode.pk).update(status=Episode.Status.PUBLISHED, master=master, published_at=now)
    Series.objects.filter(pk=episode.series_id).update(
        published_episodes=Episode.objects.filter(series_id=episode.series_id, status="published").count(),
        first_published_at=episode.series.first_published_at or now,
    )
    return Episode.objects.select_related("series__creator", "master").get(pk=episode.pk)
