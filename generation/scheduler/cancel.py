"""Stopping a render."""

from datetime import datetime

from django.db import transaction

from common.errors import Conflict
from common.transitions import move
from generation.models import Render, RenderStep, Step
from generation.progress import Happening, record
from generation.scheduler.graph import lock_creator, lock_steps, release_unwanted


def cancel_render(*, render: Render, now: datetime) -> Render:
    """The render is cancelled at once; steps that another live render wants go on. Cancelling twice is no error.

    Raises `Conflict` if it has already ended otherwise.
    """
    with transaction.atomic():
        lock_creator(render.creator_id)
        mine = RenderStep.objects.filter(render=render).values("step_id")
        lock_steps(Step.objects.filter(pk__in=mine, status__in=Step.OPEN))
        render = Render.objects.select_for_update(no_key=True).get(pk=render.pk)
        if move(render, expect=Render.LIVE, to=Render.Status.CANCELLED, finished_at=now):
            record([Happening(render, "cancelled")], now=now)
            release_unwanted([render.pk], now=now)
    if render.status != Render.Status.CANCELLED:
        message = f"This render is already {render.status}."
        raise Conflict(message, code="render_ended", remedy="Nothing is left to stop.")
    return render
