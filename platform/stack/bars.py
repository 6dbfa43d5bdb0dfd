"""A render on a terminal: a bar for the whole and one for each step; in a pipe a line for each step that ends."""

from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

OVER = ("done", "failed", "cancelled")
ROOM = 6  # lines of a terminal that are not for bars


class RenderBars:
    """Give `show` every snapshot of a render. One instance may show several renders, one after the other."""

    def __init__(self, console: Console, title: str = "") -> None:
        self.console = console
        self.title = title
        self.bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>5.1f}%"),
            TimeElapsedColumn(),
            console=console, transient=True, disable=not console.is_terminal,
        )
        self.tasks: dict[str, TaskID] = {}
        self.said: set[str] = set()

    def __enter__(self) -> "RenderBars":
        self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bars.stop()

    def begin(self, title: str) -> None:
        """The next render."""
        for task in self.tasks.values():
            self.bars.remove_task(task)
        self.tasks.clear()
        self.said.clear()
        self.title = title

    def show(self, snapshot: dict[str, Any]) -> None:
        """Draw what has changed."""
        steps = snapshot["steps"]
        whole = self._task("", self.title, shown=True)
        self.bars.update(whole, completed=snapshot["percent"])
        if snapshot["status"] == "running":
            self.bars.start_task(whole)
        all_fit = len(steps) + ROOM <= self.console.height
        for step in steps:
            self._step(step, all_fit)

    def _step(self, step: dict[str, Any], all_fit: bool) -> None:
        running, over = step["status"] == "leased", step["status"] in OVER
        task = self._task(step["key"], f"  {step['label']}", shown=all_fit)
        fraction = 1.0 if step["status"] == "done" else step["fraction"]
        self.bars.update(task, completed=100 * fraction, visible=all_fit or running)
        if running:
            self.bars.start_task(task)
        if over and step["key"] not in self.said:
            self.said.add(step["key"])
            self.bars.stop_task(task)
            self._say_once(step)

    def _say_once(self, step: dict[str, Any]) -> None:
        if not self.console.is_terminal and not step["reused"]:
            seconds = f" in {step['seconds']:.1f} s" if step["seconds"] is not None else ""
            self.console.print(Text(f"{self.title}: {step['label']} {step['status']}{seconds}"))

    def _task(self, key: str, label: str, *, shown: bool) -> TaskID:
        if key not in self.tasks:
            self.tasks[key] = self.bars.add_task(label, total=100, visible=shown, start=False)
        return self.tasks[key]
