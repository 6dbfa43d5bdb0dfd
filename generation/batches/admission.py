"""Admitting a batch: the pre-flight first, then one short transaction that holds the whole price, or nothing at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from catalog.models import Episode, Series
from common.doorbell import ring_after_commit
from common.errors import Invalid
from generation import budget
from generation.batches.errors import AlreadyInBatch, PreflightFailed
from generation.models import Batch, BatchItem, Render
from generation.preflight import MAX_EPISODES, Survey, all_episodes, blocking, refuse_count, series_preflight
from generation.scheduler.work import lock_creator

ATTEND = "generation.admit_batches"


def batch_create(
    *, series: Series, profile: str, by: User | None, now: datetime, episodes: Sequence[uuid.UUID] | None = None,
    pilot: uuid.UUID | bool = False,
) -> Batch:  # fmt: skip
    """Ask for these episodes of a series (all if None) at a profile. `pilot`: make that one (True: the first) first,
    and the others at the creator's word.

    Raises `UnknownProfile`, `Invalid` (no_episodes, too_many_episodes, duplicate_episode, unknown_episode,
    pilot_not_in_batch), `PreflightFailed`, `AlreadyInBatch`, `BudgetExceeded`; then nothing is stored.
    """
    rows = chosen_episodes(series=series, uids=episodes)
    first = _pilot(rows, pilot)
    survey = series_preflight(series=series, profile=profile, now=now, episodes=rows, pilot=first)
    if found := blocking(survey.report):
        raise PreflightFailed(blocking=found)
    with transaction.atomic():
        lock_creator(series.creator_id)
        refuse_doubles(creator_id=series.creator_id, profile=profile, episode_ids=[row.pk for row in rows])
        batch = Batch.objects.create(
            creator_id=series.creator_id, series=series, requested_by=by, profile=profile, report=survey.report
        )
        items = BatchItem.objects.bulk_create(_items(batch, rows, survey, first))
        prices = {item.pk: item.price_micros for item in items}
        budget.hold_items(creator_id=series.creator_id, prices=prices, now=now)
        ring_after_commit(ATTEND)
    return batch


def chosen_episodes(*, series: Series, uids: Sequence[uuid.UUID] | None) -> list[Episode]:
    """The episodes of the series with these uids, all if None, by number. Raises `Invalid` as `batch_create` does."""
    if uids is None:
        rows = all_episodes(series)
        refuse_count(len(rows))
        return rows
    refuse_count(len(uids))
    if twice := sorted({str(uid) for uid in uids if uids.count(uid) > 1}):
        raise Invalid("An episode is named twice.", code="duplicate_episode", remedy="Name each once.", episodes=twice)
    rows = list(Episode.objects.filter(series=series, uid__in=uids).order_by("number")[:MAX_EPISODES])
    if unknown := sorted(str(uid) for uid in set(uids) - {row.uid for row in rows}):
        raise Invalid(
            "This series has no such episode.", code="unknown_episode", remedy="Name episodes of this series only.",
            episodes=unknown,
        )
    return rows


def refuse_doubles(*, creator_id: int, profile: str, episode_ids: Iterable[int], but: Batch | None = None) -> None:
    """Raise `AlreadyInBatch` if another unfinished batch has yet to make one of these. The caller holds the creator's
    lock, so that two who ask at once find each other.
    """
    others = BatchItem.objects.filter(
        batch__creator=creator_id, batch__profile=profile, batch__status__in=Batch.OPEN, episode__in=list(episode_ids)
    )
    others = others.exclude(batch=but) if but else others
    waiting = others.filter(render__isnull=True, error_code="") | others.filter(render__status__in=Render.OPEN)
    if found := list(waiting.order_by("episode__number").values_list("episode__uid", "batch__uid")):
        raise AlreadyInBatch(
            episodes=[str(episode) for episode, _ in found], batches=sorted({str(batch) for _, batch in found})
        )


def _pilot(rows: Sequence[Episode], pilot: uuid.UUID | bool) -> Episode | None:
    if isinstance(pilot, bool):
        return rows[0] if pilot else None
    found = next((row for row in rows if row.uid == pilot), None)
    if found is None:
        raise Invalid(
            "The pilot is not among these episodes.", code="pilot_not_in_batch", remedy="Name one of them.",
            pilot=str(pilot),
        )
    return found


def _items(batch: Batch, rows: Sequence[Episode], survey: Survey, pilot: Episode | None) -> list[BatchItem]:
    return [
        BatchItem(
            batch=batch, episode=row, screenplay=survey.texts[str(row.uid)], position=position,
            pilot=row == pilot, price_micros=survey.works[str(row.uid)].cost_micros,
            estimated_seconds=survey.works[str(row.uid)].estimated_seconds,
        )
        for position, row in enumerate(rows)
    ]
