"""`/m/<token>/<name>`: granted media. Every object asks for its own grant; every refusal is a bare 403."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from common.errors import DomainError
from media import delivery, grants
from media.bucket import BucketShelf
from media.errors import NoSuchObject
from media.names import content_type, is_clean
from media.storage import shelf

# players fetch from other origins, with the grant in the path and no cookie: nothing here looks at who asks
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, If-Range, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
NEVER_KEPT = "private, no-store"
NEVER_KEPT_TYPES = ("application/vnd.apple.mpegurl",)
PASSED_THROUGH = ("application/vnd.apple.mpegurl", "text/vtt; charset=utf-8")


@csrf_exempt
def granted_media(request: HttpRequest, rest: str) -> HttpResponseBase:
    """GET, HEAD or OPTIONS of one object. `rest` is everything after `/m/`, decoded once."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=CORS | PREFLIGHT)
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD, OPTIONS"})
    try:
        response = _respond(request, rest, timezone.now())
    except DomainError as refused:
        bare = HttpResponse(status=404 if isinstance(refused, NoSuchObject) else 403)
        bare["Cache-Control"] = NEVER_KEPT
        response = bare
    for header, value in CORS.items():
        response[header] = value
    return response


def _respond(request: HttpRequest, rest: str, now: datetime) -> HttpResponseBase:
    token, slash, name = rest.partition("/")
    if _written_oddly(request) or not slash or not is_clean(name):
        raise grants.GrantRefused()
    claims = grants.verify(token, now=now)
    left = int((claims.expires_at - now).total_seconds())
    kind = content_type(name)
    key = f"{claims.prefix}/{name}"
    here = shelf()
    if isinstance(here, BucketShelf) and request.method == "GET" and kind not in PASSED_THROUGH:
        return _redirect(here, key, left)
    keep = NEVER_KEPT if kind in NEVER_KEPT_TYPES else f"private, max-age={left}"
    return delivery.respond_object(request, key, cache_control=keep)


def _redirect(here: BucketShelf, key: str, left: int) -> HttpResponseBase:
    """To the bucket itself, by an address that does not outlive the grant. Asks the bucket nothing: a player comes here
    for every range, and for what is not there the bucket says so itself.
    """
    if content_type(key) is None:
        raise NoSuchObject()
    response = HttpResponseRedirect(here.presign(key, seconds=max(1, left)))
    response["Cache-Control"] = NEVER_KEPT
    return response


def _written_oddly(request: HttpRequest) -> bool:
    """Whether the path was escaped at all, where the server tells: our own addresses hold nothing to escape.

    The decision is about the decoded path either way; this keeps a cache in front from holding two spellings of it.
    """
    raw = getattr(request, "scope", {}).get("raw_path") or request.META.get("RAW_URI") or b""
    path = (raw if isinstance(raw, bytes) else str(raw).encode()).partition(b"?")[0]
    return any(odd in path for odd in (b"%", b"\\"))
