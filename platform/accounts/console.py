"""What every page of the console stands on: who comes in, what a browser may load there, tables that only show.

Roles are asked for here and nowhere else: Django's permission rows are not used, because the console writes through
services, and who may look is one question (`accounts.selectors.is_moderator`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar
from uuid import UUID

from csp.decorators import csp_update
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.paginator import InfinitePaginator
from unfold.sites import UnfoldAdminSite

from accounts.selectors import is_moderator

View = Callable[..., HttpResponseBase]
Method = TypeVar("Method", bound=Callable[..., Any])
MAX_FOUND = 500

# Unfold's pages run on Alpine, which turns attributes into functions ('unsafe-eval'), and set their colours in a
# <style> and in style attributes ('unsafe-inline' for styles). No script stands inline in them or in ours, and none
# may. Only the console is given this; every other page keeps the policy of settings.
console_policy = csp_update(
    {"script-src": ["'self'", "'unsafe-eval'"], "style-src": ["'self'", "'unsafe-inline'"]}
)


def may_enter(request: HttpRequest) -> bool:
    """Whether a moderator asks. Asked of the database once a request, however many tables want to know."""
    known: bool | None = getattr(request, "_may_enter_console", None)
    if known is None:
        person = getattr(request, "user", None)
        known = bool(person and person.is_authenticated and is_moderator(user=person))
        request._may_enter_console = known  # type: ignore[attr-defined]
    return known


class ConsoleSite(UnfoldAdminSite):  # type: ignore[misc]
    """The console: moderators only. Strangers are sent to sign in, everybody else is told that it is not for them."""

    site_title = site_header = "Reelwright"
    index_title = _("Today")
    index_template = "moderation/console/dashboard.html"

    def has_permission(self, request: HttpRequest) -> bool:
        return may_enter(request)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not may_enter(request) and view != self.logout:
                return self.refuse(request)
            answer: HttpResponseBase = guarded(request, *args, **kwargs)
            return answer

        return update_wrapper(console_policy(inner), view)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one door for everybody, and it counts the tries."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME) or reverse(f"{self.name}:index")
        return redirect_to_login(wanted, reverse("signin"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method != "POST":  # a link from elsewhere signs nobody out
            return HttpResponseNotAllowed(["POST"])
        logout(request)
        return HttpResponseRedirect(reverse("signin"))

    def refuse(self, request: HttpRequest) -> HttpResponse:
        """403, with a way to sign in as somebody else."""
        context = self.each_context(request) | {"title": _("This is for moderators"), "is_nav_sidebar_enabled": False}
        return TemplateResponse(request, "moderation/console/refused.html", context, status=403)


def column(**how: Any) -> Callable[[Method], Method]:
    """Unfold's `display`, with types: how a column looks (`header`, `label`) and is called (`description`)."""
    decorate: Callable[[Method], Method] = display(**how)
    return decorate


class Shown:
    """Permissions of a table that moderators see and nobody edits."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_enter(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_enter(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ConsoleAdmin(Shown, ModelAdmin):  # type: ignore[misc]
    """Lists, finds and shows. Neither a list nor a search costs more as its table grows.

    `find_uids` and `find_texts` name the columns that a search compares as a whole (a lookup such as `__startswith`
    may follow); each of them must have an index.
    """

    paginator = InfinitePaginator  # no count over the table
    show_full_result_count = False
    show_facets = False
    list_per_page = 50
    list_filter_sheet = True
    list_fullwidth = True
    actions = None
    ordering = ("-id",)
    find_uids: tuple[str, ...] = ()
    find_texts: tuple[str, ...] = ()

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return (*self.find_uids, *self.find_texts)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Model], search_term: str
    ) -> tuple[QuerySet[Model], bool]:
        term = search_term.replace("\x00", "").strip()
        if not term:
            return queryset, False
        wanted: dict[str, str | UUID] = {name: term.lower() if "email" in name else term for name in self.find_texts}
        if uid := _uuid(term):
            wanted |= dict.fromkeys(self.find_uids, uid)
        # one question each: joined by OR over several tables, no index would serve
        rows = self.model._default_manager.all()
        asked = [rows.filter(**{name: value}).values_list("pk", flat=True) for name, value in wanted.items()]
        return queryset.filter(pk__in={pk for found in asked for pk in found[:MAX_FOUND]}), False


class ConsoleInline(Shown, TabularInline):  # type: ignore[misc]
    """Rows below the row that is shown."""

    extra = 0
    can_delete = False


def _uuid(term: str) -> UUID | None:
    try:
        return UUID(term)
    except ValueError:
        return None
