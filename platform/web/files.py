"""What makes the page an app: its manifest, and the worker that keeps its shell."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

BACKGROUND = "#0a0a0f"
# what a page needs to say that there is no network, and nothing else: no page of a person, no media, no API answer
SHELL = ("rw/tokens.css", "rw/icons.svg", "rw/icon.svg", "web/web.css", "web/pages.css")


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    icons = [
        {"src": static("rw/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": static("web/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("web/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": static("web/icon-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    document = {
        "id": "/", "name": "Reelwright", "short_name": "Reelwright", "lang": get_language(), "start_url": "/",
        "scope": "/", "display": "standalone", "orientation": "portrait", "background_color": BACKGROUND,
        "theme_color": BACKGROUND, "icons": icons, "categories": ["entertainment"],
        "description": _("Vertical drama, one swipe at a time."),
        "shortcuts": [
            {"name": _("Discover"), "url": "/search"},
            {"name": _("My list"), "url": "/list"},
        ],
    }
    return JsonResponse(document, content_type="application/manifest+json")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Served from the root, because a worker rules no path above its own."""
    context = {"shell": [static(name) for name in SHELL], "offline": "/offline"}
    answer = render(request, "web/sw.js", context, content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer
