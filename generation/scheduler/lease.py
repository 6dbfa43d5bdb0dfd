"""Claiming a step and keeping it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from common.transitions import move
from generation.models import Render, RenderStep, Step
from generation.progress import Happening, record

# The one place that decides who is next. First form: lane, then who waited longest.
CLAIM = """
WITH next AS MATERIALIZED (
    SELECT id FROM generation_step
    WHERE status = 'ready' AND queue = %(queue)s AND ready_at <= %(now)s
    ORDER BY lane, ready_at, id
    LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE generation_step step
SET status = 'leased', attempt = step.attempt + 1, tries = step.tries + 1, worker = %(worker)s, leased_at = %(now)s,
    lease_expires_at = %(expires)s, fraction = 0, updated_at = %(now)s
FROM next WHERE step.id = next.id
RETURNING step.id
"""

# Renders that another transaction holds are skipped: a percentage is not worth waiting for, nor a deadlock.
HEARTBEAT = """
WITH beat AS (
    UPDATE generation_step SET lease_expires_at = %(expires)s, fraction = greatest(fraction, %(fraction)s)
    WHERE id = %(step)s AND attempt = %(attempt)s AND status = 'leased'
    RETURNING id
), live AS (
    SELECT render.id FROM generation_render render
    JOIN generation_renderstep link ON link.render_id = render.id
    JOIN beat ON beat.id = link.step_id
    WHERE render.status IN ('queued', 'running')
    FOR NO KEY UPDATE OF render SKIP LOCKED
), sums AS (
    SELECT link.render_id AS id, 100 * sum(step.estimated_seconds * CASE
               WHEN step.status = 'done' THEN 1
               WHEN step.id = %(step)s THEN greatest(step.fraction, %(fraction)s)
               WHEN step.status = 'leased' THEN step.fraction
               ELSE 0 END) / nullif(sum(step.estimated_seconds), 0) AS percent
    FROM live JOIN generation_renderstep link ON link.render_id = live.id
    JOIN generation_step step ON step.id = link.step_id
    WHERE NOT link.reused
    GROUP BY link.render_id
)
UPDATE generation_render render
SET percent = greatest(render.percent, least(99, coalesce(sums.percent, 0)))
FROM sums WHERE render.id = sums.id
RETURNING render.uid, render.percent
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run a step until `expires_at`. `attempt` is the fencing token that every report carries."""

    step_id: int
    attempt: int
    key: str
    kind: str
    queue: str
    creator_id: int
    spec: Mapping[str, Any]
    estimated_seconds: float
    worker: str


class Beat(Enum):
    """What a heartbeat learns."""

    HELD = "held"
    CANCELLED = "cancelled"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Pulse:
    """The answer to a heartbeat: do we still hold the step, and where its renders stand, as (uid, percent)."""

    beat: Beat
    renders: tuple[tuple[uuid.UUID, float], ...] = ()


def claim(*, queue: str, worker: str, now: datetime, lease_seconds: float) -> Lease | None:
    """Lease the next step of `queue`, or None. Never waits for another claimer."""
    expires = now + timedelta(seconds=lease_seconds)
    values: dict[str, Any] = {"queue": queue, "worker": worker[:80], "now": now, "expires": expires}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, values)
            found = cursor.fetchone()
        if found is None:
            return None
        step = Step.objects.get(pk=found[0])
        start_renders(_waiting(step), now=now)
    return Lease(
        step.pk, step.attempt, step.key, step.kind, step.queue, step.creator_id, step.spec, step.estimated_seconds,
        step.worker,
    )


def heartbeat(*, lease: Lease, now: datetime, lease_seconds: float, fraction: float = 0.0) -> Pulse:
    """Keep the lease for another `lease_seconds` and note how far the attempt is (0..1)."""
    values: dict[str, Any] = {
        "step": lease.step_id, "attempt": lease.attempt, "expires": now + timedelta(seconds=lease_seconds),
        "fraction": min(1.0, max(0.0, fraction)),
    }
    with connection.cursor() as cursor:
        cursor.execute(HEARTBEAT, values)
        renders = tuple(cursor.fetchall())
    return Pulse(Beat.HELD, renders) if renders else Pulse(_ask(lease))


def _ask(lease: Lease) -> Beat:
    """Nobody's percentage moved: its renders were busy just then, or the step is no longer ours."""
    status, attempt = Step.objects.values_list("status", "attempt").get(pk=lease.step_id)
    if attempt != lease.attempt:
        return Beat.LOST
    if status == Step.Status.LEASED:
        return Beat.HELD
    return Beat.CANCELLED if status == Step.Status.CANCELLED else Beat.LOST


def _waiting(step: Step) -> QuerySet[Render]:
    queued = RenderStep.objects.filter(step=step, render__status=Render.Status.QUEUED).values("render_id")
    return Render.objects.select_for_update(no_key=True).filter(pk__in=queued).order_by("pk")


def start_renders(renders: Iterable[Render], *, now: datetime) -> None:
    """Of these renders (locked by ascending id), those that only waited are running now that a step of theirs is."""
    started = [
        Happening(render, "running")
        for render in renders
        if render.status == Render.Status.QUEUED
        and move(render, expect=Render.Status.QUEUED, to=Render.Status.RUNNING, started_at=now)
    ]
    record(started, now=now)
