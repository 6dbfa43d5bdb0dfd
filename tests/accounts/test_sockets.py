"""Who gets through to a WebSocket, and what the others are told."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.conf import settings as project
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.services.tickets import ticket_issue, ticket_redeem
from accounts.sockets import FOREIGN_ORIGIN, NOT_SIGNED_IN, SocketAuth
from tests.builders import make_guest, make_user

TICKET = "/api/v1/auth/ws-ticket"
OURS = "http://testserver"
pytestmark = pytest.mark.django_db(transaction=True)


async def whoami(scope: Any, receive: Any, send: Any) -> None:
    """The application behind: says who came through."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": str(scope["user"].uid)})
    await receive()


def knock(ticket: str | None = None, origin: str | None = OURS, cookie: str = "", query: str = "") -> str | int:
    """The uid that the application saw, or the code that the socket was closed with."""

    async def run() -> str | int:
        text = f"ticket={ticket}" if ticket is not None else query
        headers = [(b"origin", origin.encode("latin-1"))] if origin is not None else []
        if cookie:
            headers.append((b"cookie", f"{project.SESSION_COOKIE_NAME}={cookie}".encode()))
        scope = {"type": "websocket", "path": "/ws/", "query_string": text.encode(), "headers": headers}
        client = ApplicationCommunicator(SocketAuth(whoami), scope)
        await client.send_input({"type": "websocket.connect"})
        assert (await client.receive_output(10))["type"] == "websocket.accept"
        answer = await client.receive_output(10)
        await client.send_input({"type": "websocket.disconnect", "code": 1000})
        await client.wait(10)
        return str(answer["text"]) if answer["type"] == "websocket.send" else int(answer["code"])

    return async_to_sync(run)()


def session_of(person: User) -> str:
    browser = Client()
    browser.force_login(person)
    return browser.cookies[project.SESSION_COOKIE_NAME].value


def test_a_ticket_opens_one_socket_once(api: Any) -> None:
    guest = make_guest()
    answer = api(guest).post(TICKET)
    assert (answer.status_code, answer.json()["expires_in"]) == (200, 30)
    ticket = answer.json()["ticket"]
    assert knock(ticket) == str(guest.uid)
    assert knock(ticket) == NOT_SIGNED_IN


def test_without_a_cache_there_is_no_ticket_and_no_fault(api: Any, settings: Any) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1"}}
    answer = api(make_guest()).post(TICKET)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "tickets_unavailable")


def test_a_ticket_needs_someone_signed_in(api: Any) -> None:
    assert api().post(TICKET).status_code == 401


def test_a_native_app_sends_no_origin_and_gets_in_with_a_ticket_only() -> None:
    person = make_user()
    assert knock(ticket_issue(user=person), origin=None) == str(person.uid)
    assert knock(origin=None) == NOT_SIGNED_IN
    assert knock(origin=None, cookie=session_of(person)) == FOREIGN_ORIGIN


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example", "http://testserver.evil.example", "http://evil.example/testserver", "null", "testserver",
        "file://", "http://", "http://[::1", "http://user@evil.example", "http://eviltestserver", "javascript://testserver",
        "\u00fctestserver",
    ],
)  # fmt: skip
def test_a_foreign_page_gets_in_with_neither_cookie_nor_ticket(origin: str) -> None:
    person = make_user()
    ticket = ticket_issue(user=person)
    assert knock(origin=origin, cookie=session_of(person)) == FOREIGN_ORIGIN
    assert knock(ticket, origin=origin) == FOREIGN_ORIGIN
    assert knock(ticket) == str(person.uid)  # and the ticket was not spent by it


@pytest.mark.parametrize("origin", ["http://testserver", "https://testserver", "http://localhost:5173", "http://[::1]:8000"])
def test_our_own_pages_get_in_with_the_session(origin: str) -> None:
    person = make_user()
    assert knock(origin=origin, cookie=session_of(person)) == str(person.uid)


def test_a_hybrid_app_is_let_in_by_its_exact_origin(settings: Any) -> None:
    person = make_user()
    assert knock(ticket_issue(user=person), origin="capacitor://localhost") == FOREIGN_ORIGIN
    settings.CSRF_TRUSTED_ORIGINS = ["capacitor://localhost"]
    assert knock(ticket_issue(user=person), origin="capacitor://localhost") == str(person.uid)
    assert knock(ticket_issue(user=person), origin="capacitor://localhost.evil") == FOREIGN_ORIGIN


@pytest.mark.parametrize("ticket", ["", "rubbish", "%00", "x" * 5000, "%ff"])
def test_rubbish_is_no_ticket(ticket: str) -> None:
    assert knock(ticket) == NOT_SIGNED_IN


def test_a_query_of_many_fields_is_no_ticket() -> None:
    assert knock(query="&".join(f"a{n}=1" for n in range(50))) == NOT_SIGNED_IN


def test_a_session_that_is_no_more_signs_nobody_in() -> None:
    person = make_user(password="correct-horse-9")
    key = session_of(person)
    assert knock(cookie=key) == str(person.uid)
    assert knock(cookie="rubbish") == NOT_SIGNED_IN
    person.set_password("another-horse-8")
    person.save()
    assert knock(cookie=key) == NOT_SIGNED_IN
    closed = make_user()
    key = session_of(closed)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    assert knock(cookie=key) == NOT_SIGNED_IN


def test_a_ticket_ends_with_the_account_and_with_the_password() -> None:
    closed, changed = make_user(), make_user(password="correct-horse-9")
    tickets = [ticket_issue(user=person) for person in (closed, changed)]
    User.objects.filter(pk=closed.pk).update(is_active=False)
    changed.set_password("another-horse-8")
    changed.save()
    assert [ticket_redeem(ticket=ticket) for ticket in tickets] == [None, None]


def test_a_ticket_lives_thirty_seconds_and_only_its_digest_is_kept() -> None:
    ticket = ticket_issue(user=make_user())
    store = cache._cache.get_client(None, write=True)  # type: ignore[attr-defined]
    keys = [key.decode() for key in store.scan_iter(f"{cache.key_prefix}:*ws-ticket*")]
    assert len(keys) == 1
    assert 28 <= store.ttl(keys[0]) <= 30
    assert ticket not in keys[0]
    assert ticket.encode() not in store.get(keys[0])
    store.expire(keys[0], 0)
    assert knock(ticket) == NOT_SIGNED_IN


def test_of_many_who_show_one_ticket_at_once_one_gets_in() -> None:
    from django.db import connection

    person = make_user()
    for _ in range(5):
        ticket, start, seen = ticket_issue(user=person), threading.Barrier(4), []

        def show(ticket: str = ticket, start: Any = start, seen: list[Any] = seen) -> None:
            start.wait()
            try:
                seen.append(ticket_redeem(ticket=ticket))
            finally:
                connection.close()

        threads = [threading.Thread(target=show) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [who for who in seen if who is not None] == [person]
        assert len(seen) == 4


def test_a_real_server_and_a_real_client_see_the_same_codes() -> None:
    import uvicorn
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    options = {"host": "127.0.0.1", "port": 0, "lifespan": "off", "log_level": "error", "ws": "websockets-sansio"}
    server = uvicorn.Server(uvicorn.Config(SocketAuth(whoami), **options))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    try:
        while not server.started:
            threading.Event().wait(0.02)
        address = f"ws://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/ws/"
        person = make_user()
        with connect(f"{address}?ticket={ticket_issue(user=person)}") as ws:
            assert ws.recv(timeout=10) == str(person.uid)
        for headers, code in (({}, NOT_SIGNED_IN), ({"origin": "http://evil.example"}, FOREIGN_ORIGIN)):
            with connect(address, **headers) as ws, pytest.raises(ConnectionClosed) as closed:
                ws.recv(timeout=10)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == code
    finally:
        server.should_exit = True
        thread.join(10)
