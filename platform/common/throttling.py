"""Limits that count atomically, in fixed windows, in the shared cache.

DRF's own throttles read a list and write it back, so that parallel requests slip through, and answer 500 when the cache
is gone. Here each request is one increment. When the cache is gone, a limit that guards a credential or a gift refuses
(503, `closed`), and every other one lets pass: the work it guards waits in the database anyway.
"""

import hashlib
import ipaddress
import math
import time

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from common import outage
from common.errors import DomainError

log = structlog.get_logger(__name__)
PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class LimitsUnavailable(DomainError):
    """The counters cannot be reached, and what they guard is not given away uncounted."""

    status = 503
    code = "limits_unavailable"
    message = "This cannot be answered right now."
    remedy = "Try again in a few seconds."


def parse_rate(rate: str) -> tuple[int, int]:
    """`"30/hour"` as (30, 3600)."""
    limit, _, period = rate.partition("/")
    return int(limit), PERIODS[period[0]]


def spend(*, scope: str, ident: str, closed: bool = False) -> None:
    """Count one use of `scope` by `ident`. Raises `Throttled` past the rate of settings.

    When nothing can be counted: raises `LimitsUnavailable` if `closed`, lets pass otherwise.
    """
    limit, period = parse_rate(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"][scope])
    now = time.time()
    who = hashlib.sha256(ident.encode()).hexdigest()[:32]
    key = f"limit:{scope}:{who}:{int(now // period)}"
    if outage.lasts():
        _uncounted(scope, "outage", closed)
        return
    try:
        used = 1 if cache.add(key, 1, period + 1) else cache.incr(key)
    except ValueError:  # the window ended between the two
        return
    except (RedisError, OSError) as gone:
        outage.note(gone)
        _uncounted(scope, type(gone).__name__, closed)
        return
    if used > limit:
        raise Throttled(wait=math.ceil(period - now % period))


def _uncounted(scope: str, why: str, closed: bool) -> None:
    log.warning("limits_unavailable", scope=scope, error=why)
    if closed:
        raise LimitsUnavailable


def network_of(request: Request) -> str:
    """Where a request comes from: an IPv4 address, or an IPv6 /64, as one customer has a whole one."""
    found = BaseThrottle().get_ident(request) or ""
    try:
        address = ipaddress.ip_address(found)
    except ValueError:
        return str(found)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


class PersonThrottle(BaseThrottle):
    """Counts by person (by network if not signed in) under the view's `throttle_scope`."""

    closed = False

    def allow_request(self, request: Request, view: APIView) -> bool:
        scope: str = getattr(view, "throttle_scope", "write")
        spend(scope=scope, ident=self.ident(request), closed=self.closed)
        return True

    def ident(self, request: Request) -> str:
        person = getattr(request.user, "pk", None)
        return f"person:{person}" if person else f"network:{network_of(request)}"


class WriteThrottle(PersonThrottle):
    """Counts by person, but lets reading pass."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        return request.method in ("GET", "HEAD", "OPTIONS") or super().allow_request(request, view)


class NetworkThrottle(PersonThrottle):
    """Counts by network, whoever is signed in; refuses when it cannot count."""

    closed = True

    def ident(self, request: Request) -> str:
        return f"network:{network_of(request)}"
