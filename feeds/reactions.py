"""Likes, the list, and what somebody wants no more of. Repeating any of it changes nothing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from catalog.models import Episode, Series
from feeds.models import Progress
from feeds.reaction_models import Like, NotInterested, Saved
from feeds.viewers import seen_save, viewer_lock


def episode_like(*, user: User, episode: Episode) -> None:
    Like.objects.bulk_create([Like(user=user, episode=episode)], ignore_conflicts=True)


def episode_unlike(*, user: User, uid: UUID) -> None:
    """Also of an episode that is shown no more."""
    Like.objects.filter(user=user, episode__uid=uid).delete()


def series_save(*, user: User, series: Series) -> None:
    Saved.objects.bulk_create([Saved(user=user, series=series)], ignore_conflicts=True)


def series_unsave(*, user: User, uid: UUID) -> None:
    """Also of a series that is shown no more."""
    Saved.objects.filter(user=user, series__uid=uid).delete()


@transaction.atomic
def series_refuse(*, user: User, series: Series, now: datetime) -> None:
    """No more of this series: from the next page on it is neither a hook nor a card to continue.

    Under the viewer's lock, like every page: a page that is being made goes out before or respects this.
    """
    seen = viewer_lock(user_id=user.pk, now=now)
    if NotInterested.objects.filter(user=user, series=series).exists():
        return
    hides = series.pk not in seen.series
    NotInterested.objects.create(user=user, series=series, hid=hides)
    if hides:
        seen.series.add(series.pk)
        seen_save(user_id=user.pk, seen=seen, now=now)


@transaction.atomic
def series_admit(*, user: User, uid: UUID, now: datetime) -> None:
    """Take a refusal back. A series that had never been shown may come as a hook again."""
    seen = viewer_lock(user_id=user.pk, now=now)
    refusal = NotInterested.objects.filter(user=user, series__uid=uid).first()
    if refusal is None:
        return
    refusal.delete()
    if refusal.hid and not Progress.objects.filter(user=user, series=refusal.series_id).exists():
        seen.series.discard(refusal.series_id)
        seen_save(user_id=user.pk, seen=seen, now=now)
