"""Sends to the channel layer from synchronous code, over one connection that is kept.

A layer's connections belong to an event loop. A loop made for each message (`async_to_sync`) connects and subscribes
anew each time: 7 ms, most of them CPU, where a message over a kept connection takes 0.4 ms. So each process that has
something to say keeps one loop in a thread of its own; a forked child makes its own.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import structlog
from channels.layers import get_channel_layer

from common import outage

log = structlog.get_logger(__name__)
SEND_SECONDS = 2.0
SLACK_SECONDS = 0.5  # the loop's own limit ends a send first, and tidies up

_lock = threading.Lock()
_loop: tuple[int, asyncio.AbstractEventLoop] | None = None  # with the process that it runs in


@dataclass(frozen=True, slots=True)
class Letter:
    """A message for everybody in a group; `body["type"]` names the consumer's handler."""

    group: str
    body: dict[str, Any]


def send(letters: Sequence[Letter]) -> bool:
    """Send now, in order, for at most `SEND_SECONDS`; whether all were sent. Whatever goes wrong is logged.

    What a lost message would have said is in the database, or was of no lasting interest.
    """
    if not letters or outage.lasts():
        return not letters
    waiting: Future[None] | None = None
    try:
        waiting = asyncio.run_coroutine_threadsafe(_send(letters), _running_loop())
        waiting.result(SEND_SECONDS + SLACK_SECONDS)
    except Exception as lost:  # the change is committed; no failure of a messenger may undo or delay it
        if waiting is not None:
            waiting.cancel()
        outage.note(lost)
        log.warning("progress_push_lost", error=repr(lost), messages=len(letters))
        return False
    return True


async def _send(letters: Sequence[Letter]) -> None:
    layer = get_channel_layer()
    async with asyncio.timeout(SEND_SECONDS):
        for letter in letters:
            await layer.group_send(letter.group, letter.body)


def _running_loop() -> asyncio.AbstractEventLoop:
    global _loop
    with _lock:
        if _loop is None or _loop[0] != os.getpid():
            loop = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="messenger", daemon=True).start()
            _loop = (os.getpid(), loop)
        return _loop[1]


def _after_fork() -> None:
    """The lock may have been held by a thread that does not exist in the child."""
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)
