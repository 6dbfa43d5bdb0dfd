"""One step of a render. A step may belong to several renders of its creator: all of them see what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from common.errors import Conflict, NotFound
from generation.budget import attempt_record
from generation.models import Render, Step, StepAttempt
from generation.scheduler.bells import ready
from generation.scheduler.control import moves
from generation.scheduler.control.one import render_resume, render_retry
from generation.scheduler.tell import lock_open_renders_of, tell
from generation.scheduler.tidy import pause_stalled
from generation.scheduler.work import STOPPED, lock_creator, lock_with_needs, put_back, waits_for

Status = Step.Status
IDLE = (Status.BLOCKED, Status.READY)


def step_pause(*, render: Render, key: str, now: datetime) -> Render:
    """The step does not start until it is resumed, or a render asks for it. Raises `Conflict` if it runs or has ended.

    A render of which nothing else can run is paused with it.
    """
    with _held(render, key) as step:
        if step.status == Status.LEASED:
            raise Conflict("This step is running.", code="step_running", remedy="Let it finish, or cancel it.")
        _refuse_stopped(step)
        changed = step.status in IDLE
        if changed:
            _sleep(step, "paused", now)
    if changed:
        pause_stalled(_pks(step), now=now)
    return _fresh(render)


def step_cancel(*, render: Render, key: str, now: datetime) -> Render:
    """What runs of the step is stopped (its worker learns it within a second), and the step is paused.

    Raises `Conflict` if it has ended: a step that nobody wants is cancelled with its renders, not by itself.
    """
    with _held(render, key) as step:
        _refuse_stopped(step)
        changed = step.status != Status.PAUSED
        if step.status == Status.LEASED:
            attempt_record(step, outcome=StepAttempt.Outcome.CANCELLED, ended_at=now).save(force_insert=True)
        if changed:
            _sleep(step, "cancelled", now)
    if changed:
        pause_stalled(_pks(step), now=now)
    return _fresh(render)


def step_resume(*, render: Render, key: str, now: datetime) -> Render:
    """A paused step may start again. Raises `Conflict` if its render is paused as a whole, or the step has ended."""
    with _held(render, key) as step:
        _refuse_stopped(step)
        row = _fresh(render)
        if row.status in Render.LIVE:
            if step.status == Status.PAUSED:
                ready(put_back([step.pk], awake=True, now=now).places)
                tell(step, "resumed", lock_open_renders_of(step.pk), now=now)
            return _fresh(render)
    if _paused_by_step(row):  # it waits for nothing but a step
        return render_resume(render=row, now=now)
    raise Conflict(f"This render is {row.status}.", code=f"render_{row.status}", remedy="Resume or retry the render.")


def step_retry(*, render: Render, key: str, now: datetime) -> Render:
    """A step that waits after a failure is tried at once; one that has failed for good is retried with its render.

    Raises `Conflict` if it runs, waits for others, or is done.
    """
    with _held(render, key) as step:
        row = _fresh(render)
        if step.status == Status.READY:
            if step.ready_at is not None and step.ready_at > now:
                Step.objects.filter(pk=step.pk).update(ready_at=now, updated_at=now)
                ready([(step.creator_id, step.queue, step.lane)])
            return row
    if step.status in (Status.FAILED, Status.CANCELLED) and row.status in moves.ENDED_BADLY:
        return render_retry(render=row, now=now)
    if step.status in (Status.PAUSED, Status.FAILED):
        raise Conflict(f"This step is {step.status}.", code=f"step_{step.status}", remedy="Resume it, or its render.")
    raise Conflict(f"This step is {step.status}.", code=f"step_{step.status}", remedy="There is nothing to try again.")


def parked_retry(*, step: Step, now: datetime) -> list[Render]:
    """Retry the renders that failed with this step when it was parked. Raises `Conflict` if there is none."""
    linked = Render.objects.filter(links__step=step, status=Render.Status.FAILED, finished_at=step.finished_at)
    renders = list(linked.order_by("pk")) if step.status == Status.FAILED else []
    if not renders:
        raise Conflict(
            "No render waits for this step.", code="step_not_parked", remedy="Its creator may retry or ask anew."
        )
    return [row for row, changed in (moves.retried(render, now=now) for render in renders) if changed]


@contextmanager
def _held(render: Render, key: str) -> Iterator[Step]:
    """The step of that key, locked with what it needs. Raises `NotFound` if `render` has no such step."""
    found = Step.objects.filter(links__render=render, key=key).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound()
    with transaction.atomic():
        lock_creator(render.creator_id)
        lock_with_needs(found)
        yield Step.objects.get(pk=found)


def _sleep(step: Step, what: str, now: datetime) -> None:
    """A locked step that waits or runs is paused; an attempt that is stopped does not count as a try."""
    tries = max(0, step.tries - 1) if step.status == Status.LEASED else step.tries
    Step.objects.filter(pk=step.pk).update(
        status=Status.PAUSED, pending=waits_for(step.pk), ready_at=None, lease_expires_at=None, fraction=0,
        tries=tries, updated_at=now,
    )
    tell(step, what, lock_open_renders_of(step.pk), now=now)


def _refuse_stopped(step: Step) -> None:
    if step.status in STOPPED:
        remedy = "Nothing is left to do." if step.status == Status.DONE else "Retry its render."
        raise Conflict(f"This step is {step.status}.", code=f"step_{step.status}", remedy=remedy)


def _paused_by_step(row: Render) -> bool:
    newest = row.events.filter(kind="paused").order_by("-seq").first()
    return row.status == Render.Status.PAUSED and newest is not None and newest.data.get("by") == "step"


def _pks(step: Step) -> list[int]:
    return list(step.links.values_list("render_id", flat=True))


def _fresh(render: Render) -> Render:
    return Render.objects.get(pk=render.pk)
