"""The transactions: what a render becomes, and with it its steps. Each says whether it has changed anything."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from common.transitions import move
from generation import budget
from generation.models import Render, RenderStep, Step
from generation.progress import Happening, record
from generation.scheduler.bells import ready
from generation.scheduler.graph import release_unwanted
from generation.scheduler.masters import finish_renders
from generation.scheduler.work import (
    Back,
    lock_creator,
    lock_steps,
    lock_with_dependents,
    needed,
    put_back,
    steps_of,
    without_artifact,
)

ENDED_BADLY = (Render.Status.FAILED, Render.Status.CANCELLED)
Moved = tuple[Render, bool]
BECAUSE = {
    Render.Pause.CREATOR: "Paused by hand. Resume it when you like.",
    Render.Pause.PILOT: "It waits for your word on the pilot.",
    Render.Pause.BUDGET: "The compute budget is reached, so no further step starts. It goes on by itself when an owner "
    "raises or renews the budget, or when other renders are cancelled.",
}


def paused(render: Render, *, reason: Render.Pause, now: datetime) -> Moved:
    """A live render waits. One that waits for something else waits for its creator from now on, if that is who asks."""
    with transaction.atomic():
        lock_creator(render.creator_id)
        lock_steps(steps_of(render).filter(status__in=Step.OPEN))
        row = Render.objects.select_for_update(no_key=True).get(pk=render.pk)
        expect = Render.OPEN if reason == Render.Pause.CREATOR else Render.LIVE
        if row.pause_reason == reason or not move(row, expect=expect, to=Render.Status.PAUSED, pause_reason=reason):
            return row, False
        record([Happening(row, "paused", {"reason": reason, "message": BECAUSE[reason]})], now=now)
        release_unwanted([row.pk], now=now)
    return row, True


def resumed(render: Render, *, reason: Render.Pause, now: datetime) -> Moved:
    """A render that waits for `reason` goes on; a live one goes on with those steps of it that were paused."""
    with transaction.atomic():
        row, ids = _locked(render)
        live = row.status in Render.LIVE
        waits = row.status == Render.Status.PAUSED and row.pause_reason == reason
        asleep = Step.objects.filter(pk__in=ids, status=Step.Status.PAUSED)
        if not (waits or (live and asleep.exists())):
            return row, False
        return _go_on(row, ids, "resumed", now), True


def retried(render: Render, *, now: datetime) -> Moved:
    """A render that failed or was cancelled is wanted again: same brief, same steps, what is there is reused."""
    with transaction.atomic():
        row, ids = _locked(render)
        if row.status not in ENDED_BADLY:
            return row, False
        RenderStep.objects.filter(render=row, step__in=ids).update(reused=False)
        nothing: dict[str, Any] = {"error_code": "", "error_message": "", "error_remedy": "", "finished_at": None}
        return _go_on(row, ids, "retried", now, **nothing), True


def _locked(render: Render) -> tuple[Render, Sequence[int]]:
    """The render, and what of it has to run. Nothing of it can end while its steps are held, so neither can the render:
    the row itself is locked later, after the heads.
    """
    lock_creator(render.creator_id)
    lock_with_dependents(Q(pk__in=steps_of(render).values("pk")), without_artifact(steps_of(render)))
    return Render.objects.get(pk=render.pk), needed(render)


def _go_on(row: Render, ids: Collection[int], what: str, now: datetime, **also: Any) -> Render:
    back = put_back(sorted(ids), awake=True, now=now) if ids else Back()
    ready(back.places)
    row = Render.objects.select_for_update(no_key=True).get(pk=row.pk)
    running = Step.objects.filter(pk__in=ids, status=Step.Status.LEASED).exists()
    to = Render.Status.RUNNING if running else Render.Status.QUEUED
    # one that lives goes on as it is, and one that somebody has just found done stays done
    move(row, expect=(Render.Status.PAUSED, *ENDED_BADLY), to=to, pause_reason="", **also)
    record([Happening(row, what, {"steps": {"to_run": len(ids)}})], now=now)
    if finish_renders(row.creator_id, row.final_key, now=now):  # it was all there
        row.refresh_from_db()
    # what was done and paid for, and is gone, is made again at our cost; last, because of the account's lock
    owed = [step for step in back.revived if step.status != Step.Status.DONE]
    budget.hold(creator_id=row.creator_id, render=row, steps=owed, now=now)
    return row
