"""Events about a step, for every open render that has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from generation.models import Render, RenderStep, Step
from generation.progress import Happening, record


def lock_open_renders_of(*step_ids: int) -> list[Render]:
    """Renders that still want one of these steps, now or once they are resumed; locked by ascending id."""
    linked = RenderStep.objects.filter(step__in=step_ids).values("render_id")
    wanting = Render.objects.filter(pk__in=linked, status__in=Render.OPEN)
    return list(wanting.select_for_update(no_key=True).order_by("pk"))


def tell(step: Step, what: str, renders: Sequence[Render], *, now: datetime, **data: Any) -> None:
    """A durable event for each of these renders, whose rows are locked. `step` is as it was when it happened."""
    labels = dict(RenderStep.objects.filter(step=step).values_list("render_id", "label"))
    about = {"key": step.key, "kind": step.kind, "status": what, "attempt": step.attempt} | data
    record([Happening(render, "step", {"step": about | {"label": labels[render.pk]}}) for render in renders], now=now)
