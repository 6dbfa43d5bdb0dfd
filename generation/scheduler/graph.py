"""Renders and their steps as a graph: adding a wish to it, and letting go of what nobody wishes any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from generation import budget
from generation.budget import attempt_record
from generation.models import Artifact, BatchItem, Render, RenderStep, Step, StepAttempt, StepEdge
from generation.plan import Plan, PlannedStep
from generation.progress import Happening, record
from generation.scheduler.bells import ready
from generation.scheduler.masters import finish_renders
from generation.scheduler.work import (
    STOPPED,
    lock_creator,
    lock_steps,
    lock_with_dependents,
    put_back,
    without_artifact,
)

__all__ = ["Wish", "add_render", "lock_creator", "lock_steps", "release_unwanted"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What to make: the render's own columns, and the plan. `pause`: it is to wait from the start, and for whom.
    `item`: what of a batch becomes this render; the price that is held for it goes over to the steps.
    """

    columns: dict[str, Any]
    plan: Plan
    lane: Step.Lane
    pause: Render.Pause | None = None
    item: BatchItem | None = None


def add_render(*, creator_id: int, wish: Wish, now: datetime) -> Render:
    """Store a render with the steps that are missing. Steps that exist are shared: done ones reused, running ones
    waited for, paused, failed and cancelled ones put back to work. If the wish is paused, what it adds is paused too.
    As many queries for 10 shots as for 60.
    """
    with transaction.atomic():
        lock_creator(creator_id)
        existing = _locked(creator_id, wish.plan)
        present = _present(creator_id, existing)
        missing = wish.plan.missing(present)
        render = Render.objects.create(creator_id=creator_id, final_key=wish.plan.final_key, **_columns(wish))
        steps = existing | _put_to_work(creator_id, wish, missing, existing, present, now)
        _link(render, wish.plan, steps, present)
        counts = {"total": len(wish.plan.steps), "to_run": len(missing), "reused": len(present)}
        record(_beginning(render, counts), now=now)
        if finish_renders(creator_id, wish.plan.final_key, now=now):  # nothing was missing
            render.refresh_from_db()
        begun = [steps[step.key] for step in missing if step.key not in existing or _stopped(existing[step.key])]
        _hold(wish, render, begun, now)  # last, because the account is the last lock; refused, all of it rolls back
    return render


def _stopped(step: Step) -> bool:
    """Whether it had to be put back to work: `step` is as it was before that."""
    return step.status in STOPPED


def _hold(wish: Wish, render: Render, steps: Sequence[Step], now: datetime) -> None:
    if wish.item is not None:
        budget.move_item(item=wish.item, render=render, steps=steps, now=now)
    else:
        budget.hold(creator_id=render.creator_id, render=render, steps=steps, now=now)


def _columns(wish: Wish) -> dict[str, Any]:
    waiting = {"status": Render.Status.PAUSED, "pause_reason": wish.pause} if wish.pause else {}
    return wish.columns | waiting


def _beginning(render: Render, counts: dict[str, int]) -> list[Happening]:
    queued = Happening(render, "queued", {"steps": counts})
    paused = [Happening(render, "paused", {"reason": render.pause_reason})] if render.pause_reason else []
    return [queued, *paused]


def _locked(creator_id: int, plan: Plan) -> dict[str, Step]:
    """The stored steps of the plan by key, locked with those that have to wait if something of it is lost."""
    mine = Step.objects.filter(creator_id=creator_id, key__in=[step.key for step in plan.steps])
    lock_with_dependents(Q(pk__in=mine.values("pk")), without_artifact(mine))
    return {step.key: step for step in mine}


def _present(creator_id: int, existing: dict[str, Step]) -> set[str]:
    done = [key for key, step in existing.items() if step.status == Step.Status.DONE]
    return set(Artifact.objects.filter(creator_id=creator_id, key__in=done).values_list("key", flat=True))


def _put_to_work(
    creator_id: int,
    wish: Wish,
    missing: Sequence[PlannedStep],
    existing: dict[str, Step],
    present: set[str],
    now: datetime,
) -> dict[str, Step]:
    """Revives what had stopped, wakes what was paused, creates what is new with its edges; returns the new by key.

    In this order: what is new counts what it waits for itself, and must not be found among those who lost an input.
    """
    back = STOPPED if wish.pause else (*STOPPED, Step.Status.PAUSED)
    old = [existing[planned.key] for planned in missing if planned.key in existing]
    again = [step.pk for step in old if step.status in back]
    sooner = [] if wish.pause else _hasten(old, wish.lane, now)
    woken = put_back(again, awake=not wish.pause, now=now).places if again else ()
    fresh = [planned for planned in missing if planned.key not in existing]
    new = [_new_step(creator_id, planned, wish, present, now) for planned in fresh]
    steps = {step.key: step for step in Step.objects.bulk_create(new)}
    known = existing | steps
    StepEdge.objects.bulk_create(
        StepEdge(step=known[planned.key], needs=known[need], name=name)
        for planned in fresh
        for name, need in planned.needs
    )
    startable = [step for step in (*new, *sooner) if step.status == Step.Status.READY]
    ready([*woken, *((creator_id, step.queue, wish.lane) for step in startable)])
    return steps


def _hasten(steps: Sequence[Step], lane: Step.Lane, now: datetime) -> list[Step]:
    """Of these (locked) steps, those that wait in a slower lane change over: a preview does not wait behind finals for
    words that it shares with one. Returns them, as they were.
    """
    slower = [step for step in steps if step.lane > lane]
    if slower:
        Step.objects.filter(pk__in=[step.pk for step in slower]).update(lane=lane, updated_at=now)
    return slower


def _new_step(creator_id: int, planned: PlannedStep, wish: Wish, present: set[str], now: datetime) -> Step:
    pending = len({need for _, need in planned.needs} - present)
    waiting = Step.Status.BLOCKED if pending else Step.Status.READY
    status = Step.Status.PAUSED if wish.pause else waiting
    return Step(
        creator_id=creator_id, key=planned.key, kind=planned.kind, queue=planned.queue, lane=wish.lane,
        affinity=planned.affinity, spec=dict(planned.spec), estimated_seconds=planned.estimated_seconds,
        pending=pending, status=status, ready_at=now if status == Step.Status.READY else None,
    )


def _link(render: Render, plan: Plan, steps: dict[str, Step], present: set[str]) -> None:
    """Steps that are neither stored nor needed (what led to a reused artifact and is gone) have nothing to link."""
    RenderStep.objects.bulk_create(
        RenderStep(
            render=render, step=steps[planned.key], position=position, label=planned.label, shot=planned.shot,
            reused=planned.key in present,
        )
        for position, planned in enumerate(plan.steps)
        if planned.key in steps
    )


def release_unwanted(render_ids: Iterable[int], *, now: datetime) -> list[Step]:
    """Let go of the open steps of these renders (no longer live): those that no open render wants are cancelled, and
    those that only paused renders want are paused, except what runs.

    The caller holds the creator's lock and the locks of these steps. A worker that runs one learns it by its heartbeat.
    Returns the cancelled steps, as they were before.
    """
    mine = RenderStep.objects.filter(render__in=list(render_ids)).values("step_id")
    wanted = RenderStep.objects.filter(render__status__in=Render.OPEN, step__in=mine).values("step_id")
    loose = list(Step.objects.filter(pk__in=mine, status__in=Step.OPEN).exclude(pk__in=wanted).order_by("pk"))
    running = [step for step in loose if step.status == Step.Status.LEASED]
    StepAttempt.objects.bulk_create(
        attempt_record(step, outcome=StepAttempt.Outcome.CANCELLED, ended_at=now) for step in running
    )
    Step.objects.filter(pk__in=[step.pk for step in loose], status__in=Step.OPEN).update(
        status=Step.Status.CANCELLED, lease_expires_at=None, finished_at=now, updated_at=now
    )
    driven = RenderStep.objects.filter(render__status__in=Render.LIVE, step__in=mine).values("step_id")
    asleep = Step.objects.filter(pk__in=mine, status__in=[Step.Status.BLOCKED, Step.Status.READY])
    asleep.exclude(pk__in=driven).update(status=Step.Status.PAUSED, ready_at=None, updated_at=now)
    budget.release(steps=loose, now=now)  # callers have locked their renders already: the account is the last lock
    return loose
