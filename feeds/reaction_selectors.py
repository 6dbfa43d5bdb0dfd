"""Reads of what one viewer has said and done in one series, and of their list."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from accounts.models import User
from catalog.models import Episode, Series
from catalog.selectors import visible_series
from common.errors import NotFound
from creators.models import Follow
from feeds.marks import refused
from feeds.models import Progress
from feeds.reaction_models import Like, Saved
from feeds.selectors import Card, cards, resumable, shown_rows
from payments.paywall import entitled_in_series


@dataclass(frozen=True, slots=True)
class Resume:
    """The episode to go on with, and where in it."""

    episode: UUID
    number: int
    position_ms: int


@dataclass(frozen=True, slots=True)
class InSeries:
    """All that is this viewer's own in a series; lists are of episode uids."""

    saved: bool
    following: bool
    not_interested: bool
    liked: list[UUID]
    unlocked: list[UUID]
    resume: Resume | None


def saved_series(*, user: User) -> QuerySet[Saved]:
    """The viewer's list, without what is shown no more."""
    return Saved.objects.filter(
        user=user, series__status=Series.Status.ACTIVE, series__published_episodes__gt=0
    ).select_related("series__creator")


def viewer_in_series(*, user: User, uid: UUID) -> InSeries:
    """Five queries at most, whatever the length of the series. Raises `NotFound`."""
    series = visible_series().filter(uid=uid).annotate(
        saved=Exists(Saved.objects.filter(user=user, series=OuterRef("pk"))),
        following=Exists(Follow.objects.filter(user=user, creator=OuterRef("creator_id"))),
        not_interested=refused(user.pk, "pk"),
    ).first()
    if series is None:
        raise NotFound()
    liked = Like.objects.filter(user=user, episode__series=series).values_list("episode__uid", flat=True)
    return InSeries(
        saved=series.saved, following=series.following, not_interested=series.not_interested,
        liked=list(liked), unlocked=entitled_in_series(user_id=user.pk, series_id=series.pk),
        resume=_resume(user, series),
    )


def _resume(user: User, series: Series) -> Resume | None:
    row = resumable(user_id=user.pk).filter(series=series).first()
    if row is None:
        return None
    target = Episode.objects.get(pk=row.target)  # type: ignore[attr-defined]
    return Resume(target.uid, target.number, row.position_ms if row.episode_id == target.pk else 0)


def episode_card(*, user: User, uid: UUID) -> Card:
    """One episode as the feed would show it, for a link that leads straight to it. Raises `NotFound`."""
    stopped = Progress.objects.filter(
        user=user, series_id=OuterRef("series_id"), episode_id=OuterRef("pk"), next_number=OuterRef("number")
    )
    found = shown_rows(user.pk).filter(uid=uid).annotate(resume_ms=Subquery(stopped.values("position_ms")[:1])).first()
    if found is None:
        raise NotFound()
    return cards([found], user_id=user.pk, positions={found.pk: found.resume_ms or 0})[found.pk]


