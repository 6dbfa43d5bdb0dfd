"""One-use tickets that open a WebSocket: browsers cannot set a header there, and a token has no place in a URL."""

import hashlib
import secrets

from django.core.cache import cache
from redis.exceptions import RedisError

from accounts.models import User
from accounts.selectors import active_user
from common import outage
from common.errors import DomainError

TICKET_SECONDS = 30


class TicketsUnavailable(DomainError):
    """Tickets have nowhere to be kept for the moment (503)."""

    status = 503
    code = "tickets_unavailable"
    message = "No ticket can be given right now."
    remedy = "Try again in a few seconds; until then ask for the events by REST."


def ticket_issue(*, user: User) -> str:
    """A ticket that opens one socket as `user` within 30 s. Only its digest is kept, in the cache.

    Raises `TicketsUnavailable` while the cache cannot be reached.
    """
    if outage.lasts():
        raise TicketsUnavailable
    ticket = secrets.token_urlsafe(32)
    try:
        cache.set(_key(ticket), (user.pk, user.get_session_auth_hash()), TICKET_SECONDS)
    except (RedisError, OSError) as gone:
        outage.note(gone)
        raise TicketsUnavailable from gone
    return ticket


def ticket_redeem(*, ticket: str) -> User | None:
    """The user of a ticket that is still good, once; None for anything else. Spent by whoever asks first."""
    key = _key(ticket)
    kept = cache.get(key)
    # the server tells one caller only that its delete removed something: that one won, every other came second
    if kept is None or not cache.delete(key):
        return None
    pk, signed_in_with = kept
    user = active_user(pk=pk)
    if user is None or user.get_session_auth_hash() != signed_in_with:
        return None  # closed, or the password has changed since
    return user


def _key(ticket: str) -> str:
    return "ws-ticket:" + hashlib.sha256(ticket.encode()).hexdigest()
