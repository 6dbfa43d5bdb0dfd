"""A claim: how long it takes at 8 connections with 100,000 steps queued, and what it reads at 1,000 and at 100,000."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from contextlib import ExitStack
from typing import Any

from tests.bench.harness import Result
from tests.bench.scratch import scratch_database

FEW, MANY = 1_000, 100_000
CONNECTIONS, CLAIMS, ROUNDS = 8, 40, 5
PAUSE = 0.25  # seconds between a worker's claims: 32 claims a second, the steps of 200 workers at 6 s each
CREATORS, OTHERS = 8, 2_000
Round = dict[str, list[float]]


def run() -> list[Result]:
    with scratch_database():
        from django.db import connection
        from django.utils import timezone

        from generation.fleet import QUEUE, Shape, claim_buffers, lay, queue_up

        now = timezone.now()
        shape = Shape(creators=CREATORS, queued=FEW, turns=1)
        ground = lay(shape, now=now)
        few = claim_buffers(queue=QUEUE, now=now)
        queue_up(ground.big, MANY - FEW, shape, now=now)
        many = claim_buffers(queue=QUEUE, now=now)
        for creator in ground.chains:
            queue_up(creator, OTHERS, shape, now=now)
        connection.close()
        rounds = _rounds()
    pages = Result(
        name="claim_buffers", value=many, unit="pages", floor=few, ratio=round(many / few, 3),
        budget="100k queued <= 1.2x of 1k", rounds=1,
    )
    return [
        pages,
        _milliseconds("claim_p50", rounds, 0.5, "floor: an empty transaction of as many trips"),
        _milliseconds("claim_p99", rounds, 0.99, "<= 10 ms at 8 connections, on a machine with nothing else to do"),
    ]


def _milliseconds(name: str, rounds: list[Round], share: float, budget: str) -> Result:
    from generation.fleet import percentile

    ours = [1000 * percentile(took["claim"], share) for took in rounds]
    bare = [1000 * percentile(took["bare"], share) for took in rounds]
    return Result(
        name=name, value=round(statistics.median(ours), 2), unit="ms", floor=round(statistics.median(bare), 2),
        ratio=round(statistics.median(a / b for a, b in zip(ours, bare, strict=True)), 2), budget=budget,
        rounds=len(rounds), spread=f"{min(ours):.3g}..{max(ours):.3g}",
    )


def _rounds() -> list[Round]:
    """Seconds of claims and of bare transactions in each round, over all processes; a first round warms up."""
    from tests.generation.tiny import ROOT, child_environment

    with ExitStack() as stack:
        workers = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.bench.claim_source"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    text=True, cwd=ROOT, env=child_environment() | {"DATABASE_POOL_MAX": "1"},
                )
            )
            for _ in range(CONNECTIONS)
        ]
        for worker in workers:
            assert _answer(worker) == "ready"
        rounds = [_round(workers) for _ in range(ROUNDS + 1)][1:]
        for worker in workers:
            worker.stdin.close()  # type: ignore[union-attr]
    return rounds


def _round(workers: list[subprocess.Popen[str]]) -> Round:
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write(json.dumps({"claims": CLAIMS, "pause": PAUSE}) + "\n")
        worker.stdin.flush()
    told = [json.loads(_answer(worker)) for worker in workers]
    return {what: [seconds for one in told for seconds in one[what]] for what in ("claim", "bare")}


def _answer(worker: subprocess.Popen[str]) -> Any:
    assert worker.stdout is not None
    return worker.stdout.readline().strip()
