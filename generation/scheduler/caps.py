"""A cap that is reached pauses the account's live renders; once there is room again, those go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from generation.models import ComputeAccount, Render
from generation.scheduler.control.many import renders_pause, renders_resume

BATCH = 100  # renders a look: whoever looks next takes the next ones


def enforce_caps(*, now: datetime) -> int:
    """Bring up to `BATCH` renders in line with their accounts; returns how many had to change.

    Safe anywhere, any number at once: each is a short transaction of its own, and who comes second changes nothing. No
    step starts in between, because a claim asks the account itself.
    """
    paused = _each(renders_pause, _to_pause(), now)
    return paused + _each(renders_resume, _to_resume(), now)


def _to_pause() -> QuerySet[Render]:
    """Starts from the capped accounts, which are few."""
    capped = ComputeAccount.objects.filter(capped=True).values("pk")
    return Render.objects.filter(creator__in=capped, status__in=Render.LIVE)


def _to_resume() -> QuerySet[Render]:
    """Also those whose account was lifted between being found capped and being paused."""
    capped = ComputeAccount.objects.filter(pk=OuterRef("creator_id"), capped=True)
    waiting = Render.objects.filter(pause_reason=Render.Pause.BUDGET)
    return waiting.exclude(Exists(capped))


def _each(change: Callable[..., int], found: QuerySet[Render], now: datetime) -> int:
    """One creator after another, oldest render first."""
    mine: dict[int, list[int]] = {}
    for pk, creator_id in found.order_by("pk").values_list("pk", "creator_id")[:BATCH]:
        mine.setdefault(creator_id, []).append(pk)
    reason = Render.Pause.BUDGET
    return sum(change(creator_id=who, render_ids=pks, now=now, reason=reason) for who, pks in mine.items())
