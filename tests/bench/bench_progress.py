"""Progress to 200 sockets of a running platform: how late, that no durable event is lost, and that nobody is flooded.

Half of the sockets listen to one render, half to all of a studio. The clock of an event starts before its transaction,
in a process beside the platform, as a worker's does; it stops when the client has the message.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.bench.harness import Result
from tests.live import ROOT, Platform, running_platform

SOCKETS, AT_ONCE = 200, 25
EVENTS, RATE = 200, 4.0
FLOOD_WORKERS, FLOOD_SECONDS = 60, 10.0
PATIENCE = 15.0


@dataclass
class Listener:
    """One socket, and what it heard."""

    numbers: list[int] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    passing: list[float] = field(default_factory=list)
    messages: int = 0
    passing_messages: int = 0

    async def listen(self, socket: ClientConnection) -> None:
        async for raw in socket:
            now = time.time()
            message = json.loads(raw)
            self.messages += 1
            if message["type"] == "event":
                self.numbers.append(message["seq"])
                self.late.append(now - message["sent"])
            elif message["type"] == "progress":
                self.passing_messages += 1
                self.passing += [now - float(step["key"]) for step in message["steps"] if "." in step["key"]]


class Source:
    """The process in which events happen."""

    def __init__(self, platform: Platform) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.progress_source"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, cwd=ROOT, env=platform.environment | {"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"},
        )
        self.render: str = self._answer()["render"]

    def order(self, what: str, **values: Any) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"what": what, **values}) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(20)


def run() -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="rw-bench-") as folder, running_platform(Path(folder) / "s") as platform:
        source = Source(platform)
        try:
            return asyncio.run(_measure(platform, source))
        finally:
            source.end()


async def _measure(platform: Platform, source: Source) -> list[Result]:
    listeners = [Listener() for _ in range(SOCKETS)]
    async with AsyncExitStack() as stack:
        tasks = [
            asyncio.create_task(listener.listen(socket))
            for listener, socket in zip(listeners, await _connected(platform, source, stack), strict=True)
        ]
        await _until(lambda: all(listener.messages for listener in listeners))  # the snapshots
        await asyncio.to_thread(source.order, "events", count=EVENTS, rate=RATE)
        await _until(lambda: all(len(listener.numbers) >= EVENTS for listener in listeners))
        before = [listener.passing_messages for listener in listeners]
        told = await asyncio.to_thread(source.order, "flood", workers=FLOOD_WORKERS, seconds=FLOOD_SECONDS)
        await asyncio.sleep(1.0)
        most = max(one.passing_messages - had for one, had in zip(listeners, before, strict=True))
        for task in tasks:
            task.cancel()
    return _results(listeners, told["told"], most)


async def _connected(platform: Platform, source: Source, stack: AsyncExitStack) -> list[ClientConnection]:
    """All sockets open, a few at a time: a ticket is good for half a minute."""
    sockets: list[ClientConnection] = []
    places = ("/ws/studio/", f"/ws/renders/{source.render}/")
    address = platform.url.replace("http", "ws", 1)
    while len(sockets) < SOCKETS:
        tickets = source.order("tickets", count=AT_ONCE)
        opening = [
            stack.enter_async_context(connect(f"{address}{places[n % 2]}?ticket={ticket}", open_timeout=60))
            for n, ticket in enumerate(tickets)
        ]
        for one in opening:  # an exit stack takes them one by one
            sockets.append(await one)
    return sockets


async def _until(done: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not done() and time.monotonic() < end:
        await asyncio.sleep(0.05)


def _results(listeners: list[Listener], told: int, most: int) -> list[Result]:
    heard = sum(len(listener.numbers) for listener in listeners)
    whole = sum(listener.numbers == list(range(1, EVENTS + 1)) for listener in listeners)
    assert (heard, whole) == (SOCKETS * EVENTS, SOCKETS), f"{heard} events of {SOCKETS * EVENTS}, {whole} sockets whole"
    late = sorted(moment for listener in listeners for moment in listener.late)
    passing = sorted(moment for listener in listeners for moment in listener.passing)
    return [
        Result(
            f"progress_to_{SOCKETS}_sockets_p99", _ms(late, 0.99), "ms", None, None,
            f"<= 150 ms, none of {heard} lost", EVENTS, f"p50 {_ms(late, 0.5)}, worst {_ms(late, 1.0)}",
        ),
        Result(
            f"passing_progress_to_{SOCKETS}_sockets_p99", _ms(passing, 0.99), "ms", None, None,
            "<= 650 ms: told twice a second", len(passing), f"p50 {_ms(passing, 0.5)}",
        ),
        Result(
            f"messages_a_second_of_{FLOOD_WORKERS}_workers", round(most / FLOOD_SECONDS, 2), "1/s",
            round(told / FLOOD_SECONDS, 1), round(most / told, 5), "<= 2.2 a socket", 1,
        ),
    ]


def _ms(ordered: list[float], part: float) -> float:
    return round(1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))], 1)
