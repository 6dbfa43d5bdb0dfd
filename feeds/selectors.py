"""Reads of the feed. Every one is a fixed number of queries, whatever the size of the catalogue."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from catalog.models import Episode, Rendition, Series, Subtitle
from catalog.pricing import price_expression
from catalog.selectors import visible_episodes
from common.errors import NotFound
from common.pagination import keyset_page
from feeds.marks import Marks, marks_of, read_marks, refused
from feeds.models import Progress
from payments.paywall import Access, access

END, NOT_RELEASED = "end", "not_released"


@dataclass(frozen=True, slots=True)
class Card:
    """An episode to show to one viewer, with what it takes to watch it and the one after it."""

    episode: Episode
    access: Access
    next: Episode | None
    next_access: Access | None
    position_ms: int = 0

    @property
    def viewer(self) -> Marks:
        """What this viewer has said about it."""
        return read_marks(self.episode)


@dataclass(frozen=True, slots=True)
class Following:
    """The next episode, or why there is none: `end`, or `not_released` with the moment of release if it is set."""

    card: Card | None
    reason: str | None
    release_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """A card to continue; `stopped_at` is when the viewer left the series."""

    card: Card
    stopped_at: datetime


@dataclass(frozen=True, slots=True)
class Reported:
    """What an event needs to know of its episode. `duration_ms` is of the master on show."""

    id: int
    series: int
    number: int
    duration_ms: int
    creator: int


def shown_rows(user_id: int) -> QuerySet[Episode]:
    """What may be seen, each with `price`, the viewer's marks and `next_up` (the published episode after it)."""
    return visible_episodes().annotate(next_up=Subquery(_after()), **marks_of(user_id))


def shown_episodes(ids: Collection[int], *, user_id: int) -> dict[int, Episode]:
    """Those of `ids` that may be seen, by id, as in `shown_rows`."""
    return {episode.pk: episode for episode in shown_rows(user_id).filter(pk__in=ids)}


def cards(episodes: Iterable[Episode], *, user_id: int, positions: dict[int, int] | None = None) -> dict[int, Card]:
    """Cards of episodes from `shown_episodes`, by id. One query for all accesses."""
    shown = list(episodes)
    following = {episode.pk: _next_of(episode) for episode in shown}
    rights = access(user_id=user_id, episodes=[*shown, *(after for after in following.values() if after)])
    return {
        episode.pk: Card(
            episode, rights[episode.pk], after := following[episode.pk], rights[after.pk] if after else None,
            (positions or {}).get(episode.pk, 0),
        )
        for episode in shown
    }


def resumable(*, user_id: int) -> QuerySet[Progress]:
    """Series in progress, not refused, that have something to go on with: its id is the annotation `target`."""
    ahead = Episode.objects.filter(
        series_id=OuterRef("series_id"), status=Episode.Status.PUBLISHED, number__gte=OuterRef("next_number")
    )
    target = Subquery(ahead.order_by("number").values("pk")[:1])
    return Progress.objects.filter(
        ~refused(user_id), user_id=user_id, series__status=Series.Status.ACTIVE, series__published_episodes__gt=0
    ).annotate(target=target).filter(target__isnull=False)


def continue_page(*, user_id: int, cursor: str | None, limit: int) -> tuple[list[Resumed], str | None]:
    """One card per series in progress, latest first, and the cursor of the next page. Three queries."""
    rows, following = keyset_page(
        resumable(user_id=user_id), order=("-occurred_at", "-id"), cursor=cursor, limit=limit
    )
    targets = {row.pk: int(row.target) for row in rows}  # type: ignore[attr-defined]
    positions = {row.episode_id: row.position_ms for row in rows if targets[row.pk] == row.episode_id}
    found = cards(shown_episodes(targets.values(), user_id=user_id).values(), user_id=user_id, positions=positions)
    shown = [Resumed(found[targets[row.pk]], row.occurred_at) for row in rows if targets[row.pk] in found]
    return shown, following


def following_episode(*, user_id: int, uid: uuid.UUID) -> Following:
    """What comes after episode `uid`, which may be withdrawn meanwhile but must have been out. Raises `NotFound`."""
    current = Episode.objects.filter(
        uid=uid, published_at__isnull=False, series__status=Series.Status.ACTIVE
    ).values("series_id", "number").first()
    if current is None:
        raise NotFound()
    ahead = {"series_id": current["series_id"], "number__gt": current["number"]}
    after = shown_rows(user_id).filter(**ahead).order_by("number").first()
    if after is not None:
        return Following(cards([after], user_id=user_id)[after.pk], None)
    waiting = Episode.objects.filter(**ahead, status=Episode.Status.SCHEDULED).aggregate(
        release_at=Min("release_at"), number=Min("number")
    )
    if waiting["number"] is not None:
        return Following(None, NOT_RELEASED, waiting["release_at"])
    return Following(None, END)


def playable_episode(*, uid: uuid.UUID, user_id: int) -> Episode:
    """A visible episode with `ladder` and `captions` (JSON of its files) and `resume_ms`. One query; `NotFound`."""
    ladder = Rendition.objects.filter(master_id=OuterRef("master_id")).order_by("-height", "pk")
    captions = Subtitle.objects.filter(master_id=OuterRef("master_id")).order_by("language")
    stopped = Progress.objects.filter(
        user_id=user_id, series_id=OuterRef("series_id"), episode_id=OuterRef("pk"), next_number=OuterRef("number")
    )
    fields = ("name", "path", "width", "height", "bitrate", "codecs")
    found = visible_episodes().filter(uid=uid).annotate(
        ladder=ArraySubquery(ladder.values(json=JSONObject(**{name: name for name in fields}))),
        captions=ArraySubquery(captions.values(json=JSONObject(language="language", path="path"))),
        resume_ms=Subquery(stopped.values("position_ms")[:1]),
    ).first()
    if found is None:
        raise NotFound()
    return found


def reported_episodes(uids: Collection[uuid.UUID]) -> dict[uuid.UUID, Reported]:
    """Those of `uids` that were ever out (they may be withdrawn by now), by uid."""
    found = Episode.objects.filter(uid__in=uids, published_at__isnull=False, master__isnull=False).values_list(
        "uid", "pk", "series_id", "number", "master__duration_ms", "series__creator_id"
    )
    return {uid: Reported(*rest) for uid, *rest in found}


def _after() -> QuerySet[Episode, Any]:
    """The published episode that follows the outer one in its series, as JSON."""
    ahead = Episode.objects.filter(
        series_id=OuterRef("series_id"), number__gt=OuterRef("number"), status=Episode.Status.PUBLISHED
    )
    return ahead.order_by("number").values(
        json=JSONObject(pk="pk", uid="uid", number="number", price=price_expression())
    )[:1]


def _next_of(episode: Episode) -> Episode | None:
    """The row behind `next_up`, unsaved and with just enough for its access to be asked for."""
    after = episode.next_up  # type: ignore[attr-defined]
    if after is None:
        return None
    following = Episode(
        pk=after["pk"], uid=uuid.UUID(after["uid"]), number=after["number"], series_id=episode.series_id
    )
    following.price = after["price"]  # type: ignore[attr-defined]
    return following
