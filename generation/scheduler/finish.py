"""How an attempt ends. Every report carries its token; a late one finds the row moved on and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from common.transitions import move
from generation import budget
from generation.budget import attempt_record
from generation.models import Artifact, Render, RenderStep, Step, StepAttempt, StepEdge
from generation.progress import Happening, record
from generation.scheduler.bells import ready
from generation.scheduler.errors import WORKER_LOST, WORKER_STOPPED, Failure
from generation.scheduler.graph import lock_creator, lock_steps, release_unwanted
from generation.scheduler.heads import Place
from generation.scheduler.lease import Lease, start_renders
from generation.scheduler.masters import finish_renders, live_renders_of
from generation.scheduler.tell import lock_open_renders_of, tell
from generation.scheduler.tidy import let_go_of_rest, pause_stalled
from generation.scheduler.work import lock_with_needs, waits_for

BACKOFF_SECONDS = 2.0
BACKOFF_MOST = 60.0
Outcome = StepAttempt.Outcome


def complete(
    *, lease: Lease, prefix: str, meta: Mapping[str, Any], files: Sequence[Mapping[str, Any]], now: datetime
) -> bool:
    """Accept what an attempt left below `prefix`. False if the lease was lost: the caller deletes what it put."""
    with transaction.atomic():
        step = held(lease).first()
        if step is None:
            return False
        seconds = max(0.0, (now - (step.leased_at or now)).total_seconds())
        won = held(lease).update(
            status=Step.Status.DONE, lease_expires_at=None, finished_at=now, fraction=1.0, seconds=seconds,
            updated_at=now,
        )
        if not won:
            return False
        Artifact.objects.create(
            creator_id=step.creator_id, key=step.key, kind=step.kind, prefix=prefix, meta=dict(meta),
            files=[dict(file) for file in files], size_bytes=sum(int(file["size"]) for file in files), created_at=now,
        )
        accepted = attempt_record(step, outcome=Outcome.DONE, ended_at=now)
        accepted.save(force_insert=True)
        woken = _wake_dependents(step, now=now)
        ready(woken)
        told = _tell(step, "done", now=now, seconds=round(seconds, 3))
        ended = [render.pk for render in told if render.final_key == step.key]
        if ended:
            finish_renders(step.creator_id, step.key, now=now)
            transaction.on_commit(partial(let_go_of_rest, step.creator_id, ended, now=now), robust=True)
        elif len(told) > 1 or not woken:  # else something of the only render is ready
            transaction.on_commit(partial(pause_stalled, [render.pk for render in told], now=now), robust=True)
        budget.settle(step=step, attempt_row=accepted, now=now)  # last: the account is the last lock
    return True


def report_failure(*, lease: Lease, failure: Failure, now: datetime) -> bool:
    """The attempt failed: another try after a pause, or the step is parked and its renders fail. False if lost."""
    return _end(step_id=lease.step_id, attempt=lease.attempt, failure=failure, outcome=Outcome.FAILED, now=now)


def give_back(*, lease: Lease, now: datetime, why: Failure = WORKER_STOPPED) -> bool:
    """The worker cannot go on: the step is ready again at once, and the try does not count."""
    with transaction.atomic():
        lock_with_needs(lease.step_id)
        step = held(lease).first()
        if step is None:
            return False
        places = _again(step, ready_at=step.ready_at or now, tries=max(0, step.tries - 1), now=now)
        close_attempt(step, why, Outcome.FAILED, now)
        ready(places)
        _tell(step, "retry", now=now, error=why.message)
    return True


def expire_lease(*, step_id: int, attempt: int, now: datetime) -> bool:
    """The worker was not heard of in time. False if its heartbeat came after all, or the attempt has ended."""
    return _end(step_id=step_id, attempt=attempt, failure=WORKER_LOST, outcome=Outcome.LOST, now=now)


def _end(*, step_id: int, attempt: int, failure: Failure, outcome: StepAttempt.Outcome, now: datetime) -> bool:
    """End one attempt without a result. False if that attempt does not hold the step any more."""
    step = Step.objects.filter(pk=step_id, attempt=attempt, status=Step.Status.LEASED).first()
    if step is None:
        return False
    if failure.retryable and step.tries < settings.STEP_MAX_ATTEMPTS:
        return _retry(step, failure, outcome, now)
    return _park(step, failure, outcome, now)


def held(lease: Lease) -> QuerySet[Step]:
    """The step, if this lease still holds it."""
    return Step.objects.filter(pk=lease.step_id, attempt=lease.attempt, status=Step.Status.LEASED)


def _retry(step: Step, failure: Failure, outcome: StepAttempt.Outcome, now: datetime) -> bool:
    """A lost worker says nothing about the step: it keeps its place in the queue. A failure makes it wait."""
    pause = min(BACKOFF_MOST, BACKOFF_SECONDS ** step.tries) if outcome == Outcome.FAILED else 0.0
    with transaction.atomic():
        lock_with_needs(step.pk)
        if not _unchanged(step, outcome, now).exists():
            return False
        ready_at = now + timedelta(seconds=pause) if pause else step.ready_at or now
        places = _again(step, ready_at=ready_at, tries=step.tries, now=now)
        close_attempt(step, failure, outcome, now)
        if not pause:
            ready(places)
        _tell(step, "retry", now=now, error=failure.message[:500])
    return True


def _again(step: Step, *, ready_at: datetime, tries: int, now: datetime) -> list[Place]:
    """A step that ran (locked with its needs) waits for another attempt: paused, if its renders have been paused
    meanwhile; blocked, if something that it needs is made again.
    """
    waits = waits_for(step.pk)
    wanted = live_renders_of(step.pk).exists()
    waiting = Step.Status.BLOCKED if waits else Step.Status.READY
    status = waiting if wanted else Step.Status.PAUSED
    free = status == Step.Status.READY
    Step.objects.filter(pk=step.pk).update(
        status=status, pending=waits, ready_at=ready_at if free else None, lease_expires_at=None, fraction=0,
        tries=tries, updated_at=now,
    )
    return [(step.creator_id, step.queue, step.lane)] if free else []


def _unchanged(step: Step, outcome: StepAttempt.Outcome, now: datetime) -> QuerySet[Step]:
    """The step if this attempt still holds it; a lease that is said to be lost must have run out as well."""
    same = Step.objects.filter(pk=step.pk, attempt=step.attempt, status=Step.Status.LEASED)
    return same.filter(lease_expires_at__lt=now) if outcome == Outcome.LOST else same


def _park(step: Step, failure: Failure, outcome: StepAttempt.Outcome, now: datetime) -> bool:
    """Out of tries, or it can never work: the step waits for somebody to look, its renders fail and say why."""
    reason = {
        "error_code": failure.code[:60], "error_message": failure.message[:500], "error_remedy": failure.remedy[:500]
    }
    with transaction.atomic():
        lock_creator(step.creator_id)
        failing = list(live_renders_of(step.pk).values_list("pk", flat=True))
        mine = RenderStep.objects.filter(render__in=failing).values("step_id")
        lock_steps(Step.objects.filter(pk__in=mine, status__in=Step.OPEN))
        same = _unchanged(step, outcome, now)
        if not same.update(status=Step.Status.FAILED, lease_expires_at=None, finished_at=now, updated_at=now, **reason):
            return False
        close_attempt(step, failure, outcome, now)
        _tell(step, "failed", now=now, error=reason["error_message"])
        _fail_renders(failing, reason, now)
        release_unwanted(failing, now=now)
        budget.release(steps=[step], now=now)
    return True


def _fail_renders(pks: list[int], reason: dict[str, str], now: datetime) -> None:
    renders = Render.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")
    failed = [
        Happening(render, "failed", {"error": _said(reason)})
        for render in renders
        if move(render, expect=Render.LIVE, to=Render.Status.FAILED, finished_at=now, **reason)
    ]
    record(failed, now=now)


def _said(reason: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix("error_"): text for name, text in reason.items()}


def close_attempt(step: Step, failure: Failure, outcome: StepAttempt.Outcome, now: datetime) -> None:
    """Keep how an attempt ended; `step` is as it was under the lease."""
    row = attempt_record(
        step, outcome=outcome, ended_at=now, error_code=failure.code[:60],
        error_message=(failure.detail or failure.message)[:500],
    )
    row.save(force_insert=True)


def _tell(step: Step, what: str, *, now: datetime, **data: Any) -> list[Render]:
    """A durable event for every open render that has this step; their rows are locked by ascending id."""
    renders = lock_open_renders_of(step.pk)
    start_renders(renders, now=now)
    tell(step, what, renders, now=now, **data)
    return renders


def _wake_dependents(step: Step, *, now: datetime) -> list[Place]:
    """One input less to wait for; returns the place of each step that now waits for none and may start."""
    waiting = Step.objects.filter(
        pk__in=StepEdge.objects.filter(needs=step).values("step_id"),
        status__in=[Step.Status.BLOCKED, Step.Status.PAUSED],
    )
    pks = list(waiting.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    if not pks:
        return []
    Step.objects.filter(pk__in=pks).update(pending=F("pending") - 1)
    free = Step.objects.filter(pk__in=pks, pending=0, status=Step.Status.BLOCKED)
    places = list(free.values_list("creator_id", "queue", "lane"))
    # in the line it stands where its input stood: what was begun is finished before what was asked for later is begun
    free.update(status=Step.Status.READY, ready_at=step.ready_at or now, updated_at=now)
    return places
