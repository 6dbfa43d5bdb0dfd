"""`manage.py simulate_fleet`: how long creators wait for each other, and what a claim costs, on the real SQL."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from generation.fleet import QUEUE, Ground, Report, Shape, claim_buffers, clear, lay, percentile, queue_up, simulate
from generation.fleet.run import AHEAD
from generation.management.commands import _fleet_day

FEW = 1_000  # queued when buffers are measured for the first time


class Command(BaseCommand):
    help = (
        "Simulate a fleet: virtual workers in virtual time claim and complete real rows, one creator's queue long, the "
        "others' short. Or, with --day, virtual GPUs make a day's episodes: how many, how long, at what price. Runs in "
        "a database of its own, which it makes and drops again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        shape = Shape()
        parser.add_argument("--creators", type=int, default=shape.creators, help="one of them has the long queue")
        parser.add_argument("--queued", type=int, default=shape.queued, help="steps in the long queue")
        parser.add_argument("--workers", type=int, default=shape.workers, help="virtual workers")
        parser.add_argument("--connections", type=int, default=shape.connections, help="real connections")
        parser.add_argument("--turns", type=int, default=shape.turns, help="steps of each other creator, in turn")
        parser.add_argument(
            "--here", action="store_true",
            help="run in the configured database instead, although others work there; what was begun stays as history",
        )
        _fleet_day.add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["day"]:
            self._day(options)
        else:
            self._shares(options)

    def _day(self, options: dict[str, Any]) -> None:
        wish = _fleet_day.wish(options)
        with _database(here=False), _without_limit(_fleet_day.MOST_RUNNING):
            console = Console(file=self.stdout, width=_fleet_day.WIDTH)  # type: ignore[arg-type]
            document = _fleet_day.run(wish, tell=None if options["json"] else console.print)
        if options["json"]:
            self.stdout.write(json.dumps(document, indent=2))
        else:
            _fleet_day.show(document, console)

    def _shares(self, options: dict[str, Any]) -> None:
        names = ("creators", "queued", "workers", "connections", "turns")
        shape = Shape(**{name: options[name] for name in names})
        _refuse_nonsense(shape)
        with _database(here=options["here"]) as name, _without_limit(shape.workers):
            if not options["json"]:
                self.stdout.write(f"In the database {name}.")
            document = {"database": name} | _run(shape)
        if options["json"]:
            self.stdout.write(json.dumps(document, indent=2))
        else:
            _show(document, Console(file=self.stdout))  # type: ignore[arg-type]
        if not document["within_bound"]:
            raise CommandError("A creator waited longer than the bound.")


def _refuse_nonsense(shape: Shape) -> None:
    if min(shape.creators, shape.connections, shape.turns, shape.workers) < 1 or shape.creators < 2:
        raise CommandError("It takes two creators at least, and a worker, a connection and a turn.")
    most = settings.DATABASE_POOL_MAX
    if most and shape.connections > most:
        raise CommandError(f"DATABASE_POOL_MAX allows {most} connections, not {shape.connections}.")


@contextmanager
def _database(*, here: bool) -> Iterator[str]:
    """The name of the database to run in. A scratch one is made beside the configured one, and dropped at the end."""
    configured = str(connection.settings_dict["NAME"])
    if here:
        yield configured
        return
    scratch = f"{configured}_fleet"
    connection.settings_dict["TEST"] = {**connection.settings_dict["TEST"], "NAME": scratch}
    database: Any = connections[connection.alias]
    database.close_pool()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield scratch
    finally:
        connection.close()
        database.close_pool()
        connection.creation.destroy_test_db(configured, verbosity=0)


@contextmanager
def _without_limit(workers: int) -> Iterator[None]:
    """The order alone has to be fair: no creator is held back by how many steps it may run."""
    usual = settings.STEP_MAX_RUNNING
    settings.STEP_MAX_RUNNING = workers
    try:
        yield
    finally:
        settings.STEP_MAX_RUNNING = usual


def _run(shape: Shape) -> dict[str, Any]:
    now = timezone.now()
    first = min(FEW, shape.queued)
    ground = lay(replace(shape, queued=first), now=now)
    try:
        few = claim_buffers(queue=QUEUE, now=now)
        queue_up(ground.big, shape.queued - first, shape, now=now)
        many = claim_buffers(queue=QUEUE, now=now)
        connection.close()  # the fleet's connections are all there are
        report = simulate(ground, shape, start=now)
        return _told(shape, ground, report) | {
            "buffers": {str(first): few, str(shape.queued): many, "after": claim_buffers(queue=QUEUE, now=now)}
        }
    finally:
        clear(ground)


def _told(shape: Shape, ground: Ground, report: Report) -> dict[str, Any]:
    claims, seconds = report.worst()
    bound = {"claims": shape.bound_claims(), "seconds": shape.bound_seconds()}
    return {
        "shape": asdict(shape),
        "bound": bound,
        "within_bound": claims <= bound["claims"] and seconds <= bound["seconds"] + AHEAD,
        "creators": [_creator(number, pk, report) for number, pk in enumerate(ground.chains, start=2)],
        "claims": report.claims,
        "claims_in_vain": report.idle,
        "claim_ms": {name: round(1000 * report.latency(share), 2) for name, share in (("p50", 0.5), ("p99", 0.99))},
    }


def _creator(number: int, pk: int, report: Report) -> dict[str, Any]:
    """The waits of one creator, in claims of others and in virtual seconds."""
    claims = [wait.claims for wait in report.waits if wait.creator == pk]
    seconds = [wait.seconds for wait in report.waits if wait.creator == pk]
    return {
        "creator": number, "steps": len(claims), "claims_p50": percentile(claims, 0.5), "claims_most": max(claims),
        "seconds_p50": round(percentile(seconds, 0.5), 3), "seconds_most": round(max(seconds), 3),
    }


def _show(told: dict[str, Any], console: Console) -> None:
    table = Table("creator", "steps", "waited: claims p50", "most", "virtual s p50", "most")
    for creator in told["creators"]:
        table.add_row(*(f"{figure:g}" for figure in creator.values()))
    console.print(table)
    console.print(f"bound: {told['bound']['claims']} claims, {told['bound']['seconds']:g} virtual s")
    console.print(f"claims: {told['claims']}, in vain: {told['claims_in_vain']}")
    console.print(f"claim: p50 {told['claim_ms']['p50']} ms, p99 {told['claim_ms']['p99']} ms (threads of one process)")
    console.print("pages a claim: " + ", ".join(f"{pages} at {queued}" for queued, pages in told["buffers"].items()))
