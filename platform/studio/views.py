"""The pages. Each gathers rows by the queries of `shelves` and `desk`, and shows them."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now

from accounts.models import User
from catalog.models import Genre, Maturity
from catalog.selectors import episode_for_member, series_for_member
from creators.selectors import creator_for_member, creators_of, members_of
from generation.budget import rates
from generation.cast import characters_of, look_of
from generation.costs import attempts_of, episode_cost, series_cost
from generation.samples import voice_cards
from studio import costs, desk, labels, shelves
from studio.access import StudioPage, page

MAX_MEMBERS = 200
MAX_CAST = 100
MAX_ATTEMPTS = 50


def person(request: HttpRequest) -> User:
    return cast("User", request.user)  # StudioPage has let nobody else in


class Home(StudioPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        user = person(request)
        series, after = shelves.series_cards(user=user, cursor=request.GET.get("cursor"), now=now())
        return page(
            request, "studio/home.html", creators=list(creators_of(user=user).order_by("name", "pk")),
            series=series, after=after, genres=labels.genres(), examples=shelves.EXAMPLES,
        )


class SeriesPage(StudioPage):
    def get(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        user = person(request)
        series = series_for_member(user, uid)
        rows, after = shelves.episode_rows(
            series=series, cursor=request.GET.get("cursor"), subject=str(user.subject), now=now()
        )
        return page(
            request, "studio/series.html", series=series, rows=rows, after=after,
            totals=shelves.totals(rows), characters=list(characters_of(series=series).order_by("name")[:MAX_CAST]),
            voices=labels.named_voices(voice_cards(series.language)), look=look_of(series=series),
            genres=labels.genres(), ages=Maturity.choices, known_genres=Genre.values,
            batch=desk.batch_document(series=series),
        )


class EpisodePage(StudioPage):
    def get(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        episode = episode_for_member(person(request), uid)
        return page(
            request, "studio/episode.html", episode=episode, series=episode.series,
            status_label=labels.episode_status(episode.status), desk=desk.document(episode=episode),
        )


class SeriesCostsPage(StudioPage):
    def get(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        series = series_for_member(person(request), uid)
        cost = series_cost(series=series)
        return page(
            request, "studio/series_costs.html", series=series, cost=cost, currency=rates().currency,
            wasted=costs.share_of(cost.bill.wasted_micros, cost.bill.micros), lines=costs.episode_lines(cost),
            stages=costs.stage_lines(cost.stages),
        )


class EpisodeCostsPage(StudioPage):
    def get(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        episode = episode_for_member(person(request), uid)
        cost = episode_cost(episode=episode)
        return page(
            request, "studio/episode_costs.html", series=episode.series, episode=episode, cost=cost,
            currency=rates().currency, wasted=costs.share_of(cost.bill.wasted_micros, cost.bill.micros),
            stages=costs.stage_lines(cost.stages),
            attempts=costs.attempt_lines(attempts_of(episode=episode).order_by("-pk")[:MAX_ATTEMPTS]),
        )


class MembersPage(StudioPage):
    def get(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        creator = creator_for_member(user=person(request), uid=uid)
        members = list(members_of(creator=creator).order_by("pk")[:MAX_MEMBERS])
        return page(request, "studio/members.html", creator=creator, members=members)
