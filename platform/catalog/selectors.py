"""What may be seen, and by whom. Everything here is a bounded query."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from accounts.models import User
from catalog.models import Episode, Master, Series
from catalog.pricing import episode_price, price_expression
from common.errors import NotFound
from creators.selectors import creator_for_member, is_member, member_creator_ids

SEARCH_MIN, SEARCH_MAX = 1, 60


def visible_series() -> QuerySet[Series]:
    """Series that have something to watch, with their creator."""
    return Series.objects.filter(status=Series.Status.ACTIVE, published_episodes__gt=0).select_related("creator")


def visible_episodes() -> QuerySet[Episode]:
    """Published episodes of active series, with series, creator, master and the annotation `price` (coins, 0 free)."""
    return (
        Episode.objects.filter(status=Episode.Status.PUBLISHED, series__status=Series.Status.ACTIVE)
        .select_related("series__creator", "master")
        .annotate(price=price_expression())
    )


def series_shown(uid: uuid.UUID) -> Series:
    """The series that viewers know by `uid`; raises `NotFound`."""
    found = visible_series().filter(uid=uid).first()
    if found is None:
        raise NotFound()
    return found


def visible_episode(uid: uuid.UUID) -> Episode:
    """The published episode `uid`, as in `visible_episodes`; raises `NotFound`."""
    found = visible_episodes().filter(uid=uid).first()
    if found is None:
        raise NotFound()
    return found


def series_matching(words: str) -> QuerySet[Series]:
    """Visible series whose title holds `words` (any case), through the trigram index."""
    return visible_series().filter(title__icontains=words)


def series_poster_master(series: Series) -> Master:
    """The master whose poster is the series' face: that of its first published episode. Raises `NotFound`."""
    first = series.episodes.filter(status=Episode.Status.PUBLISHED).select_related("master").order_by("number").first()
    if first is None or first.master is None:
        raise NotFound()
    return first.master


def poster_master(episode: Episode) -> Master:
    """The master whose poster may stand for the episode in public: a locked one shows no frame of itself."""
    if episode_price(episode) or episode.master is None:
        return series_poster_master(episode.series)
    return episode.master


def series_of_member(user: User, creator: uuid.UUID | None = None) -> QuerySet[Series]:
    """All series, whatever their status, of the creators that `user` belongs to, or of one; raises `NotFound`."""
    rows = Series.objects.select_related("creator")
    if creator is not None:
        return rows.filter(creator=creator_for_member(user=user, uid=creator))
    return rows.filter(creator_id__in=member_creator_ids(user=user))


def studio_episodes(*, series: Series) -> QuerySet[Episode]:
    """All episodes of a series, whatever their status."""
    return (
        Episode.objects.filter(series=series)
        .select_related("series__creator", "master")
        .annotate(price=price_expression())
    )


def series_for_member(user: User, uid: uuid.UUID) -> Series:
    """The series `uid` if `user` belongs to its creator; raises `NotFound` otherwise."""
    found = Series.objects.select_related("creator").filter(uid=uid).first()
    if found is None or not is_member(user=user, creator_id=found.creator_id):
        raise NotFound()
    return found


def episode_for_member(user: User, uid: uuid.UUID) -> Episode:
    """The episode `uid` if `user` belongs to its creator; raises `NotFound` otherwise."""
    found = (
        Episode.objects.select_related("series__creator", "master")
        .annotate(price=price_expression())
        .filter(uid=uid)
        .first()
    )
    if found is None or not is_member(user=user, creator_id=found.series.creator_id):
        raise NotFound()
    return found
