"""What a studio tells its renders: pause, resume, retry, cancel; one, one step of it, or all of a series."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from django.db.models import Q, QuerySet

from catalog.models import Series
from generation.models import Render
from generation.scheduler import control

MOST = 500  # renders of a series in one call


class Act(StrEnum):
    """What can be told."""

    PAUSE = "pause"
    RESUME = "resume"
    RETRY = "retry"
    CANCEL = "cancel"


ON_RENDER: dict[Act, Callable[..., Render]] = {
    Act.PAUSE: control.render_pause, Act.RESUME: control.render_resume,
    Act.RETRY: control.render_retry, Act.CANCEL: control.render_cancel,
}
ON_STEP: dict[Act, Callable[..., Render]] = {
    Act.PAUSE: control.step_pause, Act.RESUME: control.step_resume,
    Act.RETRY: control.step_retry, Act.CANCEL: control.step_cancel,
}
ON_MANY: dict[Act, Callable[..., int]] = {
    Act.PAUSE: control.renders_pause, Act.RESUME: control.renders_resume,
    Act.RETRY: control.renders_retry, Act.CANCEL: control.renders_cancel,
}


def render_steer(*, render: Render, act: Act, now: datetime) -> Render:
    """Raises `Conflict` with a remedy where it makes no sense; repeating it is no error."""
    return ON_RENDER[act](render=render, now=now)


def step_steer(*, render: Render, key: str, act: Act, now: datetime) -> Render:
    """The same for the step `key` of the render. Raises `NotFound` if it has no such step."""
    return ON_STEP[act](render=render, key=key, now=now)


def series_steer(*, series: Series, act: Act, now: datetime) -> int:
    """The same for the renders of a series for which it makes sense, `MOST` at a time; returns how many there were."""
    ids = list(_concerned(series, act).order_by("pk").values_list("pk", flat=True)[:MOST])
    return ON_MANY[act](creator_id=series.creator_id, render_ids=ids, now=now)


def _concerned(series: Series, act: Act) -> QuerySet[Render]:
    mine = Render.objects.filter(episode__series=series)
    match act:
        case Act.PAUSE:
            # what waits for money waits for its creator from now on, or money would wake it
            return mine.filter(Q(status__in=Render.LIVE) | Q(pause_reason=Render.Pause.BUDGET))
        case Act.RESUME:
            return mine.filter(status=Render.Status.PAUSED, pause_reason=Render.Pause.CREATOR)
        case Act.CANCEL:
            return mine.filter(status__in=Render.OPEN)
        case Act.RETRY:  # what was asked for since has taken the place of what ended badly before
            newest = mine.order_by("episode", "profile", "kind", "-pk").distinct("episode", "profile", "kind")
            ended = [Render.Status.FAILED, Render.Status.CANCELLED]
            return mine.filter(pk__in=newest.values("pk"), status__in=ended, kind=Render.Kind.EPISODE)
