"""Where accepted events go. Today: one statement a table, in the caller's transaction.

At scale the same calls are made by the consumer of a stream; nothing above this module would notice.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime

from django.db import connection


@dataclass(frozen=True, slots=True)
class Row:
    """One watch event as it is stored, without what the whole batch shares."""

    event_id: uuid.UUID
    type: str
    episode: int
    feed: uuid.UUID | None
    position: int | None
    kind: str
    occurred_at: datetime
    claimed_at: datetime
    position_ms: int
    watched_ms: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a viewer stopped in one series, by one event."""

    series: int
    episode: int
    position_ms: int
    next_number: int
    occurred_at: datetime


STORE = """
    INSERT INTO feeds_watchevent (user_id, device_id, sent_at, received_at, event_id, type, episode_id, feed, position,
        kind, occurred_at, claimed_at, position_ms, watched_ms)
    SELECT %s, %s, %s, %s, r.* FROM unnest(%s::uuid[], %s::text[], %s::bigint[], %s::uuid[], %s::int[], %s::text[],
        %s::timestamptz[], %s::timestamptz[], %s::int[], %s::int[]) AS r
    ON CONFLICT (user_id, event_id) DO NOTHING RETURNING event_id
"""
COUNT = """
    INSERT INTO feeds_view (user_id, episode_id, day) SELECT %s, v.* FROM unnest(%s::bigint[], %s::date[]) AS v
    ON CONFLICT (user_id, episode_id, day) DO NOTHING
"""
MOVE = """
    INSERT INTO feeds_progress AS p (user_id, updated_at, series_id, episode_id, position_ms, next_number, occurred_at)
    SELECT %s, %s, s.* FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::int[], %s::timestamptz[]) AS s
    ON CONFLICT (user_id, series_id) DO UPDATE SET episode_id = excluded.episode_id,
        position_ms = excluded.position_ms, next_number = excluded.next_number, occurred_at = excluded.occurred_at,
        updated_at = excluded.updated_at
    WHERE (p.occurred_at, p.next_number, p.position_ms)
        < (excluded.occurred_at, excluded.next_number, excluded.position_ms)
"""


def store_events(
    rows: Sequence[Row], *, user_id: int, device_id: str, sent_at: datetime, received_at: datetime
) -> set[uuid.UUID]:
    """Store what is new and return its ids; an id that this viewer has sent before changes nothing."""
    if not rows:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(STORE, [user_id, device_id, sent_at, received_at, *_columns(rows)])
        return {event_id for (event_id,) in cursor.fetchall()}


def count_views(views: Collection[tuple[int, date]], *, user_id: int) -> None:
    """One view per episode id and day, however often it is reported."""
    if views:
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [user_id, *map(list, zip(*sorted(views), strict=True))])


def move_progress(stops: Sequence[Stop], *, user_id: int, now: datetime) -> None:
    """Set where the viewer stopped, one stop per series; what happened earlier than what is known changes nothing."""
    if stops:
        with connection.cursor() as cursor:
            cursor.execute(MOVE, [user_id, now, *_columns(stops)])


def _columns(rows: Iterable[Row] | Iterable[Stop]) -> list[list[object]]:
    return [list(column) for column in zip(*(astuple(row) for row in rows), strict=True)]
