"""What a step leaves to be said or cleared once it has ended, after its commit, in short transactions of their own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from common.transitions import move
from generation.models import Render, RenderStep, Step
from generation.progress import Happening, record
from generation.scheduler.graph import release_unwanted
from generation.scheduler.work import lock_creator, lock_steps, steps_of

MOVING = (Step.Status.READY, Step.Status.LEASED)


def let_go_of_rest(creator_id: int, render_ids: Collection[int], *, now: datetime) -> None:
    """Renders have ended well: what of theirs is still open (made again for another render, which has ended since)
    is nobody's any more.
    """
    mine = RenderStep.objects.filter(render__in=render_ids).values("step_id")
    rest = Step.objects.filter(pk__in=mine, status__in=Step.OPEN)
    if not rest.exists():
        return
    with transaction.atomic():
        lock_creator(creator_id)
        lock_steps(rest)
        ended = Render.objects.filter(pk__in=render_ids).exclude(status__in=Render.OPEN)
        release_unwanted(list(ended.values_list("pk", flat=True)), now=now)


def pause_stalled(render_ids: Collection[int], *, now: datetime) -> int:
    """Live renders of which nothing can run, because steps of theirs are paused, are paused themselves, and say so."""
    found = list(_stalled().filter(pk__in=render_ids).order_by("pk"))
    return sum(_pause_if_stalled(render, now) for render in found)


def _stalled() -> QuerySet[Render]:
    steps = RenderStep.objects.filter(render=OuterRef("pk"))
    paused, moving = steps.filter(step__status=Step.Status.PAUSED), steps.filter(step__status__in=MOVING)
    return Render.objects.filter(Exists(paused), ~Exists(moving), status__in=Render.LIVE)


def _pause_if_stalled(render: Render, now: datetime) -> bool:
    with transaction.atomic():
        lock_creator(render.creator_id)
        lock_steps(steps_of(render).filter(status__in=Step.OPEN))
        row = _stalled().filter(pk=render.pk).select_for_update(no_key=True, of=("self",)).first()
        paused = Render.Status.PAUSED
        if row is None or not move(row, expect=Render.LIVE, to=paused, pause_reason=Render.Pause.CREATOR):
            return False
        record([Happening(row, "paused", {"reason": row.pause_reason, "by": "step"})], now=now)
        release_unwanted([row.pk], now=now)
    return True
