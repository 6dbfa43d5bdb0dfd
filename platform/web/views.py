"""The viewer's pages. They hold no rule and no data of a person: everything personal comes through the public API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.formats import number_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from catalog.models import Series
from common.errors import NotFound
from web import selectors
from web.words import GENRES, genre_names, words

KEEP = "private, no-cache"  # the page follows the visitor's language; a copy is asked about before it is used


def page(request: HttpRequest, template: str, settings_of_page: dict[str, Any], **context: Any) -> HttpResponse:
    """A page with its words and settings as JSON data beside it: scripts hold no text of their own."""
    answer = render(request, template, {"words": words(), "page": settings_of_page, **context})
    answer["Cache-Control"] = KEEP
    patch_vary_headers(answer, ["Accept-Language", "Cookie"])
    return answer


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return page(request, "web/feed.html", {"kind": "feed"}, tab="home")


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    return page(request, "web/search.html", {"kind": "search"}, tab="search", genres=GENRES.items())


@require_safe
def my_list(request: HttpRequest) -> HttpResponse:
    return page(request, "web/list.html", {"kind": "list"}, tab="list")


@require_safe
def wallet(request: HttpRequest) -> HttpResponse:
    return page(request, "web/wallet.html", {"kind": "wallet"}, tab="wallet")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker keeps for a moment without network."""
    return page(request, "web/offline.html", {"kind": "offline"})


@require_safe
def series(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A series' own page; also what a search engine and a chat preview read."""
    found = _series_or_404(uid)
    return page(
        request, "web/series.html", {"kind": "series", "series": str(uid)}, tab="search", series=found,
        genres=genre_names(found.genres), share=_preview(found),
    )


@require_safe
def watch(request: HttpRequest, uid: UUID, number: int) -> HttpResponse:
    """The swipe page, beginning with one episode. One that is out no more leads to its series."""
    found = _series_or_404(uid)
    episode = selectors.shown_number(series=found, number=number)
    if episode is None:
        return redirect("series", uid=uid)
    about = {"kind": "feed", "episode": str(episode.uid), "series": str(uid), "number": number}
    return page(
        request, "web/feed.html", about, tab="home", series=found, episode=episode, share=_preview(found, number),
    )


@require_safe
def twin_checkout(request: HttpRequest, session: str) -> HttpResponse:
    """The pay sheet of the local payment twin. A real provider has its own, on its own address."""
    bill = selectors.twin_bill(session=session)
    if bill is None:
        raise Http404
    about = {"kind": "checkout", "session": session, "back": _safe_return(request)}
    return page(request, "web/checkout.html", about, bill=bill, price=money(bill.amount_cents, bill.currency))


def money(minor: int, currency: str) -> str:
    """An amount in the currency's smallest unit as a person reads it; the twin sells in currencies with cents only."""
    return f"{number_format(minor / 100, 2)} {currency}"


def _series_or_404(uid: UUID) -> Series:
    try:
        return selectors.shown_series(uid=uid)
    except NotFound as missing:
        raise Http404 from missing


def _preview(series: Series, number: int | None = None) -> dict[str, str]:
    """What a chat shows of a link: always the series' poster, so that no frame of a locked episode leaves the house."""
    base = settings.PUBLIC_BASE_URL
    address = f"{base}/s/{series.uid}" + (f"/{number}" if number else "")
    return {"url": address, "image": f"{base}/api/v1/series/{series.uid}/poster.jpg"}


def _safe_return(request: HttpRequest) -> str:
    """Where to go after paying: a path of ours, whatever the address asks for."""
    asked = request.GET.get("return", "")
    ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if ours else "/wallet"
