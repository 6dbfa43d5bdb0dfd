"""A viewer's row: taken as the lock, read as bitmaps, written back together with the slate in one round trip."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from pyroaring import BitMap

from common.canonical import canonical
from feeds.models import FeedSlate
from feeds.ranking import CONTINUE
from feeds.slates import LIFE, Item, Slate, from_json, to_json

LOCK = """
    INSERT INTO feeds_viewerseen AS v (user_id, series, episodes, updated_at) VALUES (%s, '', '', %s)
    ON CONFLICT (user_id) DO UPDATE SET user_id = v.user_id RETURNING series, episodes
"""
SAVE_SEEN = "UPDATE feeds_viewerseen SET series = %s, episodes = %s, updated_at = %s WHERE user_id = %s"
SAVE_PAGE = """
    WITH seen AS (UPDATE feeds_viewerseen SET series = %s, episodes = %s, updated_at = %s WHERE user_id = %s),
         old AS (DELETE FROM feeds_feedslate WHERE viewer_id = %s AND expires_at <= %s AND uid <> %s)
    INSERT INTO feeds_feedslate AS s (uid, viewer_id, items, cuts, exhausted, expires_at, created_at, updated_at)
    VALUES (%s, %s, %s::jsonb, %s, %s, %s, %s, %s)
    ON CONFLICT (uid) DO UPDATE SET items = excluded.items, cuts = excluded.cuts, exhausted = excluded.exhausted,
        expires_at = excluded.expires_at, updated_at = excluded.updated_at
"""


@dataclass(slots=True)
class Seen:
    """What a viewer was shown: series by their hooks (or by watching them), and single episodes."""

    series: BitMap
    episodes: BitMap

    @classmethod
    def read(cls, series: bytes | memoryview, episodes: bytes | memoryview) -> Seen:
        return cls(_bitmap(series), _bitmap(episodes))

    def knows(self, item: Item) -> bool:
        """Whether showing this would be a repeat. A card to continue repeats an episode, a hook its whole series."""
        return item.episode in self.episodes if item.kind == CONTINUE else item.series in self.series

    def mark(self, items: Iterable[Item]) -> None:
        for item in items:
            self.series.add(item.series)
            self.episodes.add(item.episode)

    def write(self) -> tuple[bytes, bytes]:
        return self.series.serialize(), self.episodes.serialize()


def viewer_lock(*, user_id: int, now: datetime) -> Seen:
    """Lock the viewer's row until the transaction ends (made if it is the first time)."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [user_id, now])
        return Seen.read(*cursor.fetchone())


def viewer_lock_with_slate(*, user_id: int, slate_uid: uuid.UUID, now: datetime) -> tuple[Seen, Slate] | None:
    """Lock the viewer's row and read a living slate of theirs; None (and no lock) if there is no such slate."""
    found = (
        FeedSlate.objects.select_for_update()
        .select_related("viewer")
        .filter(viewer_id=user_id, uid=slate_uid, expires_at__gt=now)
        .first()
    )
    if found is None:
        return None
    slate = Slate(found.uid, from_json(found.items), tuple(found.cuts), found.exhausted)
    return Seen.read(found.viewer.series, found.viewer.episodes), slate


def seen_save(*, user_id: int, seen: Seen, now: datetime) -> None:
    """Write the bitmaps. The caller holds the lock."""
    with connection.cursor() as cursor:
        cursor.execute(SAVE_SEEN, [*seen.write(), now, user_id])


def page_save(*, user_id: int, seen: Seen, slate: Slate, now: datetime) -> None:
    """Write the bitmaps and the slate, and drop the viewer's dead slates. The caller holds the lock."""
    marked = (*seen.write(), now, user_id)
    dead = (user_id, now, slate.uid)
    kept = (
        slate.uid, user_id, canonical(to_json(slate.items)).decode(), list(slate.cuts), slate.exhausted, now + LIFE,
        now, now,
    )
    with connection.cursor() as cursor:
        cursor.execute(SAVE_PAGE, [*marked, *dead, *kept])


def _bitmap(stored: bytes | memoryview) -> BitMap:
    return BitMap.deserialize(bytes(stored)) if stored else BitMap()
