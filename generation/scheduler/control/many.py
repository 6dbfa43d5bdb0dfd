"""Many renders of one creator, one short transaction each: those for which it makes no sense are passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

import structlog

from generation.budget import BudgetExceeded
from generation.models import Render
from generation.scheduler.cancel import cancelled
from generation.scheduler.control import moves

log = structlog.get_logger(__name__)
Pause = Render.Pause


def renders_pause(
    *, creator_id: int, render_ids: Iterable[int], now: datetime, reason: Render.Pause = Pause.CREATOR
) -> int:
    """Pause each that is open; returns how many were."""
    return _each(creator_id, render_ids, partial(moves.paused, reason=reason, now=now))


def renders_resume(
    *, creator_id: int, render_ids: Iterable[int], now: datetime, reason: Render.Pause = Pause.CREATOR
) -> int:
    """Resume each that waits for `reason`; returns how many did. One that its account refuses (a step of it has failed
    meanwhile, and what it held is gone) goes on waiting, and holds up no other.
    """

    def resumed(render: Render) -> moves.Moved:
        try:
            return moves.resumed(render, reason=reason, now=now)
        except BudgetExceeded as refused:
            log.info("render_not_resumed", render=str(render.uid), reason=reason, error=refused.message)
            return render, False

    return _each(creator_id, render_ids, resumed)


def renders_retry(*, creator_id: int, render_ids: Iterable[int], now: datetime) -> int:
    """Retry each that has failed or was cancelled; returns how many. Stops at the first that its account refuses."""
    return _each(creator_id, render_ids, partial(moves.retried, now=now))


def renders_cancel(*, creator_id: int, render_ids: Iterable[int], now: datetime) -> int:
    """Cancel each that is open; returns how many were."""
    return _each(creator_id, render_ids, partial(cancelled, now=now))


def _each(creator_id: int, render_ids: Iterable[int], act: Callable[[Render], moves.Moved]) -> int:
    rows = Render.objects.filter(creator_id=creator_id, pk__in=list(render_ids)).defer("brief").order_by("pk")
    return sum(act(render)[1] for render in rows)
