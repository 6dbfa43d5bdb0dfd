"""Where a batch stands, in as many queries for two episodes as for two hundred."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, Sum

from accounts.models import User
from catalog.models import Series
from common.errors import NotFound
from common.pagination import keyset_page
from creators.selectors import is_member
from generation import budget
from generation.models import Batch, BatchItem, ComputeEntry, Render, RenderStep, Step
from generation.speeds import speeds

ITEM_STATES = ("waiting", *Render.Status.values)
ALMOST = 99.9


def batch_for_member(*, user: User, uid: uuid.UUID) -> Batch:
    """The batch `uid` if `user` belongs to its creator; raises `NotFound` otherwise."""
    found = Batch.objects.select_related("series").defer("report").filter(uid=uid).first()
    if found is None or not is_member(user=user, creator_id=found.creator_id):
        raise NotFound()
    return found


def batches_of(*, series: Series, cursor: str | None, limit: int) -> tuple[list[dict[str, Any]], str | None]:
    """Batches of a series, the newest first, without their episodes: two queries a page."""
    newest = Batch.objects.filter(series=series).select_related("series").defer("report")
    rows, following = keyset_page(newest, order=["-id"], cursor=cursor, limit=limit)
    counted = (
        BatchItem.objects.filter(batch__in=[row.pk for row in rows])
        .values_list("batch_id").annotate(total=Count("pk"), done=Count("pk", filter=Q(render__status="done")))
    )
    counts = {pk: {"episodes": total, "done": done} for pk, total, done in counted}
    return [_head(row) | counts[row.pk] for row in rows], following


def batch_view(batch: Batch, *, now: datetime) -> dict[str, Any]:
    """Where a batch stands now, freshly read, as JSON. `percent` is weighted by seconds, and 100 only when every
    episode is done; prices are in micros. Five queries, and those of `speeds` once a minute.
    """
    row = Batch.objects.select_related("series").defer("report").get(pk=batch.pk)
    items = list(
        row.items.select_related("episode", "screenplay", "render")
        .defer("screenplay__source", "render__brief").order_by("position")
    )
    rows = [_item(row, item) for item in items]
    pilot = next((item for item in items if item.pilot), None)
    counts = Counter(each["status"] for each in rows)
    return _head(row) | {
        "pilot": str(pilot.episode.uid) if pilot else None,
        "waits_for_go": pilot is not None and row.go_at is None and row.status in Batch.OPEN,
        "counts": {state: counts[state] for state in ITEM_STATES},
        "percent": _percent(items),
        "eta_seconds": _eta(row, items, now),
        "price": _price(row, items),
        "episodes": rows,
    }


def _head(row: Batch) -> dict[str, Any]:
    return {
        "uid": str(row.uid), "series": str(row.series.uid), "profile": row.profile, "status": row.status,
        "paused": row.paused, "order": row.order or None, "created_at": row.created_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
    }


def _item(row: Batch, item: BatchItem) -> dict[str, Any]:
    render = item.render
    return {
        "episode": str(item.episode.uid), "number": item.episode.number, "title": item.episode.title,
        "screenplay_version": item.screenplay.version, "pilot": item.pilot,
        "render": str(render.uid) if render else None, "status": _status(row, item),
        "pause_reason": (render.pause_reason or None) if render else None,
        "percent": round(render.percent, 1) if render else 0.0,
        "estimated_seconds": round(item.estimated_seconds, 1), "price_micros": item.price_micros,
        "error": _error(item) or (_error(render) if render else None),
    }


def _status(row: Batch, item: BatchItem) -> str:
    if item.render:
        return item.render.status
    if item.error_code:
        return Render.Status.FAILED
    return Render.Status.CANCELLED if row.status == Batch.Status.CANCELLED else "waiting"


def _error(told: BatchItem | Render) -> dict[str, str] | None:
    if not told.error_code:
        return None
    return {"code": told.error_code, "message": told.error_message, "remedy": told.error_remedy}


def _percent(items: Sequence[BatchItem]) -> float:
    """By the seconds that the pre-flight estimated, so that a second counts the same in every episode. What costs
    nothing weighs a little, that it be seen.
    """
    percents = [item.render.percent if item.render else 0.0 for item in items]
    if all(percent >= 100 for percent in percents):
        return 100.0
    weights = [max(item.estimated_seconds, 0.1) for item in items]
    whole = sum(weight * percent for weight, percent in zip(weights, percents, strict=True)) / sum(weights)
    return min(ALMOST, round(whole, 1))


def _eta(row: Batch, items: Sequence[BatchItem], now: datetime) -> float | None:
    """Seconds until what is at work, and what is about to be, is done: by queue, shared by its machines, so rather a
    floor than a promise. None while nothing is at work.
    """
    live = RenderStep.objects.filter(render__batch=row, render__status__in=Render.LIVE).values("step_id")
    open_steps = Step.objects.filter(pk__in=live, status__in=Step.OPEN).order_by()
    left = open_steps.values_list("kind", "queue").annotate(seconds=Sum(F("estimated_seconds") * (1 - F("fraction"))))
    known = speeds(now)
    work: dict[str, float] = defaultdict(float)  # seconds by queue
    for kind, queue, seconds in left:
        work[queue] += known.seconds(kind, queue, seconds)
    if not work:
        return None
    if row.status == Batch.Status.ADMITTING and not row.paused:
        busiest = max(work, key=lambda queue: work[queue])
        work[busiest] += sum(item.estimated_seconds for item in items if item.render is None)
    return round(max(seconds / known.of(queue) for queue, seconds in work.items()), 1)


def _price(row: Batch, items: Sequence[BatchItem]) -> dict[str, Any]:
    """`estimated` was said when it was admitted; `held` is held still, for items and for steps; `spent` was charged.

    A step that another render waits for as well counts in both.
    """
    mine = RenderStep.objects.filter(render__batch=row, reused=False).values("step_id")
    steps = Step.objects.filter(pk__in=mine)
    held = steps.filter(held_micros__gt=0).aggregate(total=Sum("held_micros"))["total"]
    charged = ComputeEntry.objects.filter(
        kind=ComputeEntry.Kind.SETTLE, step__in=mine, created_at__gte=row.created_at
    )
    return {
        "estimated_micros": sum(item.price_micros for item in items),
        "held_micros": int(held or 0) + sum(item.held_micros for item in items),
        "spent_micros": int(charged.aggregate(total=Sum("spent_micros"))["total"] or 0),
        "currency": budget.rates().currency,
    }
