"""Addresses of the console's own pages, every one of them behind the console's door."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, path

from moderation.console import acts, pages, reports


def _page(route: str, view: Callable[..., Any], name: str) -> URLPattern:
    return path(route, admin.site.admin_view(view), name=f"console-{name}")


urlpatterns = [
    _page("reviews/next/", pages.review_next, "next"),
    _page("reviews/<uuid:uid>/", pages.review_one, "review"),
    _page("reviews/<uuid:uid>/approve/", pages.review_approve, "approve"),
    _page("reviews/<uuid:uid>/reject/", pages.review_reject, "reject"),
    _page("episodes/<uuid:uid>/take-down/", acts.take_down, "take-down"),
    _page("episodes/<uuid:uid>/restore/", acts.restore, "restore"),
    _page("reports/", reports.reports, "reports"),
    _page("reports/<uuid:uid>/", reports.reports_of_episode, "reports-of"),
    _page("appeals/<uuid:uid>/", acts.appeal, "appeal"),
    _page("people/<uuid:uid>/close/", acts.close_account, "close"),
    _page("people/<uuid:uid>/reopen/", acts.reopen_account, "reopen"),
    _page("people/<uuid:uid>/appoint/", acts.appoint, "appoint"),
    _page("people/<uuid:uid>/dismiss/", acts.dismiss, "dismiss"),
]
