"""Claiming a step and keeping it."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from common.transitions import move
from generation.models import Render, RenderStep, Step
from generation.progress import Happening, record
from generation.scheduler import choice, heads

BUSY_TRIES, BUSY_SECONDS = 4, 0.02  # a transaction that holds a step lasts a few milliseconds

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
    affinity: str = ""


class _Crowded(Exception):
    """The creator runs as many steps as it may."""


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


def claim(
    *, queue: str, worker: str, now: datetime, lease_seconds: float, warm: Sequence[str] = ()
) -> Lease | None:
    """Lease the next step of `queue` (see `choice`), or None if none may start. `warm`: models that the worker holds.

    Never waits for another claimer's choice; steps that others lock just then are looked for again, a moment later.
    """
    want = dict(choice.wanted(queue=queue, worker=worker, now=now, lease_seconds=lease_seconds, warm=warm))
    busy = 0
    while busy < BUSY_TRIES:
        try:
            lease, passed = _take(want)
        except _Crowded:  # others of this creator were faster: now they are seen
            continue
        if lease is not None:
            if passed:  # what was passed over now need not be passed over again
                heads.rest(queue=queue, now=now, look=2 * choice.LOOKAHEAD_HEADS)
            return lease
        seen = heads.rest(queue=queue, now=now)
        if seen.rested or (not seen.waiting and heads.wake(queue=queue, now=now)):
            continue
        if not seen.waiting:
            return None
        want["heads"] = heads.LOOK  # either it stands behind many that wait for their time, or others lock it
        time.sleep(BUSY_SECONDS * busy)
        busy += 1
    return None


def _take(want: Mapping[str, Any]) -> tuple[Lease | None, int]:
    """One try: the lease, and how many heads were passed over because nothing could be taken there."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(choice.CLAIM, want)
            row = cursor.fetchone()
        if row is None:
            return None, 0
        step, attempt, key, kind, creator, spec, seconds, affinity, max_running, passed, running, waited_for = row
        if running > max_running:
            raise _Crowded
        if waited_for:
            start_renders(_waiting(step), now=want["now"])
    lease = Lease(
        step, attempt, key, kind, want["queue"], creator, json.loads(spec), seconds, want["worker"], affinity
    )
    return lease, passed


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
    return Beat.CANCELLED if status in (Step.Status.CANCELLED, Step.Status.PAUSED) else Beat.LOST


def _waiting(step: int) -> QuerySet[Render]:
    queued = RenderStep.objects.filter(step_id=step, render__status=Render.Status.QUEUED).values("render_id")
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
