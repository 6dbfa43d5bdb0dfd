"""Carrying batches out: orders first, then the items that are not renders yet, then the end.

Any number may attend at once, anywhere, and stop at any instant: every change is one short transaction under the
creator's lock, and looks again at the batch and the item there. What is left is found by the next one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from common.errors import DomainError
from common.transitions import move
from generation import budget
from generation.batches.items import admit
from generation.models import Batch, BatchItem, Render
from generation.scheduler import control
from generation.scheduler.work import lock_creator

log = structlog.get_logger(__name__)
SHIFT_SECONDS = 10.0  # then the task rings again, so that others get their turn
MOST = 500  # batches in one round
Order = Batch.Order
Status = Batch.Status
Pause = Render.Pause
Clock = Callable[[], datetime]


def attend(*, clock: Clock, shift_seconds: float = SHIFT_SECONDS) -> bool:
    """Do what batches still need, for about `shift_seconds`. Returns whether something may be left to do now."""
    end = time.monotonic() + shift_seconds
    due = Batch.objects.filter(~Q(order="") | Q(status=Status.ADMITTING), finished_at=None)
    for pk in due.order_by("pk").values_list("pk", flat=True)[:MOST]:
        try:
            while _next(pk, clock):
                if time.monotonic() >= end:
                    return True
        except (OperationalError, InterfaceError):
            raise  # the database is gone: so is everything else
        except Exception:
            log.exception("batch_not_attended", batch=pk)  # it must not stop the others; the sweep comes back to it
    _end_all(clock())
    return False


def _next(pk: int, clock: Clock) -> bool:
    """One order, or one item. False if nothing is left, or somebody else is at it."""
    batch = Batch.objects.defer("report").get(pk=pk)
    if batch.order:
        return _carry_out(batch, clock)
    if batch.status != Status.ADMITTING:
        return False
    waiting = batch.items.filter(render__isnull=True, error_code="").order_by("-pilot", "position")
    item = waiting.select_related("episode__series", "screenplay").first()
    return admit(batch, item, clock()) if item else _all_admitted(batch)


def _all_admitted(batch: Batch) -> bool:
    with transaction.atomic():
        row = _locked(batch)
        if row.items.filter(render__isnull=True, error_code="").exists():
            return True
        piloted = row.go_at is None and row.items.filter(pilot=True).exists()
        return move(row, expect=Status.ADMITTING, to=Status.PILOT if piloted else Status.RUNNING)


def _carry_out(batch: Batch, clock: Clock) -> bool:
    """Tell every render, one transaction each; stops as soon as the batch has been told otherwise."""
    order = Order(batch.order)
    for pk in list(_concerned(batch, order).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = _locked(batch)
            if row.order != order:
                return True
            _tell(row, order, pk, clock())
    if order == Order.CANCEL:
        _let_go(batch, clock())
    with transaction.atomic():
        row = _locked(batch)
        if row.order == order:
            finished_at = clock() if order == Order.CANCEL else None
            move(row, expect=row.status, to=row.status, order="", finished_at=finished_at)
    return True


def _concerned(batch: Batch, order: Batch.Order) -> QuerySet[Render]:
    mine = Render.objects.filter(batch=batch)
    match order:
        case Order.PAUSE:  # what waits for money waits for its creator from now on, or money would wake it
            return mine.filter(Q(status__in=Render.LIVE) | Q(pause_reason=Pause.BUDGET))
        case Order.GO | Order.RESUME:
            return mine.filter(status=Render.Status.PAUSED)
        case Order.RETRY:
            return mine.filter(status=Render.Status.FAILED)
        case Order.CANCEL:
            return mine.filter(status__in=Render.OPEN)


def _tell(row: Batch, order: Batch.Order, pk: int, now: datetime) -> None:
    """A render that waits for its pilot goes on once the word was given, whichever order says so first."""
    creator, one = row.creator_id, [pk]
    match order:
        case Order.PAUSE:
            control.renders_pause(creator_id=creator, render_ids=one, now=now)
        case Order.GO | Order.RESUME:
            if row.go_at is not None:
                control.renders_resume(creator_id=creator, render_ids=one, now=now, reason=Pause.PILOT)
            if order == Order.RESUME:
                control.renders_resume(creator_id=creator, render_ids=one, now=now, reason=Pause.CREATOR)
        case Order.RETRY:
            _retry(row, pk, now)
        case Order.CANCEL:
            control.renders_cancel(creator_id=creator, render_ids=one, now=now)


def _retry(row: Batch, pk: int, now: datetime) -> None:
    """What the account refuses stays failed, and its item says why."""
    try:
        with transaction.atomic():
            control.renders_retry(creator_id=row.creator_id, render_ids=[pk], now=now)
            if row.paused:
                control.renders_pause(creator_id=row.creator_id, render_ids=[pk], now=now)
    except DomainError as refused:
        BatchItem.objects.filter(batch=row, render=pk).update(
            error_code=refused.code[:60], error_message=refused.message[:500], error_remedy=refused.remedy[:500]
        )


def _let_go(batch: Batch, now: datetime) -> None:
    """What is held for items that will never be renders."""
    for item in batch.items.filter(render__isnull=True, held_micros__gt=0).select_related("batch").order_by("pk"):
        with transaction.atomic():
            lock_creator(batch.creator_id)
            budget.release_item(item=item, now=now)


def _locked(batch: Batch) -> Batch:
    lock_creator(batch.creator_id)
    return Batch.objects.defer("report").get(pk=batch.pk)


def _end_all(now: datetime) -> int:
    """Batches all of whose renders have ended have ended too. One query finds them, whatever their number."""
    mine = Render.objects.filter(batch=OuterRef("pk"), status__in=Render.OPEN)
    waiting = BatchItem.objects.filter(batch=OuterRef("pk"), render__isnull=True, error_code="")
    over = Batch.objects.filter(
        ~Exists(mine), ~Exists(waiting), status__in=[Status.PILOT, Status.RUNNING], order="", finished_at=None
    )
    return sum(_end(batch, over, now) for batch in over.defer("report").order_by("pk")[:MOST])


def _end(batch: Batch, over: QuerySet[Batch], now: datetime) -> bool:
    """Looks again under the lock: a retry may have come in between."""
    with transaction.atomic():
        lock_creator(batch.creator_id)
        row = over.filter(pk=batch.pk).defer("report").first()
        return row is not None and move(row, expect=row.status, to=Status.ENDED, finished_at=now)
