"""The second half of `manage.py simulate_fleet`: a day's episodes on virtual GPUs, at published and assumed speeds."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from generation.budget import rates
from generation.fleet import Answer, Day, Figures, figures, gpus_needed, simulate_day

MOST_RUNNING = 10_000  # of one creator: the fleet is the only limit
WIDTH = 160
FAILURES = (0.0, 0.05, 0.15)
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line. `gpus` 0: find out how many."""

    models: tuple[tuple[str, ...], ...]
    machine: str
    episodes: int
    hours: float
    gpus: int
    failure_rate: float
    spot: bool
    sensitivity: bool
    seed: int


def add_arguments(parser: ArgumentParser) -> None:
    day = parser.add_argument_group("a day", "What it takes to make a number of episodes in a number of hours.")
    day.add_argument("--day", action="store_true", help="simulate a day's work instead of fair shares")
    day.add_argument("--models", default="", help="comma-separated, each by itself; a+b: both at once (default: all)")
    day.add_argument("--machine", default="", help="a GPU class of the figures (default: the model's own)")
    day.add_argument("--episodes", type=int, default=100)
    day.add_argument("--hours", type=float, default=24.0, help="in which they have to be done")
    day.add_argument("--gpus", type=int, default=0, help="so many, whatever comes of it (default: as many as it takes)")
    day.add_argument("--failures", type=float, default=None, help="share of attempts that fail (default: the figures')")
    day.add_argument("--spot", action="store_true", help="machines cost less, and are taken away")
    day.add_argument("--sensitivity", action="store_true", help="at 0, 5 and 15 %% failures, with and without spot")
    day.add_argument("--seed", type=int, default=1, help="another one draws other fates")


def wish(options: Mapping[str, Any]) -> Wish:
    """The wish, or a `CommandError` that says what it cannot be."""
    known = figures()
    said = [name for name in options["models"].split(",") if name] or list(known.models)
    models = tuple(tuple(name.split("+")) for name in said)
    failures = known.trouble["failure_rate"].value if options["failures"] is None else options["failures"]
    _refuse_nonsense(options, failures)
    for group in models:
        for name in group:
            _refuse_unknown(known, name, options["machine"], group[0])
    return Wish(
        models, options["machine"], options["episodes"], options["hours"], options["gpus"], failures,
        options["spot"], options["sensitivity"], options["seed"],
    )


def run(wish: Wish, *, tell: Tell | None = None) -> dict[str, Any]:
    """Simulate what was wished; every day is told as it ends. The document that --json prints."""
    answers = []
    for day in _days(wish):
        answer = _simulate(day, wish)
        answers.append(answer)
        if tell:
            tell(f"{_named(answer.day)}: {answer.day.gpus} GPUs, {answer.hours:.1f} h")
    return {
        "hours": wish.hours, "currency": rates().currency, "days": [answer.told() for answer in answers],
        "figures": [{"figure": place} | asdict(figure) for place, figure in figures().all()],
        "sources": {name: asdict(source) for name, source in figures().sources.items()},
    }


def show(document: Mapping[str, Any], console: Console) -> None:
    """The days as a table that a page of Markdown can hold, then what the figures are worth."""
    table = Table(
        "model", "machine", "spot", "failures", "GPUs", "hours", "half by", "used", "wasted", "loads", "lost",
        "by hand", "wait p50/p95", "GPU h", "price", "a finished minute", box=None,
        title=f"done within {document['hours']:g} hours",
    )
    for day in document["days"]:
        table.add_row(*_row(day))
    console.print(table)
    known: dict[str, int] = {}
    for figure in document["figures"]:
        known[figure["known"]] = known.get(figure["known"], 0) + 1
    told = ", ".join(f"{count} {name}" for name, count in sorted(known.items()))
    console.print(f"Figures: {told}. No GPU ran: see generation/fleet/figures.toml for each and its source.")


def _days(wish: Wish) -> Iterator[Day]:
    known = figures()
    for models in wish.models:
        machine = wish.machine or known.models[models[0]].machine
        day = Day(models, machine, wish.gpus, wish.episodes, wish.failure_rate, wish.spot, wish.seed)
        if not wish.sensitivity:
            yield day
            continue
        for spot in (False, True):
            yield from (replace(day, failure_rate=rate, spot=spot) for rate in FAILURES)


def _simulate(day: Day, wish: Wish) -> Answer:
    now = timezone.now()
    if day.gpus:
        return simulate_day(day, figures(), now=now)
    return gpus_needed(day, figures(), hours=wish.hours, now=now)


def _refuse_nonsense(options: Mapping[str, Any], failures: float) -> None:
    if options["here"]:
        raise CommandError("A day leaves series and films behind: it only runs in a database of its own.")
    if options["episodes"] < 1 or options["hours"] <= 0 or options["gpus"] < 0 or not 0 <= failures < 1:
        raise CommandError("It takes an episode, some time, no fewer than no GPUs, and failures from 0 to below 1.")


def _refuse_unknown(known: Figures, model: str, machine: str, first: str) -> None:
    """`machine` is empty for that of the `first` model."""
    if model not in known.models:
        raise CommandError(f"No figures for the model {model}. There are: {', '.join(known.models)}.")
    machine = machine or known.models[first].machine
    if machine not in known.models[model].on:
        raise CommandError(f"No figures for {model} on {machine}. There are: {', '.join(known.models[model].on)}.")
    if machine not in rates().machines:
        raise CommandError(f"The price list has no [machines.{machine}].")


def _named(day: Day) -> str:
    spot = ", spot" if day.spot else ""
    return f"{'+'.join(day.models)} on {day.machine}, {day.failure_rate:.0%} failures{spot}"


def _row(day: Mapping[str, Any]) -> list[str]:
    return [
        "+".join(day["models"]), day["machine"], "yes" if day["spot"] else "no", f"{day['failure_rate']:.0%}",
        str(day["gpus"]), f"{day['hours']:.1f}", f"{day['half_done_hours']:.1f}", f"{day['utilisation']:.0%}",
        f"{day['wasted']:.1%}", str(day["model_loads"]), str(day["attempts_lost"]), str(day["retried_by_hand"]),
        f"{_span(day['wait_p50_seconds'])}/{_span(day['wait_p95_seconds'])}", f"{day['gpu_hours_paid']:g}",
        f"{day['micros'] / 1e6:.2f}", f"{day['micros_per_finished_minute'] / 1e6:.3f}",
    ]


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
