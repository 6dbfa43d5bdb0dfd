"""A render, live: a snapshot with all its steps, then every durable event in order without a gap."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async

from common.errors import NotFound
from generation.consumers.base import Listener
from generation.progress import render_group
from generation.selectors import render_for_member, render_snapshot
from generation.watching import Mark, mark_for_member


class RenderConsumer(Listener):
    """`ws/renders/<uid>/`: see `docs/sockets.md`.

    Closes with 4404 if the render is not there, not yours or no longer yours; stays open after the end, so that the
    client decides.
    """

    async def welcome(self) -> bool:
        mark = await self._mark()
        if mark is None:
            return False
        await self.join(render_group(mark.uid))  # first, so that nothing falls between snapshot and events
        snapshot = await self._snapshot()
        if snapshot is None:
            return False
        self.board.follow(mark.uid, pk=mark.pk, seq=snapshot["seq"], percent=snapshot["percent"])
        await self.say(mark.uid, {"type": "snapshot"} | snapshot)
        return True

    async def look(self) -> bool:
        mark = await self._mark()
        if mark is not None and mark.seq > self.board.tracks[mark.uid].seq:
            self.board.behind.add(mark.uid)
        return mark is not None

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _mark(self) -> Mark | None:
        return mark_for_member(user=self.scope["user"], uid=self.scope["url_route"]["kwargs"]["uid"])

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _snapshot(self) -> dict[str, Any] | None:
        try:
            render = render_for_member(user=self.scope["user"], uid=self.scope["url_route"]["kwargs"]["uid"])
        except NotFound:
            return None
        return render_snapshot(render)
