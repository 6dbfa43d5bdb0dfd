"""Events of a render: the row first, in the transaction of the change; the push after commit, and it may be lost.

A durable event has a number without a gap within its render. What has no number is passing progress of a running step:
sent at most twice a second, stored nowhere, and allowed to vanish.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection, transaction

from common import outage
from generation.models import Render, RenderEvent

log = structlog.get_logger(__name__)
PUSH_SECONDS = 2.0
NOT_DONE_PERCENT = 99.0

MEASURE = """
SELECT link.render_id,
       sum(step.estimated_seconds),
       sum(CASE step.status WHEN 'done' THEN 1 WHEN 'leased' THEN step.fraction ELSE 0 END * step.estimated_seconds)
FROM generation_renderstep link JOIN generation_step step ON step.id = link.step_id
WHERE link.render_id = ANY(%s) AND NOT link.reused
GROUP BY link.render_id
"""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a render (whose row the caller has locked, its status already the new one)."""

    render: Render
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


def group_name(uid: uuid.UUID) -> str:
    """The channel-layer group of a render's listeners."""
    return f"render.{uid.hex}"


def record(happenings: Sequence[Happening], *, now: datetime, tell: bool = True) -> None:
    """Number and store durable events, raise the percentages, and push after commit. Three queries for any number.

    `tell=False` for a render that nobody can be listening to yet: a request does not wait for a messenger.
    """
    if not happenings:
        return
    renders = {happening.render.pk: happening.render for happening in happenings}
    percents = measure(renders)
    events = []
    for happening in happenings:
        render = happening.render
        render.seq += 1
        render.percent = _percent(render, percents.get(render.pk, 0.0))
        data = {"status": render.status, "percent": round(render.percent, 1)} | happening.data
        events.append(RenderEvent(render=render, seq=render.seq, kind=happening.kind, data=data, created_at=now))
    for render in renders.values():
        render.updated_at = now
    Render.objects.bulk_update(renders.values(), ["seq", "percent", "updated_at"])
    RenderEvent.objects.bulk_create(events)
    if not tell:
        return
    batch = [(event.render.uid, "render.event", event_message(event)) for event in events]
    transaction.on_commit(lambda: push(batch))


def measure(render_ids: Iterable[int]) -> dict[int, float]:
    """Percent of each render's work that is done, weighted by estimated seconds: one query."""
    with connection.cursor() as cursor:
        cursor.execute(MEASURE, [list(render_ids)])
        return {pk: 100.0 * float(done) / float(total) if total else 0.0 for pk, total, done in cursor.fetchall()}


def _percent(render: Render, measured: float) -> float:
    """Never less than was said before, and whole only at the end."""
    if render.status == Render.Status.DONE:
        return 100.0
    return max(render.percent, min(NOT_DONE_PERCENT, measured))


def event_message(event: RenderEvent) -> dict[str, Any]:
    """A durable event as clients get it, by socket and by REST."""
    at = event.created_at.isoformat()
    return {"type": "event", "seq": event.seq, "kind": event.kind, "at": at, **event.data}


def push_progress(
    renders: Iterable[tuple[uuid.UUID, float]], *, key: str, fraction: float, preview: str | None = None
) -> None:
    """Tell listeners how far a running step is. `renders` are (uid, percent); the caller keeps to 2 calls a second."""
    step = {"key": key, "fraction": round(fraction, 3)} | ({"preview": preview} if preview else {})
    push(
        [(uid, "render.progress", {"type": "progress", "percent": round(percent, 1), "step": step})
         for uid, percent in renders]
    )


def push(batch: Sequence[tuple[uuid.UUID, str, dict[str, Any]]]) -> None:
    """Send to listeners now, for at most `PUSH_SECONDS`. Whatever goes wrong is logged: they will ask the database."""
    if not batch or outage.lasts():
        return
    try:
        async_to_sync(_send)(batch)
    except Exception as lost:  # the change is committed; no failure of a messenger may undo or delay it
        outage.note(lost)
        log.warning("progress_push_lost", error=repr(lost), messages=len(batch))


async def _send(batch: Sequence[tuple[uuid.UUID, str, dict[str, Any]]]) -> None:
    layer = get_channel_layer()
    async with asyncio.timeout(PUSH_SECONDS):
        for uid, handler, message in batch:
            await layer.group_send(group_name(uid), {"type": handler, "message": message})
