"""Who is behind a WebSocket. Any page may open a socket to us with our cookie, so the Origin decides about cookies."""

from collections.abc import Awaitable, Callable, Iterable
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie
from django.http.request import validate_host

from accounts.models import User
from accounts.services.tickets import ticket_redeem

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[Any]]

NOT_SIGNED_IN = 4401  # no ticket or session, or one that is spent, expired or closed: get a new ticket
FOREIGN_ORIGIN = 4403


class SocketAuth:
    """ASGI middleware: sets `scope["user"]` (an `accounts.User`, never anonymous) or refuses.

    `?ticket=` (POST auth/ws-ticket, one use, 30 s) works with no Origin, as native apps connect. The session cookie
    works only with an Origin that is one of our hosts. A foreign Origin is refused even with a ticket.
    A refusal accepts and closes with 4401 or 4403: a browser shows no code of a handshake that fails.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> Any:
        headers = {name.lower(): value for name, value in scope.get("headers", [])}
        origin = headers.get(b"origin", b"").decode("latin-1")
        if origin and not _ours(origin):
            return await _refuse(receive, send, FOREIGN_ORIGIN)
        ticket = _ticket(scope)
        if not ticket and not origin:
            return await _refuse(receive, send, FOREIGN_ORIGIN if b"cookie" in headers else NOT_SIGNED_IN)
        user = await database_sync_to_async(_who)(ticket, _session_key(headers))
        if user is None:
            return await _refuse(receive, send, NOT_SIGNED_IN)
        return await self.app({**scope, "user": user}, receive, send)


def _ours(origin: str) -> bool:
    """Hosts of ALLOWED_HOSTS by any port, and the exact origins of CSRF_TRUSTED_ORIGINS (a hybrid app's, say)."""
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        parts = urlsplit(origin)
        host = parts.hostname or ""
    except ValueError:
        return False
    allowed: Iterable[str] = settings.ALLOWED_HOSTS
    bracketed = f"[{host}]" if ":" in host else host
    return parts.scheme in ("http", "https") and bool(host) and validate_host(bracketed, allowed)


def _ticket(scope: Scope) -> str:
    text: str = scope.get("query_string", b"").decode("latin-1")
    try:
        return parse_qs(text, max_num_fields=20).get("ticket", [""])[0]
    except ValueError:
        return ""


def _session_key(headers: dict[bytes, bytes]) -> str:
    return parse_cookie(headers.get(b"cookie", b"").decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")


def _who(ticket: str, session_key: str) -> User | None:
    return ticket_redeem(ticket=ticket) if ticket else _by_session(session_key)


def _by_session(key: str) -> User | None:
    if not key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)  # checks the session's hash of the password, and that the account is active
    return user if isinstance(user, User) else None


async def _refuse(receive: Receive, send: Send, code: int) -> None:
    await receive()  # websocket.connect
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": code})
