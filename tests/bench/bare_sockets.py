"""The floor of `bench_progress`: the same messages to as many sockets, with no database, no broker, no application."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from websockets.asyncio.server import ServerConnection, broadcast, serve

FILLING = {"render": "0" * 36, "kind": "bench", "at": "2026-01-01T00:00:00.000000+00:00", "percent": 0.0}


def say(answers: Any) -> None:
    sys.stdout.write(json.dumps(answers) + "\n")
    sys.stdout.flush()


async def main() -> None:
    heard: set[ServerConnection] = set()

    async def stay(socket: ServerConnection) -> None:
        heard.add(socket)
        await socket.send(json.dumps({"type": "snapshot"}))
        await socket.wait_closed()
        heard.discard(socket)

    seq = 0
    async with serve(stay, "127.0.0.1", 0, compression=None) as server:
        say({"port": next(iter(server.sockets)).getsockname()[1]})
        while line := await asyncio.to_thread(sys.stdin.readline):
            order = json.loads(line)
            for _ in range(order["count"]):
                seq += 1
                broadcast(heard, json.dumps({"type": "event", "seq": seq, "sent": time.time(), **FILLING}))
                await asyncio.sleep(1 / order["rate"])
            say({})


if __name__ == "__main__":
    asyncio.run(main())
