"""Clients of the sockets: one that reads as fast as it is told, and one that does not read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from django.db import transaction
from django.urls import path
from django.utils import timezone

from accounts.models import User
from config.urls import websocket_urlpatterns
from generation.consumers import RenderConsumer, StudioConsumer
from generation.models import Render
from generation.progress import Happening, record

ENDS = ("done", "failed", "cancelled")
ROUTES = URLRouter(websocket_urlpatterns)
Message = dict[str, Any]


class QuickRender(RenderConsumer):
    recheck_seconds = 0.3


class QuickStudio(StudioConsumer):
    recheck_seconds = 0.3


def routes(render: Any = RenderConsumer, studio: Any = StudioConsumer) -> URLRouter:
    """Addresses as in the project, with consumers of the test's choice."""
    return URLRouter([path("ws/renders/<uuid:uid>/", render.as_asgi()), path("ws/studio/", studio.as_asgi())])


QUICK = routes(QuickRender, QuickStudio)


def scope_of(user: User, address: str) -> Message:
    return {"type": "websocket", "path": address, "user": user, "headers": [], "query_string": b""}


class Client:
    """One socket, spoken to as an ASGI server would."""

    def __init__(self, user: User, address: str, routes: Any = ROUTES) -> None:
        self.socket = ApplicationCommunicator(routes, scope_of(user, address))

    async def connect(self) -> None:
        await self.speak("connect")
        assert (await self.socket.receive_output(10))["type"] == "websocket.accept"

    async def speak(self, what: str, **more: Any) -> None:
        await self.socket.send_input({"type": f"websocket.{what}", **more})

    async def raw(self) -> Message:
        return dict(await self.socket.receive_output(10))

    async def next(self) -> Message:
        sent = await self.raw()
        assert sent["type"] == "websocket.send", sent
        return dict(json.loads(sent["text"]))

    async def until(self, wanted: Callable[[Message], bool]) -> list[Message]:
        seen = [await self.next()]
        while not wanted(seen[-1]):
            seen.append(await self.next())
        return seen

    async def leave(self) -> None:
        await self.speak("disconnect", code=1000)
        await self.socket.wait(10)


def listening(
    user: User, address: str, scenario: Callable[[Client], Awaitable[Any]], routes: Any = ROUTES
) -> Any:
    """Run `scenario` with a connected client."""

    async def run() -> Any:
        client = Client(user, address, routes)
        await client.connect()
        try:
            return await scenario(client)
        finally:
            await client.leave()
            await get_channel_layer().flush()

    return async_to_sync(run)()


def at_render(render: Render) -> str:
    return f"/ws/renders/{render.uid}/"


STUDIO = "/ws/studio/"


def watched(
    render: Render, user: User, scenario: Callable[[Client], Awaitable[Any]], routes: Any = ROUTES
) -> Any:
    return listening(user, at_render(render), scenario, routes)


class SlowClient:
    """An ASGI server whose client reads nothing until it is let: every send waits, as over a full connection."""

    def __init__(self, user: User, address: str, routes: Any) -> None:
        self.said: asyncio.Queue[Message] = asyncio.Queue()
        self.seen: list[Message] = []
        self.reading = asyncio.Event()
        self.stuck = asyncio.Event()
        self.said.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.ensure_future(routes(scope_of(user, address), self.said.get, self._send))

    async def _send(self, sent: Message) -> None:
        if sent["type"] == "websocket.send" and self.seen and not self.reading.is_set():
            self.stuck.set()
            await self.reading.wait()
        if sent["type"] == "websocket.send":
            self.seen.append(json.loads(sent["text"]))

    async def until(self, wanted: Callable[[list[Message]], bool]) -> list[Message]:
        async with asyncio.timeout(15):
            while not wanted(self.seen):
                await asyncio.sleep(0.02)
        return list(self.seen)

    async def leave(self) -> None:
        self.said.put_nowait({"type": "websocket.disconnect", "code": 1000})
        async with asyncio.timeout(10):
            await self.task


def is_end(message: Message) -> bool:
    return message.get("status") in ENDS


def happen(render: Render, *kinds: str, tell: bool) -> None:
    """Durable events of these kinds, in one transaction; `tell=False`: their pushes are lost."""
    with transaction.atomic():
        row = Render.objects.select_for_update().get(pk=render.pk)
        record([Happening(row, kind, {"note": kind}) for kind in kinds], now=timezone.now(), tell=tell)


def numbers(messages: Iterable[Message]) -> list[int]:
    """The numbers of the durable events."""
    return [message["seq"] for message in messages if message["type"] == "event"]
