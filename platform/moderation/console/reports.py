"""Viewers' reports, by episode: one look and one answer for all that say the same."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.models import User
from catalog.models import Episode
from common.errors import DomainError
from moderation import services
from moderation.console.acts import get_or_post
from moderation.console.forms import ReportsForm, reasons
from moderation.console.pages import found_episode, moderator, page
from moderation.models import Reason, Report
from moderation.previews import review_poster, review_preview

MAX_OPEN = 2000  # the oldest; the next appear as these are answered
MAX_GROUPS = 50
MAX_SHOWN = 100


@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """Episodes with open reports, the most reported first. Three queries."""
    return page(request, "reports", title=_("Reports"), groups=_groups(moderator(request), timezone.now()))


@get_or_post
def reports_of_episode(request: HttpRequest, uid: UUID) -> HttpResponse:
    episode = found_episode(uid)
    form = ReportsForm(request.POST if request.method == "POST" else None)
    refused: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            count = _answer(episode, form.cleaned_data, moderator(request))
        except DomainError as error:
            refused = error
        else:
            messages.success(request, ngettext("%d report answered.", "%d reports answered.", count) % count)
            return HttpResponseRedirect(reverse("console-reports"))
    return _page_of(request, episode, form, refused)


def _answer(episode: Episode, asked: dict[str, Any], by: User) -> int:
    answer = asked["answer"]
    take_down = Reason(asked["reason_code"]) if answer == ReportsForm.TAKE_DOWN else None
    outcome = Report.Status.DISMISSED if answer == Report.Status.DISMISSED else Report.Status.UPHELD
    return services.reports_resolve(
        episode=episode, outcome=outcome, by=by, note=asked["note"], seen=asked["seen"], now=timezone.now(),
        take_down=take_down,
    )


def _page_of(request: HttpRequest, episode: Episode, form: ReportsForm, refused: DomainError | None) -> HttpResponse:
    now = timezone.now()
    still = Report.objects.filter(episode=episode, status=Report.Status.OPEN).select_related("reporter")
    preview = review_preview(master=episode.master, by=moderator(request), now=now) if episode.master else None
    return page(
        request, "reports_of_episode", title=_("Reports"), status=refused.status if refused else _status(form),
        episode=episode, reports=list(still.order_by("-updated_at")[:MAX_SHOWN]), preview=preview, form=form,
        refused=refused, seen=now.isoformat(), reasons=reasons(),
    )


def _status(form: ReportsForm) -> int:
    return 400 if form.is_bound else 200


def _groups(by: User, now: datetime) -> list[dict[str, Any]]:
    oldest = Report.objects.filter(status=Report.Status.OPEN).order_by("uid").values("pk")[:MAX_OPEN]
    still = Report.objects.filter(pk__in=oldest).order_by()
    counted = still.values("episode_id").annotate(count=Count("pk"), since=Min("created_at"))
    groups: list[Any] = list(counted.order_by("-count", "since")[:MAX_GROUPS])
    wanted = [group["episode_id"] for group in groups]
    episodes = Episode.objects.select_related("series__creator", "master").defer("master__evidence").in_bulk(wanted)
    tallies: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for row in still.filter(episode_id__in=wanted).values("episode_id", "reason_code").annotate(n=Count("pk")):
        tallies[row["episode_id"]].append((_(Reason(row["reason_code"]).label), row["n"]))
    for group in groups:
        episode = episodes[group["episode_id"]]
        poster = review_poster(master=episode.master, by=by, now=now) if episode.master else ""
        loudest = sorted(tallies[episode.pk], key=lambda one: -one[1])
        group.update(episode=episode, poster=poster, reasons=loudest)
    return groups
