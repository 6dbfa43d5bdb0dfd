"""Liveness and readiness, each dependency on its own."""

import time
from collections.abc import Callable
from threading import Thread

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

PATIENCE_SECONDS = 2


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers. Asks nothing of anyone else: a dead database must not restart the web."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 if every dependency answers, 503 otherwise, with the time each took and never an address or a password."""
    report = {name: _probe(ask) for name, ask in CHECKS.items()}
    ok = all(entry["ok"] for entry in report.values())
    return JsonResponse({"ok": ok, "dependencies": report}, status=200 if ok else 503)


def _database() -> None:
    pool = getattr(connection, "pool", None)  # the PostgreSQL backend's; None if settings turn it off
    if pool is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return
    pool.open()  # does nothing if it is open
    with pool.connection(timeout=PATIENCE_SECONDS) as held:  # a request waits longer, a probe is asked again soon
        held.execute("SELECT 1")


def _cache() -> None:
    cache.get("readyz")


def _storage() -> None:
    """In a thread, because a bucket that hangs cannot be given up on otherwise; it ends by its own timeouts."""
    from django.core.files.storage import default_storage

    failures: list[Exception] = []

    def ask() -> None:
        try:
            default_storage.exists("readyz")
        except Exception as failure:
            failures.append(failure)

    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(PATIENCE_SECONDS)
    if asking.is_alive():
        raise TimeoutError
    if failures:
        raise failures[0]


CHECKS: dict[str, Callable[[], None]] = {"database": _database, "redis": _cache, "storage": _storage}


def _probe(ask: Callable[[], None]) -> dict[str, bool | float | str]:
    started = time.monotonic()
    try:
        ask()
    except Exception as failure:  # readiness reports whatever went wrong, by its kind only
        return {"ok": False, "error": type(failure).__name__, "ms": _ms(started)}
    return {"ok": True, "ms": _ms(started)}


def _ms(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 1)
