"""What every listener's socket does: join first, snapshot, then events without a gap and progress in between.

Truth is in the database. A push only says that there is news, and usually carries it; whatever was lost is found by its
missing number, or by the periodic look. Handlers never wait for the client: they note on the `Board` what it is owed,
and one task sends it as fast as the client reads.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from typing import Any

import structlog
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer

from generation.consumers.board import MOST_QUEUED, Board
from generation.watching import MAX_EVENTS, events_since

log = structlog.get_logger(__name__)
NOT_YOURS = 4404
BROKEN = 1011  # ours to mend: connect again
RECHECK_SECONDS = 10.0
FLUSH_SECONDS = 0.5
MOST_A_FLUSH = 20  # renders whose progress goes out at once


class Listener(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """Base of the sockets. Sends `snapshot`, `event` (numbered, kept) and `progress` (neither). Takes no input.

    Subclasses say whose news it is (`welcome`), look again (`look`), and read what they lack (`read_unknown`).
    """

    channel_layer_alias = ""  # none: pushes are heard here, see `_hear`
    recheck_seconds = RECHECK_SECONDS
    most_queued = MOST_QUEUED

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.board = Board(most_queued=self.most_queued)
        self.news = asyncio.Event()
        self.layer, self.channel = get_channel_layer(), ""
        self.joined: set[str] = set()
        self.helpers: list[asyncio.Task[None]] = []
        self.ear: asyncio.Task[None] | None = None
        self.alarm: asyncio.TimerHandle | None = None
        self.next_flush, self.over = 0.0, False
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._end()

    async def connect(self) -> None:
        await self.accept()  # a browser shows no code of a handshake that fails
        if await self.welcome():
            self.helpers = [asyncio.create_task(self._deliver()), asyncio.create_task(self._recheck())]
        else:
            await self.shut_out()

    async def welcome(self) -> bool:
        """Find out what may be heard, join, and send the first snapshot; False if there is nothing of theirs."""
        raise NotImplementedError

    async def look(self) -> bool:
        """Note on the board what the database knows and this client does not; False if it is no longer theirs."""
        raise NotImplementedError

    async def read_unknown(self) -> None:
        """Take the board's unknown renders, and say what they are."""
        self.board.unknown.clear()

    def shape(self, uid: str, message: dict[str, Any]) -> dict[str, Any]:
        """A message as this socket's clients get it."""
        return message

    async def _end(self) -> None:
        self.over = True
        for helper in self.helpers:
            helper.cancel()
        if self.alarm is not None:
            self.alarm.cancel()
        for group in self.joined if self.channel else ():
            with suppress(Exception):  # the layer may be gone, and so are we
                await self.layer.group_discard(group, self.channel)
        self._deafen()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Clients have nothing to say here; what they send is dropped unread."""

    async def join(self, *groups: str) -> None:
        """Listen to these groups. Without pushes the periodic look still brings everything, and joins again."""
        self.joined.update(groups)
        try:
            if self.ear is None or self.ear.done():
                self.channel = await self.layer.new_channel()
                self.ear = asyncio.create_task(self._hear(self.channel))
            for group in groups:
                await self.layer.group_add(group, self.channel)
        except Exception as failure:
            self._deafen()
            log.warning("listener_not_joined", error=repr(failure))

    async def _hear(self, channel: str) -> None:
        """Pushes, as they come. Through `dispatch` each would cost 200 sockets 200 trips to a thread, where Channels
        looks after database connections that are not used here.
        """
        while True:
            push = await self.layer.receive(channel)
            if push["type"] == "render.event":
                self.board.event(push["render"], push["message"])
            elif push["type"] == "render.progress":
                for news in push["news"]:
                    self.board.progress(news["render"], news)
            self.news.set()

    def _deafen(self) -> None:
        if self.ear is not None:
            self.ear.cancel()
            self.ear = None

    async def shut_out(self) -> None:
        """Not theirs, or no longer: nothing more is said."""
        self.over = True
        await self.close(code=NOT_YOURS)

    async def say(self, uid: str, message: dict[str, Any]) -> None:
        """Send one message; waits as long as the client does not read."""
        if not self.over:
            await self.send_json(self.shape(uid, message))

    async def _deliver(self) -> None:
        try:
            while True:
                await self.news.wait()
                self.news.clear()
                await self._send_state()
                await self._send_progress()
        except OSError as gone:  # the client: the consumer hears of it too, and ends
            log.info("listener_gone", error=repr(gone))
        except Exception:
            log.exception("listener_broke")
            await self.close(code=BROKEN)

    async def _send_state(self) -> None:
        """Everything durable, in order: what is queued, then what has to be read."""
        while True:
            while (owed := self.board.due()) is not None:
                await self.say(*owed)
            if self.board.clear:
                return
            try:
                await self._read()
            except Exception as failure:  # what is behind stays so, and the next look tries again
                log.warning("listener_read_failed", error=repr(failure))
                return

    async def _read(self) -> None:
        if self.board.unknown:
            await self.read_unknown()
        behind, self.board.behind = self.board.behind, set()
        told = {track.pk: track.seq for uid, track in self.board.tracks.items() if uid in behind}
        try:
            events = await _events(told) if told else []
        except BaseException:
            self.board.behind |= behind
            raise
        if len(events) == MAX_EVENTS:  # there may be more
            self.board.behind |= behind
        for uid, message in events:
            self.board.caught_up(uid, message)

    async def _send_progress(self) -> None:
        """At most twice a second; only the newest of each step goes out."""
        loop = asyncio.get_running_loop()
        if not self.board.moved:
            return
        if loop.time() >= self.next_flush:
            for uid, message in self.board.passing(most=MOST_A_FLUSH):
                await self.say(uid, message)
            self.next_flush = loop.time() + FLUSH_SECONDS
        if self.board.moved and (self.alarm is None or self.alarm.when() <= loop.time()):
            self.alarm = loop.call_at(self.next_flush, self.news.set)

    async def _recheck(self) -> None:
        while True:
            # not all at the same moment, when many came at the same moment
            await asyncio.sleep(self.recheck_seconds * random.uniform(0.8, 1.0))  # noqa: S311
            try:
                if not await self.look():  # whoever has left the studio account sees no more of its work
                    await self.shut_out()
                    return
                await self.join(*self.joined)
                self.news.set()
            except Exception as failure:  # the next look may go better
                log.warning("listener_recheck_failed", error=repr(failure))


@database_sync_to_async  # type: ignore[untyped-decorator]
def _events(told: dict[int, int]) -> list[tuple[str, dict[str, Any]]]:
    return events_since(told)
