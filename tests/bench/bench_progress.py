"""Progress to 200 sockets of a running platform: how late, that no durable event is lost, and that nobody is flooded.

Half of the sockets listen to one render, half to all of a studio. The clock of an event starts before its transaction,
in a process beside the platform, as a worker's does; it stops when the client has the message. The floor is a bare
WebSocket server that sends the same messages to as many sockets, in rounds between ours: what the machine takes for it.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.bench.harness import Result
from tests.live import ROOT, Platform, running_platform

SOCKETS, AT_ONCE = 200, 25
ROUNDS, EVENTS_A_ROUND, RATE = 8, 25, 4.0
EVENTS = ROUNDS * EVENTS_A_ROUND
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
    """A process that takes orders; `first` is what it says of itself."""

    def __init__(self, module: str, platform: Platform) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"tests.bench.{module}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, cwd=ROOT, env=platform.environment | {"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"},
        )
        self.first: dict[str, Any] = self._answer()

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
        source, bare = Source("progress_source", platform), Source("bare_sockets", platform)
        try:
            return asyncio.run(_measure(platform, source, bare))
        finally:
            source.end()
            bare.end()


async def _measure(platform: Platform, source: Source, bare: Source) -> list[Result]:
    ours, floor = [[Listener() for _ in range(SOCKETS)] for _ in range(2)]
    async with AsyncExitStack() as stack:
        tasks = await _connected(_places(platform, source), ours, stack)
        tasks += await _connected(_bare_places(bare), floor, stack)
        for turn in range(1, ROUNDS + 1):
            await _round(bare, floor, turn * EVENTS_A_ROUND)
            await _round(source, ours, turn * EVENTS_A_ROUND)
        before = [listener.passing_messages for listener in ours]
        told = await asyncio.to_thread(source.order, "flood", workers=FLOOD_WORKERS, seconds=FLOOD_SECONDS)
        await asyncio.sleep(1.0)
        most = max(one.passing_messages - had for one, had in zip(ours, before, strict=True))
        for task in tasks:
            task.cancel()
    return _results(ours, floor, told["told"], most)


async def _round(source: Source, listeners: list[Listener], until: int) -> None:
    await asyncio.to_thread(source.order, "events", count=EVENTS_A_ROUND, rate=RATE)
    await _until(lambda: all(len(listener.numbers) >= until for listener in listeners))


def _places(platform: Platform, source: Source) -> Iterator[str]:
    """Addresses with tickets, which are good for half a minute each."""
    address = platform.url.replace("http", "ws", 1)
    for n in range(SOCKETS):
        if n % AT_ONCE == 0:
            tickets = source.order("tickets", count=AT_ONCE)
        place = "/ws/studio/" if n % 2 else f"/ws/renders/{source.first['render']}/"
        yield f"{address}{place}?ticket={tickets[n % AT_ONCE]}"


def _bare_places(bare: Source) -> Iterator[str]:
    yield from [f"ws://127.0.0.1:{bare.first['port']}/"] * SOCKETS


async def _connected(
    places: Iterator[str], listeners: list[Listener], stack: AsyncExitStack
) -> list[asyncio.Task[None]]:
    """Every listener on a socket of its own, each with its snapshot."""
    tasks = []
    for place, listener in zip(places, listeners, strict=True):
        socket = await stack.enter_async_context(connect(place, open_timeout=60, compression=None))
        tasks.append(asyncio.create_task(listener.listen(socket)))
    await _until(lambda: all(listener.messages for listener in listeners))
    return tasks


async def _until(done: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not done() and time.monotonic() < end:
        await asyncio.sleep(0.05)


def _results(listeners: list[Listener], bare: list[Listener], told: int, most: int) -> list[Result]:
    heard = sum(len(listener.numbers) for listener in listeners)
    whole = sum(listener.numbers == list(range(1, EVENTS + 1)) for listener in listeners)
    assert (heard, whole) == (SOCKETS * EVENTS, SOCKETS), f"{heard} events of {SOCKETS * EVENTS}, {whole} sockets whole"
    late = sorted(moment for listener in listeners for moment in listener.late)
    floor = sorted(moment for listener in bare for moment in listener.late)
    passing = sorted(moment for listener in listeners for moment in listener.passing)
    return [
        Result(
            f"progress_to_{SOCKETS}_sockets_p99", _ms(late, 0.99), "ms", _ms(floor, 0.99),
            round(_ms(late, 0.99) / _ms(floor, 0.99), 2),
            f"<= 150 ms, none of {heard} lost", EVENTS,
            f"p50 {_ms(late, 0.5)} (bare {_ms(floor, 0.5)}), worst {_ms(late, 1.0)}",
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
