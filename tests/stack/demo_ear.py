"""Somebody who hears what the demo tells, and keeps it."""

from __future__ import annotations

import io
from typing import Any


class Quiet:
    """Shows nothing, remembers what it was told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.doors_at: list[str] = []

    def say(self, line: str) -> None:
        self.said.append(line)

    def works(self, works: Any) -> None: ...

    def doors(self, url: str) -> None:
        self.doors_at.append(url)

    def showing(self) -> Any:
        return io.StringIO()
