"""A series on a terminal: its pre-flight as a table, and bars for the whole and for each episode that is being made."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

MARKS = {"block": ("✗", "red"), "warn": ("!", "yellow"), "info": ("·", "dim")}
OVER = ("done", "failed", "cancelled")


def preflight_shown(report: dict[str, Any]) -> RenderableType:
    """The report for people: a line for each episode, then what was found, then the sum."""
    table = Table(title=f"{report['title']} ({report['profile']})", title_justify="left", box=None, pad_edge=False)
    for heading in ("No.", "Episode", "Length", "Shots", "Steps", "Price", "Found"):
        table.add_column(heading, justify="left" if heading in ("Episode", "Found") else "right")
    for row in report["episodes"]:
        table.add_row(*_cells(row, report["totals"]["currency"]))
    return Group(table, Text(""), *_findings(report), Text(_sum(report)))


def _cells(row: dict[str, Any], currency: str) -> list[str | Text]:
    steps = f"{row['steps_to_run']} of {row['steps_total']}"
    found = Text(" ").join(
        Text(f"{MARKS[name][0]}{count}", style=MARKS[name][1])
        for name in MARKS
        if (count := sum(each["severity"] == name for each in row["findings"]))
    )
    price = "done" if row["unchanged"] else money(row["cost_micros"], currency)
    length = f"{row['estimated_ms'] / 1000:.0f} s"
    return [str(row["number"]), Text(row["title"]), length, str(row["shots"]), steps, price, found]


def _findings(report: dict[str, Any]) -> Iterator[Text]:
    for row in report["episodes"]:
        for each in row["findings"]:
            if each["severity"] != "info":
                where = f"{row.get('file') or row['number']}:{each['line'] or 1}"
                yield _finding(where, each)
    for each in report["findings"]:
        yield _finding("series", each)


def _finding(where: str, found: dict[str, Any]) -> Text:
    mark, style = MARKS[found["severity"]]
    return Text.assemble((f"{mark} ", style), (f"{where}: ", "bold"), found["message"], (f" {found['remedy']}", "dim"))


def _sum(report: dict[str, Any]) -> str:
    totals = report["totals"]
    length, finish = totals["estimated_ms"] / 60_000, totals["finish_seconds"] / 60
    whole = (
        f"{totals['episodes']} episodes, {length:.1f} min, {totals['steps_to_run']} of {totals['steps_total']} steps, "
        f"{money(totals['cost_micros'], totals['currency'])} at most, about {finish:.1f} min to make."
    )
    return whole if report["budget"]["enough"] else f"{whole} The budget is not enough."


def money(micros: int, currency: str) -> str:
    """Millionths of the currency, for people: as exact as small sums need."""
    return f"{micros / 1_000_000:.4f} {currency}"


class BatchBars:
    """Give `show` every view of a batch. In a pipe: a line for each episode that ends."""

    def __init__(self, console: Console, title: str) -> None:
        self.console = console
        self.bars = Progress(
            TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.percentage:>5.1f}%"),
            TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal,
        )
        self.title = title
        self.tasks: dict[str, TaskID] = {}
        self.said: set[str] = set()

    def __enter__(self) -> BatchBars:
        self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bars.stop()

    def show(self, view: dict[str, Any]) -> None:
        """Draw what has changed."""
        done, all_of_them = view["counts"]["done"], len(view["episodes"])
        whole = self._task("", self.title)
        self.bars.update(whole, completed=view["percent"], description=f"{self.title}: {done} of {all_of_them}")
        for row in view["episodes"]:
            self._episode(row)

    def _episode(self, row: dict[str, Any]) -> None:
        running, key = row["status"] == "running", row["episode"]
        if running or key in self.tasks:
            task = self._task(key, f"  {row['number']}. {row['title']}")
            self.bars.update(task, completed=row["percent"], visible=running)
        if row["status"] in OVER and key not in self.said:
            self.said.add(key)
            if not self.console.is_terminal:
                self.console.print(Text(f"{row['number']}. {row['title']}: {row['status']}"))

    def _task(self, key: str, label: str) -> TaskID:
        if key not in self.tasks:
            self.tasks[key] = self.bars.add_task(label, total=100)
        return self.tasks[key]
