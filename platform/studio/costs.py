"""What the pages of costs show: sums beside bars, each bar in hundredths of the longest of its table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from generation.budget import rates
from generation.costs import Bill, EpisodeCost, SeriesCost, Stage
from studio import labels

WIDE = 100.0


@dataclass(frozen=True, slots=True)
class Bar:
    """Three parts one after another, as (from, wide) in hundredths: in the film, set aside, wasted. `label` says it."""

    film: tuple[float, float]
    aside: tuple[float, float]
    wasted: tuple[float, float]
    label: str


@dataclass(frozen=True, slots=True)
class EpisodeLine:
    """An episode of the series' table."""

    cost: EpisodeCost
    bar: Bar


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage of either table."""

    stage: Stage
    name: str
    bar: Bar


def episode_lines(cost: SeriesCost) -> list[EpisodeLine]:
    """The series' table. Asks for nothing."""
    longest = max((one.bill.micros for one in cost.episodes), default=0)
    return [EpisodeLine(one, _bar(one.bill, longest)) for one in cost.episodes]


def stage_lines(stages: Sequence[Stage]) -> list[StageLine]:
    """The stages, the dearest first. Asks for nothing."""
    longest = max((stage.bill.micros for stage in stages), default=0)
    return [
        StageLine(stage, labels.step_kind(stage.kind), _bar(stage.bill, longest)) for stage in stages
    ]


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One attempt of an episode's table."""

    name: str
    outcome: str
    ending: str
    machine: str
    seconds: float
    micros: int
    at: datetime


def attempt_lines(attempts: Iterable[Any]) -> list[AttemptLine]:
    """Attempts with the annotations of `attempts_of`."""
    known = rates()
    return [
        AttemptLine(
            f"{labels.step_kind(row.kind)} {row.shot}" if row.shot else labels.step_kind(row.kind), row.outcome,
            labels.outcome(row.outcome), known.class_of(worker=row.worker, queue=row.queue),
            max(0.0, (row.ended_at - row.started_at).total_seconds()), row.cost_micros, row.ended_at,
        )
        for row in attempts
    ]


def share_of(part: int, whole: int) -> float | None:
    """0..1; None of nothing."""
    return part / whole if whole else None


def _bar(bill: Bill, longest: int) -> Bar:
    def wide(micros: int) -> float:
        return round(WIDE * micros / longest, 2) if longest else 0.0

    film, aside, wasted = wide(bill.film_micros), wide(bill.aside_micros), wide(bill.wasted_micros)
    label = _("{film} % in the film, {aside} % not in it, {wasted} % wasted").format(
        film=_percent(bill.film_micros, bill), aside=_percent(bill.aside_micros, bill),
        wasted=_percent(bill.wasted_micros, bill),
    )
    return Bar((0.0, film), (film, aside), (round(film + aside, 2), wasted), label)


def _percent(part: int, bill: Bill) -> int:
    return round(100 * (share_of(part, bill.micros) or 0))
