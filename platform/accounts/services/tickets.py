"""One-use tickets that open a WebSocket: browsers cannot set a header there, and a token has no place in a URL."""

import hashlib
import secrets

from django.core.cache import cache

from accounts.models import User
from accounts.selectors import active_user

TICKET_SECONDS = 30


def ticket_issue(*, user: User) -> str:
    """A ticket that opens one socket as `user` within 30 s. Only its digest is kept, in the cache."""
    ticket = secrets.token_urlsafe(32)
    cache.set(_key(ticket), (user.pk, user.get_session_auth_hash()), TICKET_SECONDS)
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
