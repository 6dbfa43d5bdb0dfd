"""Ctrl+K: paste an id, an email, a handle or words of a title, and go there. A few indexed questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from unfold.dataclasses import SearchResult

from accounts.models import User
from catalog.models import Episode, Series
from creators.models import Creator
from moderation.models import Review

MOST = 8


def find(request: HttpRequest, term: str) -> list[Any]:
    """Called by Unfold, behind `admin_view`; `term` comes in lower case."""
    wanted = term.replace("\x00", "").strip()
    try:
        return list(_by_uid(UUID(wanted)))
    except ValueError:
        return list(_by_words(wanted)) if wanted else []


def _by_uid(uid: UUID) -> Iterator[Any]:
    for review in Review.objects.filter(uid=uid).select_related("episode__series"):
        yield SearchResult(
            title=f"{review.episode.series.title} · {review.episode.number}", description=_("Review"),
            link=reverse("console-review", args=[review.uid]), icon="playlist_play",
        )
    for episode in Episode.objects.filter(uid=uid).select_related("series"):
        yield _to(episode, f"{episode.series.title} · {episode.number}", _("Episode"), "smart_display")
    for series in Series.objects.filter(uid=uid):
        yield _to(series, series.title, _("Series"), "movie")
    for user in [*User.objects.filter(uid=uid), *User.objects.filter(subject=uid)]:
        yield _to(user, str(user), _("Account"), "person")
    for creator in Creator.objects.filter(uid=uid):
        yield _to(creator, creator.name, _("Creator"), "theater_comedy")


def _by_words(words: str) -> Iterator[Any]:
    for user in User.objects.filter(email__startswith=words)[:MOST]:
        yield _to(user, str(user.email), _("Account"), "person")
    for creator in Creator.objects.filter(handle__startswith=words)[:MOST]:
        yield _to(creator, creator.name, _("Creator"), "theater_comedy")
    for series in Series.objects.filter(title__icontains=words)[:MOST]:
        yield _to(series, series.title, _("Series"), "movie")


def _to(row: Model, title: str, what: str, icon: str) -> Any:
    view = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return SearchResult(title=title, description=what, link=reverse(view, args=[row.pk]), icon=icon)
