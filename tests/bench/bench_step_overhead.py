"""What our scheduler and runner add to a step that does nothing, on a real Celery worker with one process.

Per step: claim, a folder, fetch, put (with fsync), complete, events of its render; against a bare Celery task. And of
the same worker: its CPU when there is nothing to do, and how soon a step begins after its doorbell.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.harness import Result, compare
from tests.bench.scratch import scratch_database

STEPS, ROUNDS = 100, 3
IDLE_SECONDS = 20.0
STARTS, BETWEEN = 60, 0.25
PATIENCE = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


def run() -> list[Result]:
    with scratch_database():
        from generation.scheduler import bells
        from tests.generation.tiny import asked

        with bells.silence():
            render = asked()
        with _worker() as worker:
            _bare(1)
            overhead = compare(
                "step_overhead", lambda: _ours(render, STEPS), lambda: _bare(STEPS), unit="ms", rounds=ROUNDS,
                budget="ms a step; floor: a bare Celery task",
            )
            began = _starts(render)
            time.sleep(2)
            idle = compare("idle_worker_cpu", lambda: _cpu(worker), None, unit="%", budget="< 1 %", rounds=1)
    return [overhead, idle, *began]


@contextmanager
def _worker() -> Iterator[subprocess.Popen[bytes]]:
    from django.conf import settings

    from tests.generation.tiny import ROOT, child_environment

    shelf = settings.STORAGES["default"]["OPTIONS"]["location"]
    command = [
        sys.executable, "-m", "celery", "-A", "tests.bench.idle_worker", "worker", "-Q", "bench", "-P", "prefork",
        "-c", "1", "-n", "bench@%h", "-l", "WARNING", "--without-gossip", "--without-mingle",
    ]
    environment = child_environment() | {"RW_STATE_DIR": str(Path(shelf).parent), "LOG_LEVEL": "WARNING"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _bare(count: int) -> float:
    """Milliseconds a bare task, from the first message to the last one's end."""
    from celery import current_app
    from django.core.cache import cache

    name = f"{time.time()}"
    began = time.time()
    for _ in range(count):
        current_app.send_task("bench.nothing", queue="bench")
    current_app.send_task("bench.mark", queue="bench", kwargs={"name": name})
    _until(lambda: cache.get(f"bench-{name}") is not None)
    return 1000 * (float(cache.get(f"bench-{name}")) - began) / count


def _ours(render: Any, count: int) -> float:
    """Milliseconds a step, from the doorbell to the last result."""
    from generation.models import Step

    began = time.time()
    pks = _ready(render, count)
    done = Step.objects.filter(pk__in=pks, status=Step.Status.DONE)
    _until(lambda: done.count() == count)
    ended = done.order_by("-finished_at").values_list("finished_at", flat=True)[0]
    return 1000 * (ended.timestamp() - began) / count


def _starts(render: Any) -> list[Result]:
    """How soon a step begins in an idle worker after the doorbell was rung."""
    from generation.fleet import percentile
    from generation.models import Artifact, Step

    late = []
    for _ in range(STARTS):
        time.sleep(BETWEEN)
        began = time.time()
        [pk] = _ready(render, 1)
        _until(lambda pk=pk: Step.objects.filter(pk=pk, status=Step.Status.DONE).exists())  # type: ignore[misc]
        key = Step.objects.get(pk=pk).key
        meta = Artifact.objects.get(creator_id=render.creator_id, key=key).meta
        late.append(1000 * (meta["began"] - began))
    return [
        Result(
            name=f"doorbell_to_start_{name}", value=round(percentile(late, share), 1), unit="ms", floor=None,
            ratio=None, budget="<= 300 ms", rounds=len(late), spread=f"{min(late):.3g}..{max(late):.3g}",
        )
        for name, share in (("p50", 0.5), ("p99", 0.99))
    ]


def _ready(render: Any, count: int) -> list[int]:
    """Steps of the render that do nothing, ready and rung for."""
    from django.db import transaction
    from django.db.models import Max
    from django.utils import timezone

    from common.ids import unguessable
    from generation.models import RenderStep, Step
    from generation.scheduler import bells

    with transaction.atomic():
        steps = Step.objects.bulk_create(
            Step(
                creator_id=render.creator_id, key=unguessable() * 2, kind="nothing", queue="bench", spec={},
                status=Step.Status.READY, ready_at=timezone.now(), estimated_seconds=0.1,
            )
            for _ in range(count)
        )
        first = 1 + (render.links.aggregate(most=Max("position"))["most"] or 0)
        RenderStep.objects.bulk_create(
            RenderStep(render=render, step=step, position=position, label="nothing")
            for position, step in enumerate(steps, first)
        )
        bells.ready((step.creator_id, step.queue, int(step.lane)) for step in steps[:1])
    return [step.pk for step in steps]


def _cpu(worker: subprocess.Popen[bytes]) -> float:
    """Percent of one core that the worker and its children take when nothing is to be done."""
    before = _used(worker.pid)
    time.sleep(IDLE_SECONDS)
    return 100 * (_used(worker.pid) - before) / IDLE_SECONDS


def _used(pid: int) -> float:
    """CPU seconds of a process and of everything that it started."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return (int(fields[11]) + int(fields[12])) / TICKS + sum(_used(int(child)) for child in children)


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "the worker did not do it"
        time.sleep(0.01)
