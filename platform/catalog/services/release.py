"""From review to the screen and back. Each move keeps the series' counters right in the same transaction.

Lock order everywhere: the episode's row, then the series' row.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from catalog.models import Episode, Series
from common.errors import Conflict
from common.transitions import move

Status = Episode.Status
MAX_RELEASES = 500  # a run; the next run takes the rest


@transaction.atomic
def episode_approve(*, episode: Episode, now: datetime) -> Episode:
    """IN_REVIEW -> PUBLISHED, or SCHEDULED if its release is still to come. Raises `Conflict`."""
    if episode.release_at and episode.release_at > now:
        if not move(episode, expect=Status.IN_REVIEW, to=Status.SCHEDULED, updated_at=now):
            raise _moved_on()
        return episode
    _show(episode, expect=Status.IN_REVIEW, now=now, published_at=now)
    return episode


def episode_reject(*, episode: Episode, now: datetime) -> Episode:
    """IN_REVIEW -> REJECTED; it may be submitted again with a new master. Raises `Conflict`."""
    if not move(episode, expect=Status.IN_REVIEW, to=Status.REJECTED, updated_at=now):
        raise _moved_on()
    return episode


@transaction.atomic
def episode_reconsider(*, episode: Episode, now: datetime) -> Episode:
    """A rejection is overturned: REJECTED -> PUBLISHED or SCHEDULED with the same master. Raises `Conflict`."""
    if not move(episode, expect=Status.REJECTED, to=Status.IN_REVIEW, updated_at=now):
        raise _moved_on()
    return episode_approve(episode=episode, now=now)


@transaction.atomic
def episode_withdraw(*, episode: Episode, by: Episode.WithdrawnBy, now: datetime) -> Episode:
    """PUBLISHED or SCHEDULED -> WITHDRAWN: no list shows it and no new grant opens it. Raises `Conflict`."""
    also: dict[str, Any] = {"withdrawn_at": now, "withdrawn_by": by, "updated_at": now}
    if move(episode, expect=Status.PUBLISHED, to=Status.WITHDRAWN, **also):
        _count(episode, -1)
    elif not move(episode, expect=Status.SCHEDULED, to=Status.WITHDRAWN, **also):
        raise _moved_on()
    return episode


@transaction.atomic
def episode_restore(*, episode: Episode, now: datetime) -> Episode:
    """WITHDRAWN -> PUBLISHED, or SCHEDULED again if its release is still to come. Raises `Conflict`."""
    also: dict[str, Any] = {"withdrawn_at": None, "withdrawn_by": ""}
    if episode.published_at is None and episode.release_at and episode.release_at > now:
        if not move(episode, expect=Status.WITHDRAWN, to=Status.SCHEDULED, updated_at=now, **also):
            raise _moved_on()
        return episode
    _show(episode, expect=Status.WITHDRAWN, now=now, published_at=episode.published_at or now, **also)
    return episode


def release_due(*, now: datetime) -> int:
    """Show every scheduled episode whose time has come; returns how many. Safe to run twice at once.

    One transaction each: a batch would lock the rows of many series in an order of its own.
    """
    due = Episode.objects.filter(status=Status.SCHEDULED, release_at__lte=now).order_by("release_at")[:MAX_RELEASES]
    shown = 0
    for episode in due:
        with transaction.atomic():
            shown += _try_show(episode, expect=Status.SCHEDULED, now=now, published_at=now)
    return shown


def _show(episode: Episode, *, expect: str, now: datetime, published_at: datetime, **also: Any) -> None:
    if not _try_show(episode, expect=expect, now=now, published_at=published_at, **also):
        raise _moved_on()


def _try_show(episode: Episode, *, expect: str, now: datetime, published_at: datetime, **also: Any) -> bool:
    won = move(episode, expect=expect, to=Status.PUBLISHED, published_at=published_at, updated_at=now, **also)
    if won:
        _count(episode, +1)
        Series.objects.filter(pk=episode.series_id).update(
            first_published_at=Coalesce(F("first_published_at"), published_at)
        )
    return won


def _count(episode: Episode, change: int) -> None:
    Series.objects.filter(pk=episode.series_id).update(published_episodes=F("published_episodes") + change)


def _moved_on() -> Conflict:
    return Conflict("The episode's status has changed in the meantime.", code="episode_moved_on")
