"""What the pre-flight reads and what it finds: plain values, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from common.errors import DomainError
from generation.breakdown import Shot
from generation.screenplay import Line, Screenplay

LEAST_MS, MOST_MS = 30_000, 60_000  # of an episode: what viewers of the genre sit through
HOOK_MS = 3_000  # by then a thumb has decided
ENDING_MS = 10_000  # what is still in mind when the next episode is offered
MAX_SPEAKERS = 5  # in one episode: more voices than a minute can tell apart
MAX_FACES = 5
MAX_NEW = 3  # characters who are new in one episode; the first may bring more
MAX_NEW_FIRST = 5


class Severity(StrEnum):
    """`block`: nothing is rendered until it is put right. `warn`: worth a look before money is spent. `info`: so it is.
    """

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found: why, and what to do. `line` is of the source, `shot` counts from 1."""

    code: str
    severity: Severity
    message: str
    remedy: str
    line: int | None = None
    shot: int | None = None
    about: tuple[str, ...] = ()  # names of characters

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code, "severity": str(self.severity), "message": self.message, "remedy": self.remedy,
            "line": self.line, "shot": self.shot, "about": list(self.about),
        }


@dataclass(frozen=True, slots=True)
class Person:
    """A character as the series keeps it."""

    name: str
    aliases: tuple[str, ...] = ()
    look: str = ""
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One episode as it goes into the pre-flight. Without a text `version` is 0; an unreadable one has `error`."""

    uid: str
    number: int
    title: str = ""
    version: int = 0
    sha256: str = ""
    screenplay: Screenplay | None = None
    shots: tuple[Shot, ...] = ()
    error: DomainError | None = None

    @property
    def estimated_ms(self) -> int:
        return sum(shot.estimated_ms for shot in self.shots)

    @property
    def lines(self) -> tuple[Line, ...]:
        if self.screenplay is None:
            return ()
        return tuple(each for scene in self.screenplay.scenes for each in scene.elements if isinstance(each, Line))

    @property
    def speakers(self) -> tuple[str, ...]:
        return self.screenplay.speakers if self.screenplay else ()

    @property
    def faces(self) -> tuple[str, ...]:
        """Who is in frame, in the order of their first shots."""
        return tuple(dict.fromkeys(name for shot in self.shots for name in shot.cast))


@dataclass(frozen=True, slots=True)
class Work:
    """What rendering one episode takes. Shared steps are made for an earlier episode of the same report, or for another
    render already: they count, and are paid for, there.
    """

    steps_total: int = 0
    steps_to_run: int = 0
    steps_shared: int = 0
    estimated_seconds: float = 0.0
    cost_micros: int = 0
    done: bool = False  # this very episode has been rendered, and nothing has changed since


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that the rules look at: the chosen chapters by number, and the cast of the series.

    `from_first`: every earlier episode of the series is among them, so that it can be said who is new.
    """

    chapters: tuple[Chapter, ...]
    cast: Mapping[str, Person] = field(default_factory=dict)  # by name and by alias
    from_first: bool = True
