"""Stopping a render."""

from datetime import datetime

from django.db import transaction

from common.errors import Conflict
from common.transitions import move
from generation.models import Render, Step
from generation.progress import Happening, record
from generation.scheduler.graph import release_unwanted
from generation.scheduler.work import lock_creator, lock_steps, steps_of


def cancel_render(*, render: Render, now: datetime) -> Render:
    """The render is cancelled at once; steps that another open render wants go on. Cancelling twice is no error.

    Raises `Conflict` if it has already ended otherwise.
    """
    row, _ = cancelled(render, now=now)
    if row.status != Render.Status.CANCELLED:
        message = f"This render is already {row.status}."
        raise Conflict(message, code="render_ended", remedy="Nothing is left to stop.")
    return row


def cancelled(render: Render, *, now: datetime) -> tuple[Render, bool]:
    """The render as it is now, and whether this call has cancelled it."""
    with transaction.atomic():
        lock_creator(render.creator_id)
        lock_steps(steps_of(render).filter(status__in=Step.OPEN))
        row = Render.objects.select_for_update(no_key=True).get(pk=render.pk)
        won = move(row, expect=Render.OPEN, to=Render.Status.CANCELLED, finished_at=now, pause_reason="")
        if won:
            record([Happening(row, "cancelled")], now=now)
            release_unwanted([row.pk], now=now)
    return row, won
