"""Gives every request an id that its logs, its error answers and its client share."""

import re
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from common.ids import uuid7

log = structlog.get_logger("request")
GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
QUIET = ("/healthz", "/readyz", "/static/")


class RequestContext:
    """Takes a sane `X-Request-ID` or makes one, returns it, and logs one line a request (never its query or body)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if GIVEN_ID.fullmatch(given) else str(uuid7())
        request.META["HTTP_X_REQUEST_ID"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.monotonic()
        try:
            response = self.get_response(request)
            if not request.path.startswith(QUIET):
                took = round((time.monotonic() - started) * 1000, 1)
                log.info("request", method=request.method, path=_without_grant(request.path),
                         status=response.status_code, ms=took)
        finally:
            structlog.contextvars.unbind_contextvars("request_id")
        response["X-Request-ID"] = request_id
        return response


def _without_grant(path: str) -> str:
    """A media path carries its grant: a log is not a place to copy it from."""
    return re.sub(r"^/m/[^/]+", "/m/-", path)
