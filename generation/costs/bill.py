"""Adding up what attempts took and cost. Pure: rows in, sums out.

Every micro is one of three: in the film (an accepted result that the film is made of), set aside (accepted, but not in
it, or not yet: other takes, earlier versions, previews), or wasted (an attempt that left nothing).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

DONE = "done"


class Row(NamedTuple):
    """Attempts of one episode that are alike. `machine` is the class they were paid as, `seconds` of all together."""

    episode: int
    kind: str
    machine: str
    gpu: bool
    outcome: str
    in_film: bool
    attempts: int
    seconds: float
    micros: int


@dataclass(frozen=True, slots=True)
class Bill:
    """What a number of attempts took and cost. `micros` is the sum of the three after it."""

    attempts: int = 0
    failed: int = 0
    lost: int = 0
    cancelled: int = 0
    seconds: float = 0.0
    gpu_seconds: float = 0.0
    wasted_gpu_seconds: float = 0.0
    micros: int = 0
    film_micros: int = 0
    aside_micros: int = 0
    wasted_micros: int = 0

    @property
    def fruitless(self) -> int:
        """Attempts that left nothing."""
        return self.failed + self.lost + self.cancelled


@dataclass(frozen=True, slots=True)
class Stage:
    """One kind of step on one machine class."""

    kind: str
    machine: str
    bill: Bill


@dataclass(frozen=True, slots=True)
class EpisodeCost:
    """An episode's bill. `finished_ms` is the length of its film, 0 without one; per minute None then."""

    uid: UUID
    number: int
    title: str
    finished_ms: int
    bill: Bill
    stages: tuple[Stage, ...] = ()

    @property
    def per_minute_micros(self) -> int | None:
        return per_minute(self.bill.micros, self.finished_ms)


@dataclass(frozen=True, slots=True)
class SeriesCost:
    """A series' bill: what unfinished episodes cost is in it, so that a finished minute bears it."""

    finished_ms: int
    finished_episodes: int
    bill: Bill
    stages: tuple[Stage, ...]
    episodes: tuple[EpisodeCost, ...]

    @property
    def per_minute_micros(self) -> int | None:
        return per_minute(self.bill.micros, self.finished_ms)


class Film(NamedTuple):
    """An episode and the length of its film."""

    pk: int
    uid: UUID
    number: int
    title: str
    finished_ms: int


def per_minute(micros: int, finished_ms: int) -> int | None:
    """Micros for a finished minute; None while nothing is finished."""
    return round(micros * 60_000 / finished_ms) if finished_ms else None


def episode_sum(film: Film, rows: Sequence[Row]) -> EpisodeCost:
    """One episode, by stages."""
    return EpisodeCost(film.uid, film.number, film.title, film.finished_ms, bill_of(rows), stages_of(rows))


def series_sum(films: Sequence[Film], rows: Sequence[Row]) -> SeriesCost:
    """A series: its stages, and its episodes in their order."""
    mine: dict[int, list[Row]] = {}
    for row in rows:
        mine.setdefault(row.episode, []).append(row)
    episodes = tuple(
        EpisodeCost(film.uid, film.number, film.title, film.finished_ms, bill_of(mine.get(film.pk, ())))
        for film in films
    )
    finished = [film.finished_ms for film in films if film.finished_ms]
    return SeriesCost(sum(finished), len(finished), bill_of(rows), stages_of(rows), episodes)


def stages_of(rows: Iterable[Row]) -> tuple[Stage, ...]:
    """The dearest first."""
    alike: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        alike.setdefault((row.kind, row.machine), []).append(row)
    stages = [Stage(kind, machine, bill_of(some)) for (kind, machine), some in alike.items()]
    return tuple(sorted(stages, key=lambda stage: (-stage.bill.micros, stage.kind, stage.machine)))


def bill_of(rows: Sequence[Row]) -> Bill:
    def attempts(outcome: str) -> int:
        return sum(row.attempts for row in rows if row.outcome == outcome)

    def micros(wanted: Callable[[Row], bool]) -> int:
        return sum(row.micros for row in rows if wanted(row))

    return Bill(
        attempts=sum(row.attempts for row in rows),
        failed=attempts("failed"), lost=attempts("lost"), cancelled=attempts("cancelled"),
        seconds=sum(row.seconds for row in rows),
        gpu_seconds=sum(row.seconds for row in rows if row.gpu),
        wasted_gpu_seconds=sum(row.seconds for row in rows if row.gpu and row.outcome != DONE),
        micros=micros(lambda row: True),
        film_micros=micros(lambda row: row.outcome == DONE and row.in_film),
        aside_micros=micros(lambda row: row.outcome == DONE and not row.in_film),
        wasted_micros=micros(lambda row: row.outcome != DONE),
    )
