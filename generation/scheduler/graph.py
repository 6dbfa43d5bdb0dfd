"""Renders and their steps as a graph: adding a wish to it, and letting go of what nobody wishes any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from creators.models import Creator
from generation.budget import attempt_record
from generation.models import Artifact, Render, RenderStep, Step, StepAttempt, StepEdge
from generation.plan import Plan, PlannedStep
from generation.progress import Happening, record
from generation.scheduler.bells import ready
from generation.scheduler.masters import finish_renders


@dataclass(frozen=True, slots=True)
class Wish:
    """What to make: the render's own columns, and the plan."""

    columns: dict[str, Any]
    plan: Plan
    lane: Step.Lane


def add_render(*, creator_id: int, wish: Wish, now: datetime) -> Render:
    """Store a render with the steps that are missing. Steps that exist are shared: done ones reused, running ones
    waited for, failed and cancelled ones put back to work. As many queries for 10 shots as for 60.
    """
    with transaction.atomic():
        lock_creator(creator_id)
        keys = [step.key for step in wish.plan.steps]
        mine = Step.objects.filter(creator_id=creator_id, key__in=keys)
        existing = {step.key: step for step in mine.select_for_update(no_key=True).order_by("pk")}
        present = _present(creator_id, existing)
        missing = wish.plan.missing(present)
        render = Render.objects.create(creator_id=creator_id, final_key=wish.plan.final_key, **wish.columns)
        steps = existing | _put_to_work(creator_id, wish, missing, existing, present, now)
        _link(render, wish.plan, steps, present)
        counts = {"total": len(keys), "to_run": len(missing), "reused": len(present)}
        record([Happening(render, "queued", {"steps": counts})], now=now, tell=False)
        if finish_renders(creator_id, wish.plan.final_key, now=now):  # nothing was missing
            render.refresh_from_db()
    return render


def lock_creator(creator_id: int) -> None:
    """Changes to the graph of one creator go one after another; claiming, heartbeats and results do not ask here."""
    Creator.objects.select_for_update(no_key=True).only("pk").get(pk=creator_id)


def lock_steps(steps: QuerySet[Step]) -> None:
    """Lock these steps in the one order that everybody keeps."""
    list(steps.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


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
    """Creates what is new with its edges, revives what had stopped; returns the steps of `missing` by key."""
    fresh = [planned for planned in missing if planned.key not in existing]
    new = [_new_step(creator_id, planned, wish.lane, present, now) for planned in fresh]
    steps = {step.key: step for step in Step.objects.bulk_create(new)}
    known = existing | steps
    StepEdge.objects.bulk_create(
        StepEdge(step=known[planned.key], needs=known[need], name=name)
        for planned in fresh
        for name, need in planned.needs
    )
    stopped = [planned for planned in missing if _stopped(existing.get(planned.key))]
    _block_dependents([existing[p.key].pk for p in stopped if existing[p.key].status == Step.Status.DONE])
    revived = [_revive(existing[planned.key], planned, present, now) for planned in stopped]
    Step.objects.bulk_update(revived, ["status", "pending", "ready_at", "tries", "fraction", "finished_at", *REASON])
    ready((creator_id, step.queue, step.lane) for step in [*new, *revived] if step.status == Step.Status.READY)
    return steps


REASON = ("error_code", "error_message", "error_remedy", "updated_at")


def _stopped(step: Step | None) -> bool:
    return step is not None and step.status not in Step.OPEN


def _block_dependents(lost: Sequence[int]) -> None:
    """Steps that were done, but whose artifact is gone: whoever waits has one more to wait for. Rare, so one by one."""
    for pk in lost:
        dependents = StepEdge.objects.filter(needs=pk).values("step_id")
        waiting = Step.objects.filter(pk__in=dependents, status__in=[Step.Status.BLOCKED, Step.Status.READY])
        waiting.update(pending=F("pending") + 1, status=Step.Status.BLOCKED, ready_at=None)


def _new_step(creator_id: int, planned: PlannedStep, lane: Step.Lane, present: set[str], now: datetime) -> Step:
    step = Step(
        creator_id=creator_id, key=planned.key, kind=planned.kind, queue=planned.queue, lane=lane,
        spec=dict(planned.spec), estimated_seconds=planned.estimated_seconds, affinity=planned.affinity,
    )
    return _revive(step, planned, present, now)


def _revive(step: Step, planned: PlannedStep, present: set[str], now: datetime) -> Step:
    """Sets the state of a step that has to run: how many inputs it waits for, and with a clean count of tries."""
    step.pending = len({need for _, need in planned.needs} - present)
    step.status = Step.Status.BLOCKED if step.pending else Step.Status.READY
    step.ready_at = None if step.pending else now
    step.tries, step.fraction, step.finished_at, step.updated_at = 0, 0.0, None, now
    step.error_code = step.error_message = step.error_remedy = ""
    return step


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


def release_unwanted(render_ids: Iterable[int], *, now: datetime) -> None:
    """Cancel the open steps of these renders (no longer live) that no live render wants.

    The caller holds the creator's lock and the locks of these steps. A worker that runs one learns it by its heartbeat.
    """
    mine = RenderStep.objects.filter(render__in=list(render_ids)).values("step_id")
    wanted = RenderStep.objects.filter(render__status__in=Render.LIVE, step__in=mine).values("step_id")
    loose = list(Step.objects.filter(pk__in=mine, status__in=Step.OPEN).exclude(pk__in=wanted).order_by("pk"))
    running = [step for step in loose if step.status == Step.Status.LEASED]
    StepAttempt.objects.bulk_create(
        attempt_record(step, outcome=StepAttempt.Outcome.CANCELLED, ended_at=now) for step in running
    )
    Step.objects.filter(pk__in=[step.pk for step in loose], status__in=Step.OPEN).update(
        status=Step.Status.CANCELLED, lease_expires_at=None, finished_at=now, updated_at=now
    )
