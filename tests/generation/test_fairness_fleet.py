"""Fair shares at the size of a fleet: 8 creators, one with 100,000 ready steps, 200 virtual workers, 8 connections.

The bound (`Shape.bound_claims`), with steps that cost from 4 to 12 seconds, equal weights, one lane, no warm models:
- A head that becomes active stands at most one step (12 s) above the lane's clock, the least `served` of active heads:
  it stood at the clock when it was served last, and the clock only rises.
- Until it is its turn, each of the 7 others is chosen only while it stands no higher, at 4 s or more a time:
  12 / 4 = 3 times, and once more at equality: 7 * 4 = 28 claims.
- 7 other connections may have chosen before the step was there, and said so after: 28 + 7 = 35 claims.
- In seconds: a busy fleet claims at least once a worker within its longest step, so 36 claims of 200 workers take at
  most 12 s (on average 36 / 200 of the mean, 1.4 s), whatever waits in the long queue.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from io import StringIO

import pytest
import structlog
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from creators.models import Creator
from generation.fleet import QUEUE, Shape, claim_buffers, lay, queue_up, simulate
from generation.fleet.run import AHEAD
from generation.models import QueueHead, Step
from tests.generation.shares import steps, studio
from tests.generation.tiny import ROOT, child_environment

log = structlog.get_logger(__name__)
SHAPE = Shape(creators=8, queued=1_000, workers=200, connections=8, turns=6)
MORE = 99_000
SMALL = ("--creators", "3", "--queued", "300", "--workers", "10", "--connections", "2", "--turns", "2")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_beside_a_hundred_thousand_queued_steps_everybody_else_is_served_within_the_bound(settings) -> None:
    settings.STEP_MAX_RUNNING = 1_000  # no limit helps: only the order does
    assert (SHAPE.bound_claims(), SHAPE.bound_seconds()) == (35, 12.0)
    start = timezone.now()
    ground = lay(SHAPE, now=start)
    few = claim_buffers(queue=QUEUE, now=start)
    queue_up(ground.big, MORE, SHAPE, now=start)
    many = claim_buffers(queue=QUEUE, now=start)
    connection.close()  # the eight are all there are

    report = simulate(ground, SHAPE, start=start)

    per_creator = defaultdict(list)
    for wait in report.waits:
        per_creator[wait.creator].append(wait)
    assert {creator: len(waits) for creator, waits in per_creator.items()} == dict.fromkeys(ground.chains, SHAPE.turns)
    claims, seconds = report.worst()
    worked = claim_buffers(queue=QUEUE, now=start)
    latency = [round(1000 * report.latency(share), 1) for share in (0.5, 0.99)]
    log.info("fleet", worst=(claims, seconds), claims=report.claims, ms=latency, buffers=(few, many, worked))
    assert claims <= SHAPE.bound_claims()
    assert seconds <= SHAPE.bound_seconds() + AHEAD
    assert abs(many - few) <= 0.2 * few
    assert report.idle == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_command_works_in_a_database_of_its_own_and_drops_it() -> None:
    studio()
    command = [sys.executable, "manage.py", "simulate_fleet", "--json", *SMALL]
    done = subprocess.run(command, cwd=ROOT, env=child_environment(), check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    assert told["database"] == f"{connection.settings_dict['NAME']}_fleet"
    assert (told["within_bound"], told["claims_in_vain"]) == (True, 0)
    assert [creator["steps"] for creator in told["creators"]] == [2, 2]
    assert set(told["buffers"]) == {"300", "after"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [told["database"]])
        assert cursor.fetchone() == (0,)
    assert Creator.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_command_takes_away_what_was_not_begun_where_it_was_told_to_run() -> None:
    mine = studio()
    steps(mine, 3)
    out = StringIO()
    connection.close()
    call_command("simulate_fleet", *SMALL, "--here", "--json", stdout=out)
    assert json.loads(out.getvalue())["database"] == connection.settings_dict["NAME"]
    assert set(Step.objects.exclude(creator=mine).values_list("status", flat=True)) <= {"done", "cancelled"}
    assert Step.objects.exclude(creator=mine).filter(attempt=0).count() == 0
    assert not QueueHead.objects.exclude(creator=mine).exists()
    assert Step.objects.filter(creator=mine, status="ready").count() == 3


def test_the_command_says_what_it_cannot_do() -> None:
    with pytest.raises(CommandError, match="two creators"):
        call_command("simulate_fleet", "--creators", "1")
    with pytest.raises(CommandError, match="DATABASE_POOL_MAX"):
        call_command("simulate_fleet", "--connections", "900")
