"""Events of a render: the row first, in the transaction of the change; the push after commit, and it may be lost.

A durable event has a number without a gap within its render. What has no number is passing progress of a running step
(`generation.telling`): sent at most twice a second, stored nowhere, and allowed to vanish.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from generation.messenger import Letter, send
from generation.models import Render, RenderEvent

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


def render_group(uid: uuid.UUID | str) -> str:
    """The channel-layer group of a render's listeners."""
    return f"render.{uid}"


def studio_group(creator_id: int) -> str:
    """The channel-layer group of those who listen to everything that a creator renders."""
    return f"studio.{creator_id}"


def record(happenings: Sequence[Happening], *, now: datetime, tell: bool = True) -> None:
    """Number and store durable events, raise the percentages, and push after commit. Three queries for any number.

    `tell=False` leaves it to the listeners' periodic look.
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
    letters = [letter for event in events for letter in letters_of(event)]
    transaction.on_commit(lambda: push(letters))


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


def letters_of(event: RenderEvent) -> list[Letter]:
    """An event for the listeners of its render, and for those of its studio."""
    body = {"type": "render.event", "render": str(event.render.uid), "message": event_message(event)}
    return [Letter(group, body) for group in (render_group(event.render.uid), studio_group(event.render.creator_id))]


def push(letters: Sequence[Letter]) -> None:
    """Send to listeners now, for a bounded time. What is lost they find in the database."""
    send(letters)
