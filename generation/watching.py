"""What people who watch renders are shown: a row for each of many renders, in queries that do not count them, and what
has happened since they were last told.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from generation.eta import known_etas
from generation.models import Render, RenderEvent
from generation.progress import event_message

MOST_OPEN = 1000
MOST_ENDED = 50
ENDED_RECENTLY = timedelta(minutes=5)
MAX_EVENTS = 500
NOT_SHOWN = ("brief", "screenplay__source", "batch__report")

SINCE = """
SELECT event.id FROM unnest(%(renders)s::bigint[], %(seqs)s::int[]) AS told(render, seq)
JOIN generation_renderevent event ON event.render_id = told.render AND event.seq > told.seq
ORDER BY event.render_id, event.seq LIMIT %(limit)s
"""


# Every socket takes these looks every few seconds, so they are written by hand: a quarter of the ORM's time.
MARK = """
SELECT render.id, render.uid, render.seq, false FROM generation_render render
JOIN creators_member member ON member.creator_id = render.creator_id
WHERE render.uid = %(uid)s AND member.user_id = %(user)s
"""

MARKS = """
WITH mine AS (SELECT creator_id FROM creators_member WHERE user_id = %(user)s), known AS (
    SELECT id FROM generation_render JOIN mine USING (creator_id) WHERE status IN ('queued', 'running', 'paused')
    UNION SELECT id FROM generation_render JOIN mine USING (creator_id) WHERE finished_at >= %(since)s
    UNION SELECT unnest(%(told)s::bigint[])
)
SELECT mine.creator_id, render.id, render.uid, render.seq,
       render.status NOT IN ('queued', 'running', 'paused') AND coalesce(render.finished_at < %(since)s, true)
FROM mine LEFT JOIN (generation_render render JOIN known ON known.id = render.id)
    ON render.creator_id = mine.creator_id
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a render is, as far as a listener has to know to see whether there is news."""

    pk: int
    uid: str
    seq: int
    over: bool  # ended, and not lately: whoever has heard of it may forget it


def mark_for_member(*, user: User, uid: uuid.UUID) -> Mark | None:
    """The mark of one render if `user` belongs to its creator. One query."""
    rows = _rows(MARK, {"uid": uid, "user": user.pk})
    return _mark(*rows[0]) if rows else None


def studio_look(*, user: User, told: Iterable[int], now: datetime) -> tuple[set[int], list[Mark]]:
    """The creators that `user` belongs to, and the marks of all renders of theirs that a listener should know, and of
    those (`told`) that it knows. One query.
    """
    rows = _rows(MARKS, {"user": user.pk, "told": list(told), "since": now - ENDED_RECENTLY})
    return {creator_id for creator_id, *_ in rows}, [_mark(*row) for _, *row in rows if row[0] is not None]


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _mark(pk: int, uid: uuid.UUID, seq: int, over: bool) -> Mark:
    return Mark(pk, str(uid), seq, over)


def studio_renders(*, creator_ids: Sequence[int], now: datetime) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The open renders of these creators and those that ended lately, the newest first, with their ids by uid.

    Two queries for any number. At most `MOST_OPEN` and `MOST_ENDED`.
    """
    mine = Render.objects.filter(creator_id__in=creator_ids)
    still_open = _shown(mine.filter(status__in=Render.OPEN))[:MOST_OPEN]
    ended = _shown(_ended(mine, now - ENDED_RECENTLY))[:MOST_ENDED]
    return _cards([*still_open, *ended], now)


def renders_named(
    *, creator_ids: Sequence[int], uids: Iterable[str], now: datetime
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The same for these renders, as far as they belong to these creators. One query."""
    return _cards(list(_shown(Render.objects.filter(creator_id__in=creator_ids, uid__in=list(uids)))), now)


def events_since(told: Mapping[int, int], *, limit: int = MAX_EVENTS) -> list[tuple[str, dict[str, Any]]]:
    """Events after the number that each render (by id) was told up to, as (uid, message), in order. Two queries."""
    values = {"renders": list(told), "seqs": list(told.values()), "limit": limit}
    found = [pk for (pk,) in _rows(SINCE, values)]
    rows = RenderEvent.objects.filter(pk__in=found).select_related("render").order_by("render_id", "seq")
    rows = rows.only("seq", "kind", "data", "created_at", "render__uid")
    return [(str(row.render.uid), event_message(row)) for row in rows]


def _ended(renders: QuerySet[Render], since: datetime) -> QuerySet[Render]:
    return renders.exclude(status__in=Render.OPEN).filter(finished_at__gte=since)


def _shown(renders: QuerySet[Render]) -> QuerySet[Render]:
    return renders.select_related("episode__series", "screenplay", "master", "batch").defer(*NOT_SHOWN).order_by("-pk")


def _cards(rows: list[Render], now: datetime) -> tuple[list[dict[str, Any]], dict[str, int]]:
    etas = known_etas([str(row.uid) for row in rows if row.status in Render.LIVE], now=now)
    cards = [render_card(row, eta_seconds=etas.get(str(row.uid))) for row in rows]
    return cards, {str(row.uid): row.pk for row in rows}


def render_card(render: Render, *, eta_seconds: float | None) -> dict[str, Any]:
    """A render in one row of a list, as JSON: where it stands and whose it is, without its steps."""
    episode = render.episode
    return render_head(render, eta_seconds=eta_seconds) | {
        "episode_number": episode.number,
        "series": str(episode.series.uid),
        "series_title": episode.series.title,
    }


def render_head(render: Render, *, eta_seconds: float | None) -> dict[str, Any]:
    """Where a render stands, as JSON. Needs its episode, screenplay, master and batch, and asks for nothing."""
    error = {"code": render.error_code, "message": render.error_message, "remedy": render.error_remedy}
    return {
        "uid": str(render.uid),
        "kind": render.kind,
        "episode": str(render.episode.uid),
        "batch": str(render.batch.uid) if render.batch else None,
        "profile": render.profile,
        "screenplay_version": render.screenplay.version,
        "status": render.status,
        "pause_reason": render.pause_reason,
        "percent": round(render.percent, 1),
        "eta_seconds": eta_seconds,
        "seq": render.seq,
        "master": str(render.master.uid) if render.master else None,
        "error": error if render.error_code else None,
        "created_at": render.created_at.isoformat(),
        "started_at": _iso(render.started_at),
        "finished_at": _iso(render.finished_at),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
