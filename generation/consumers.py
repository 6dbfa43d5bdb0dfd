"""A render, live: a snapshot, then every durable event in order without a gap, and the newest progress in between.

Truth is in the database. A push only says that there is news, and usually carries it; whatever was lost is found by its
missing number, or by the periodic look.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import structlog
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from common.errors import NotFound
from generation.models import Render
from generation.progress import group_name
from generation.selectors import events_after, render_for_member, render_snapshot

log = structlog.get_logger(__name__)
NOT_YOURS = 4404
RECHECK_SECONDS = 10.0
FLUSH_SECONDS = 0.5
PAGE = 500


class RenderConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """`ws/renders/<uid>/`. Sends `snapshot`, `event` (numbered, kept) and `progress` (neither). Takes no input.

    Closes with 4404 if the render is not there, not yours or no longer yours; stays open after the end, so that the
    client decides.
    """

    recheck_seconds = RECHECK_SECONDS

    async def connect(self) -> None:
        await self.accept()  # a browser shows no code of a handshake that fails
        self.render: Render | None = await self._find()
        if self.render is None:
            await self.close(code=NOT_YOURS)
            return
        self.sent = 0
        self.percent = 0.0
        self.latest: dict[str, dict[str, Any]] = {}
        self.sending = asyncio.Lock()
        await self._join()  # first, so that nothing falls between snapshot and events
        snapshot = await self._snapshot(self.render)
        self.sent = snapshot["seq"]
        await self._send_forward({"type": "snapshot"} | snapshot)
        self.helpers = [asyncio.create_task(self._recheck()), asyncio.create_task(self._flush())]

    async def disconnect(self, code: int) -> None:
        for helper in getattr(self, "helpers", []):
            helper.cancel()
        render: Render | None = getattr(self, "render", None)
        if render is not None:
            with suppress(Exception):  # the layer may be gone, and so are we
                await self.channel_layer.group_discard(group_name(render.uid), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Clients have nothing to say here; what they send is dropped unread."""

    async def render_event(self, push: dict[str, Any]) -> None:
        """A durable event: the next one goes out as it is, a gap is filled from the database, an old one is dropped."""
        message = push["message"]
        async with self.sending:
            if message["seq"] == self.sent + 1:
                await self._send_event(message)
        if message["seq"] > self.sent:
            await self._catch_up()

    async def render_progress(self, push: dict[str, Any]) -> None:
        """Kept until the next flush: only the newest of each step goes out."""
        message = push["message"]
        self.latest[message["step"]["key"]] = message

    async def _recheck(self) -> None:
        while True:
            await asyncio.sleep(self.recheck_seconds)
            try:
                if await self._find() is None:  # whoever has left the studio account sees no more of its work
                    await self.close(code=NOT_YOURS)
                    return
                await self._join()
                await self._catch_up()
            except Exception as failure:  # the next look may go better
                log.warning("render_recheck_failed", error=repr(failure))

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            newest, self.latest = self.latest, {}
            if not newest:
                continue
            percent = max(message["percent"] for message in newest.values())
            async with self.sending:
                steps = [message["step"] for message in newest.values()]
                await self._send_forward({"type": "progress", "percent": percent, "steps": steps})

    async def _catch_up(self) -> None:
        """Everything that the database has and this client has not."""
        async with self.sending:
            while self.render is not None:
                events = await self._events(self.render, self.sent)
                for event in events:
                    await self._send_event(event)
                if len(events) < PAGE:
                    return

    async def _send_event(self, message: dict[str, Any]) -> None:
        self.sent = message["seq"]
        await self._send_forward(message)

    async def _send_forward(self, message: dict[str, Any]) -> None:
        """Percentages never fall on one connection, not even when a step that was half done has to begin again."""
        self.percent = max(self.percent, message["percent"])
        await self.send_json(message | {"percent": self.percent})

    async def _join(self) -> None:
        if self.render is None:
            return
        try:
            await self.channel_layer.group_add(group_name(self.render.uid), self.channel_name)
        except Exception as failure:  # without pushes the periodic look still brings everything
            log.warning("render_group_not_joined", error=repr(failure))

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _find(self) -> Render | None:
        try:
            return render_for_member(user=self.scope["user"], uid=self.scope["url_route"]["kwargs"]["uid"])
        except NotFound:
            return None

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _snapshot(self, render: Render) -> dict[str, Any]:
        return render_snapshot(render)

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _events(self, render: Render, after: int) -> list[dict[str, Any]]:
        return events_after(render, after=after, limit=PAGE)
