"""What the lists show: each list is a fixed number of queries, however long it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from catalog.models import Episode, Master, Series
from catalog.selectors import series_of_member, studio_episodes
from common.pagination import keyset_page
from feeds.numbers import Audience, audience_of
from generation.models import Render, Screenplay
from media import grants
from media.urls_for import media_path
from payments.numbers import Sales, sales_of
from studio import labels

SERIES_A_PAGE = 24
EPISODES_A_PAGE = 100
EXAMPLES = (("en", "The Wrong Wedding"), ("zh", "雨夜来电"))


@dataclass(frozen=True, slots=True)
class SeriesCard:
    """A series on the home page; `poster` is a signed address or empty."""

    series: Series
    poster: str
    drafts: int
    in_review: int
    rejected: int
    published: int
    episodes: int


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """An episode in its series' table. `length_ms` is measured (`measured`), estimated from the text, or None."""

    episode: Episode
    status: str
    poster: str
    length_ms: int | None
    measured: bool
    rendering: bool
    price: int
    audience: Audience
    sales: Sales


@dataclass(frozen=True, slots=True)
class Totals:
    views: int
    unlocks: int
    coins: int
    net_micros: int


def series_cards(*, user: User, cursor: str | None, now: datetime) -> tuple[list[SeriesCard], str | None]:
    """The person's series, newest first, and the cursor of the next page. Four queries."""
    rows, after = keyset_page(series_of_member(user), order=("-uid",), cursor=cursor, limit=SERIES_A_PAGE)
    ids = [row.pk for row in rows]
    counts = {found["series_id"]: found for found in _status_counts(ids)}
    posters = _posters(Master.objects.filter(episode__series_id__in=ids), "episode__series_id", user, now)
    return [_series_card(row, counts.get(row.pk, {}), posters.get(row.pk, "")) for row in rows], after


def episode_rows(
    *, series: Series, cursor: str | None, subject: str, now: datetime
) -> tuple[list[EpisodeRow], str | None]:
    """The episodes of a series in order, with what became of them. Four queries."""
    latest = Screenplay.objects.filter(episode=OuterRef("pk")).order_by("-version").values("estimated_ms")[:1]
    render = Render.objects.filter(episode=OuterRef("pk")).order_by("-pk").values("status")[:1]
    newest = Master.objects.filter(episode=OuterRef("pk")).order_by("-version")
    found = studio_episodes(series=series).annotate(
        text_ms=Subquery(latest), render_status=Subquery(render), made_ms=Subquery(newest.values("duration_ms")[:1]),
        made_prefix=Subquery(newest.values("prefix")[:1]),
    )
    episodes, after = keyset_page(found, order=("number",), cursor=cursor, limit=EPISODES_A_PAGE)
    ids = [episode.pk for episode in episodes]
    audiences, sales = audience_of(episode_ids=ids), sales_of(episode_ids=ids)
    rows = [
        _episode_row(episode, audiences.get(episode.pk, Audience()), sales.get(episode.pk, Sales()), subject, now)
        for episode in episodes
    ]
    return rows, after


def totals(rows: Sequence[EpisodeRow]) -> Totals:
    """The sums of the shown rows."""
    return Totals(
        sum(row.audience.views for row in rows), sum(row.sales.unlocks for row in rows),
        sum(row.sales.coins for row in rows), sum(row.sales.net_micros for row in rows),
    )


def _episode_row(episode: Any, audience: Audience, sales: Sales, subject: str, now: datetime) -> EpisodeRow:
    """`episode` carries the annotations of `episode_rows`."""
    measured = episode.master.duration_ms if episode.master else episode.made_ms
    prefix = episode.master.prefix if episode.master else episode.made_prefix
    return EpisodeRow(
        episode=episode, status=labels.episode_status(episode.status),
        poster=_poster(prefix, subject, now) if prefix else "",
        length_ms=measured or episode.text_ms, measured=bool(measured),
        rendering=episode.render_status in Render.LIVE, price=episode.price, audience=audience, sales=sales,
    )


def _status_counts(ids: Sequence[int]) -> Iterable[Any]:
    status = Episode.Status
    return Episode.objects.filter(series_id__in=ids).values("series_id").order_by().annotate(
        episodes=Count("pk"),
        drafts=Count("pk", filter=Q(status=status.DRAFT)),
        in_review=Count("pk", filter=Q(status=status.IN_REVIEW)),
        rejected=Count("pk", filter=Q(status=status.REJECTED)),
        published=Count("pk", filter=Q(status__in=[status.PUBLISHED, status.SCHEDULED])),
    )


def _series_card(series: Series, counts: dict[str, Any], poster: str) -> SeriesCard:
    names = ("drafts", "in_review", "rejected", "published", "episodes")
    return SeriesCard(series, poster, **{name: counts.get(name, 0) for name in names})


def _posters(masters: QuerySet[Master], by: str, user: User, now: datetime) -> dict[int, str]:
    """One poster for each `by`: of the first episode that has a film. One query."""
    rows = masters.order_by(by, "episode__number", "-version").distinct(by).values_list(by, "prefix")
    return {pk: _poster(prefix, str(user.subject), now) for pk, prefix in rows}


def _poster(prefix: str, subject: str, now: datetime) -> str:
    return media_path(grants.sign(subject=subject, prefix=prefix, scope="preview", now=now).token, Master.POSTER)
