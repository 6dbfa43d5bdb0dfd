"""One item of a batch becomes a render: exactly once, whoever tries."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import structlog
from django.db import transaction

from common.errors import DomainError
from generation import budget, scheduler
from generation import screenplay as fountain
from generation.approvals import require_sheets
from generation.breakdown import breakdown
from generation.engines.profiles import get_profile
from generation.models import Batch, BatchItem, Render
from generation.scheduler.work import lock_creator
from generation.services import Ground, ground_of, wish_of

log = structlog.get_logger(__name__)
UNFORESEEN = DomainError(
    "This episode could not be planned. It is our fault.", code="plan_failed",
    remedy="Retry the batch; if it fails again, tell us the number of the episode.",
)


def admit(batch: Batch, item: BatchItem, now: datetime) -> bool:
    """Make the item a render. False if somebody else was quicker, who then goes on: this one may leave.

    What cannot be planned any more (its cast has changed since the pre-flight) keeps the reason; the others go on.
    """
    ground = ground_of(item.episode.series)
    try:
        wish = _wish(batch, item, ground)  # before the transaction: it takes the longest
        with transaction.atomic():
            row = _still_wanted(batch, item)
            if row is None:
                return False
            wish = replace(wish, pause=_pause(row, item))
            render = scheduler.add_render(creator_id=batch.creator_id, wish=wish, now=now)
            BatchItem.objects.filter(pk=item.pk).update(render=render)
    except DomainError as refused:
        return _refuse(batch, item, refused, now)
    return True


def _wish(batch: Batch, item: BatchItem, ground: Ground) -> scheduler.Wish:
    """Pure, but for what went wrong being told: a fault of ours in one episode must not stop the others."""
    try:
        profile = get_profile(batch.profile)
        story = fountain.parse(item.screenplay.source)  # it went through the bounded parser when it was saved
        shots = breakdown(story)
        columns, (plan, lane) = wish_of(
            episode=item.episode, story=story, shots=shots, profile=profile, ground=ground
        )
    except DomainError:
        raise
    except Exception as fault:
        log.exception("item_not_planned", batch=str(batch.uid), episode=str(item.episode.uid))
        raise UNFORESEEN from fault
    require_sheets(batch.creator_id, plan)
    columns |= {
        "batch": batch, "episode": item.episode, "screenplay": item.screenplay, "profile": profile.name,
        "requested_by_id": batch.requested_by_id,
    }
    return scheduler.Wish(columns, plan, lane, item=item)


def _still_wanted(batch: Batch, item: BatchItem) -> Batch | None:
    """The batch as it is now, under the creator's lock; None if the item is not to be made, or made already."""
    lock_creator(batch.creator_id)
    row = Batch.objects.defer("report").get(pk=batch.pk)
    if row.status != Batch.Status.ADMITTING:
        return None
    untouched = BatchItem.objects.filter(pk=item.pk, render__isnull=True, error_code="").exists()
    return row if untouched else None


def _pause(row: Batch, item: BatchItem) -> Render.Pause | None:
    """Why the new render waits from the start, if it does: for the pilot, or because its batch is paused."""
    waits_for_pilot = row.go_at is None and not item.pilot and row.items.filter(pilot=True).exists()
    if waits_for_pilot:
        return Render.Pause.PILOT
    return Render.Pause.CREATOR if row.paused else None


def _refuse(batch: Batch, item: BatchItem, why: DomainError, now: datetime) -> bool:
    with transaction.atomic():
        if _still_wanted(batch, item) is None:
            return False
        BatchItem.objects.filter(pk=item.pk).update(
            error_code=why.code[:60], error_message=why.message[:500], error_remedy=why.remedy[:500]
        )
        item.batch = batch
        budget.release_item(item=item, now=now)
    return True
