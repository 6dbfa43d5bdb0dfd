"""One render, and what to tell whoever asks for what makes no sense."""

from __future__ import annotations

from datetime import datetime

from common.errors import Conflict
from generation.models import Render
from generation.scheduler.control import moves

Pause = Render.Pause
NOT_YET = {
    Pause.PILOT: ("render_waits_for_pilot", "This render waits for its batch.", "Look at the pilot, then let it go."),
    Pause.BUDGET: (
        "render_waits_for_budget", "The cap of the compute account is reached.", "Raise the cap, or cancel renders.",
    ),
    Pause.CREATOR: ("render_paused", "This render was paused by hand.", "Resume it by hand."),
}
REMEDIES = {
    Render.Status.DONE: "Nothing is left to do. Ask for a new render, or another take of a shot.",
    Render.Status.FAILED: "Retry it.",
    Render.Status.CANCELLED: "Retry it.",
}


def render_pause(*, render: Render, now: datetime, reason: Render.Pause = Pause.CREATOR) -> Render:
    """No further step of the render starts; what runs is finished, and what another live render wants goes on.

    Raises `Conflict` if it has ended.
    """
    row, _ = moves.paused(render, reason=reason, now=now)
    if row.status != Render.Status.PAUSED:
        raise _ended(row, "render_ended")
    return row


def render_resume(*, render: Render, now: datetime, reason: Render.Pause = Pause.CREATOR) -> Render:
    """The render goes on, if it waits for `reason`. What failed meanwhile is tried again.

    Raises `Conflict` if it waits for something else, never waited, or has ended.
    """
    row, changed = moves.resumed(render, reason=reason, now=now)
    if changed or _was_last(row, "resumed", "paused", "queued"):
        return row
    if row.status == Render.Status.PAUSED:
        code, message, remedy = NOT_YET[Pause(row.pause_reason)]
        raise Conflict(message, code=code, remedy=remedy)
    if row.status in Render.LIVE:
        raise Conflict(
            f"This render is {row.status}.", code="render_not_paused", remedy="Nothing to do: it is not paused."
        )
    raise _ended(row, "render_ended")


def render_retry(*, render: Render, now: datetime) -> Render:
    """A failed or cancelled render is put back to work. Raises `Conflict` if it has not ended so."""
    row, changed = moves.retried(render, now=now)
    if changed or _was_last(row, "retried", "queued"):
        return row
    if row.status == Render.Status.PAUSED:
        raise Conflict("This render is paused.", code="render_paused", remedy="Resume it.")
    if row.status == Render.Status.DONE:
        raise _ended(row, "render_done")
    raise Conflict(
        f"This render is {row.status}.", code="render_not_ended", remedy="Wait for it, or cancel it first."
    )


def _was_last(row: Render, what: str, *others: str) -> bool:
    """Whether a live render was last put to work by `what`: then the same call came twice."""
    if row.status not in Render.LIVE:
        return False
    newest = row.events.filter(kind__in=[what, *others]).order_by("-seq").first()
    return newest is not None and newest.kind == what


def _ended(row: Render, code: str) -> Conflict:
    return Conflict(f"This render is {row.status}.", code=code, remedy=REMEDIES[Render.Status(row.status)])
