"""How the stack shows itself: a line for each child on a terminal, plain lines in a pipe, JSON for programs."""

import contextlib
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from stack.status import Status

MARKS = {"ready": ("●", "green"), "starting": ("◌", "yellow"), "restarting": ("↻", "red")}
REFRESH = 4  # a second


class Shows(Protocol):
    """What `up` needs to tell a person or a program."""

    def say(self, line: str) -> None: ...

    def ready(self, status: Status) -> None: ...

    def showing(self, status: Callable[[], Status]) -> AbstractContextManager[object]: ...


class Board:
    """For people."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console()

    def say(self, line: str) -> None:
        self.console.print(Text(line))

    def ready(self, status: Status) -> None:
        for line in addresses(status):
            self.say(line)

    @contextlib.contextmanager
    def showing(self, status: Callable[[], Status]) -> Iterator[None]:
        """Keep a line for each child at the bottom of a terminal, until the end of the block."""
        if not self.console.is_terminal:
            yield
            return
        live = Live(
            console=self.console, get_renderable=lambda: board(status()), refresh_per_second=REFRESH, transient=True
        )
        with live:
            yield


class JsonLines:
    """For programs: `{"event": "note", "message"}`, and `{"event": "ready", ...what stack.json says}`."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self.write = write

    def say(self, line: str) -> None:
        self.write(json.dumps({"event": "note", "message": line}))

    def ready(self, status: Status) -> None:
        self.write(json.dumps({"event": "ready", **asdict(status)}))

    def showing(self, status: Callable[[], Status]) -> AbstractContextManager[object]:
        return contextlib.nullcontext()


def addresses(status: Status) -> list[str]:
    """Where to look once the stack is ready."""
    web = [f"ready: {status.url}/", f"API:   {status.url}/api/docs/"] if status.url else ["ready"]
    return [*web, f"logs:  {status.logs}"]


def board(status: Status) -> Group:
    """One line for each child."""
    lines = []
    for name, child in status.children.items():
        mark, colour = MARKS[child.state]
        again = f", started {child.restarts + 1} times" if child.restarts else ""
        lines.append(Text.assemble((f"{mark} ", colour), (f"{name:<10}", "bold"), f"{child.state}, {child.pid}{again}"))
    return Group(*lines)
