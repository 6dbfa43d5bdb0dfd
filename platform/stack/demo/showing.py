"""How the demo tells what it does: bars and a table on a terminal, lines in a pipe, JSON for programs."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from stack.demo.making import Stage, Work
from stack.demo.people import COINS, MODERATOR, PASSWORD, STUDIO, VIEWER, Login

COLOURS = {
    Stage.WAITING: "dim", Stage.RENDERING: "cyan", Stage.REVIEW: "yellow", Stage.PUBLISHED: "green",
    Stage.FAILED: "red", Stage.LEFT: "dim",
}
DOORS: tuple[tuple[str, str, Login | None], ...] = (
    ("feed", "/", VIEWER), ("studio", "/studio/", STUDIO), ("console", "/console/", MODERATOR),
    ("API", "/api/docs/", None),
)


class Shows(Protocol):
    """What the demo needs to tell a person or a program."""

    def say(self, line: str) -> None: ...

    def works(self, works: Sequence[Work]) -> None: ...

    def doors(self, url: str) -> None: ...

    def showing(self) -> AbstractContextManager[object]: ...


class Bars:
    """For people: a bar for each episode as long as they are made; in a pipe a line for each change."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.bars = Progress(
            TextColumn("{task.description}", markup=False), BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f}%"), TextColumn("[{task.fields[colour]}]{task.fields[state]}"),
            console=console, transient=True, disable=not console.is_terminal,
        )
        self.tasks: dict[int, TaskID] = {}
        self.told: dict[int, Stage] = {}

    def say(self, line: str) -> None:
        self.console.print(Text(line))

    def works(self, works: Sequence[Work]) -> None:
        for work in works:
            self._bar(work)
            if self.told.get(work.episode.pk, Stage.WAITING) is not work.stage:
                self.told[work.episode.pk] = work.stage
                self._tell(work)

    def _bar(self, work: Work) -> None:
        if work.episode.pk not in self.tasks:
            self.tasks[work.episode.pk] = self.bars.add_task(name_of(work), total=100, state="", colour="dim")
        state = work.stage.value + (f": {work.note}" if work.note and work.stage is Stage.RENDERING else "")
        self.bars.update(
            self.tasks[work.episode.pk], completed=work.percent, state=state, colour=COLOURS[work.stage]
        )

    def _tell(self, work: Work) -> None:
        if work.stage is Stage.FAILED or not self.console.is_terminal:
            self.say(f"{name_of(work)}: {work.stage.value} {work.note}".rstrip())

    def doors(self, url: str) -> None:
        table = Table(title=f"Open {url}/ and watch", title_justify="left", caption_justify="left")
        table.caption = f"Sign in at {url}/signin/. Password for all: {PASSWORD}. The viewer was given {COINS} coins."
        for head in ("", "address", "sign in as"):
            table.add_column(head)
        for name, path, login in DOORS:
            table.add_row(name, f"{url}{path}", login.email if login else "")
        self.console.print(table)

    @contextlib.contextmanager
    def showing(self) -> Iterator[None]:
        with self.bars:
            yield


class JsonLines:
    """For programs, one document a line: `{"event": "note", "message"}`, `{"event": "episode", "series", "number",
    "title", "uid", "stage", "note"}` whenever the stage changes, and `{"event": "doors", "url", "password", "doors"}`.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self.write = write
        self.told: dict[int, Stage] = {}

    def say(self, line: str) -> None:
        self._put({"event": "note", "message": line})

    def works(self, works: Sequence[Work]) -> None:
        for work in works:
            if self.told.get(work.episode.pk) is not work.stage:
                self.told[work.episode.pk] = work.stage
                self._put({
                    "event": "episode", "series": work.story.title, "number": work.chapter.number,
                    "title": work.chapter.title, "uid": str(work.episode.uid), "stage": work.stage.value,
                    "note": work.note,
                })

    def doors(self, url: str) -> None:
        doors = [
            {"name": name, "url": f"{url}{path}", "email": login.email if login else ""} for name, path, login in DOORS
        ]
        self._put({"event": "doors", "url": url, "password": PASSWORD, "doors": doors})

    def showing(self) -> AbstractContextManager[object]:
        return contextlib.nullcontext()

    def _put(self, document: dict[str, Any]) -> None:
        self.write(json.dumps(document, ensure_ascii=False))


def name_of(work: Work) -> str:
    return f"{work.story.title} {work.chapter.number}: {work.chapter.title}"
