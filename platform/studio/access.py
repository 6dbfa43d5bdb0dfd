"""Who may open a studio page. Whose series it is, the selectors of the apps below say, and not yours is not there."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views import View

from accounts.models import User
from common.errors import DomainError
from studio.words import words


class StudioPage(View):
    """A page for registered people: anyone else is sent to the door that leads back here."""

    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return _to_door("/signin/", request)
        if request.user.is_guest:
            return _to_door("/register/", request)
        try:
            return super().dispatch(request, *args, **kwargs)
        except DomainError as refusal:
            return page(request, "studio/gone.html", status=refusal.status)


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A studio page with its texts for scripts; kept by nobody."""
    answer = render(request, template, {"words": words(), **context}, status=status)
    answer["Cache-Control"] = "private, no-store"
    patch_vary_headers(answer, ["Accept-Language", "Cookie"])
    return answer


def _to_door(door: str, request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{door}?{urlencode({'next': request.get_full_path()})}")
