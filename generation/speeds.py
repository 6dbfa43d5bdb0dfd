"""When it will be done: from what the machines really took lately, how many there are, and what waits for what.

The estimate is the length of a schedule: steps in the order in which they become ready, each queue with the machines
that were seen lately, behind the creator's own work that was asked for before. So it is never less than the longest
chain of steps (the critical path), nor than a queue's work shared by its machines. Other creators' work is not in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush, heapreplace
from typing import TYPE_CHECKING, Any

import structlog
from django.core.cache import cache
from django.db import connection

from common import outage
from generation.models import Render, Step, StepAttempt, StepEdge

if TYPE_CHECKING:
    from generation.plan import PlannedStep

log = structlog.get_logger(__name__)
CACHE_KEY = "speeds:1"
CACHE_SECONDS = 60
LOOK = 2000  # attempts, newest first
ENOUGH = 200  # accepted attempts of one kind
SEEN = timedelta(minutes=10)  # a machine that has ended or held nothing for so long is not counted on
MOST_LEASED = 2000
SLOWEST, FASTEST = 20.0, 0.05  # of the estimate: beyond that something else is wrong
TELLING = 0.1  # from this fraction on a running step tells its own pace
RENDERS_AHEAD, LINKS_AHEAD = 100, 10_000  # beyond that the estimate is a floor

HISTORY = """
WITH recent AS (SELECT * FROM generation_stepattempt ORDER BY id DESC LIMIT %(look)s),
accepted AS (
    SELECT step.kind, step.queue, step.estimated_seconds AS estimated,
           extract(epoch FROM recent.ended_at - recent.started_at) AS measured,
           row_number() OVER (PARTITION BY step.kind, step.queue ORDER BY recent.id DESC) AS place
    FROM recent JOIN generation_step step ON step.id = recent.step_id WHERE recent.outcome = 'done'
)
SELECT kind, queue, sum(greatest(measured, 0)), sum(estimated) FROM accepted WHERE place <= %(enough)s
GROUP BY kind, queue
"""

AHEAD = """
WITH before AS (
    SELECT id FROM generation_render
    WHERE creator_id = %(creator)s AND status IN ('queued', 'running') AND id < %(before)s ORDER BY id LIMIT %(renders)s
), links AS (
    SELECT link.step_id FROM before JOIN generation_renderstep link ON link.render_id = before.id
    WHERE NOT link.reused LIMIT %(links)s
)
SELECT kind, queue, sum(estimated_seconds * (1 - fraction)) FROM generation_step
WHERE id IN (SELECT step_id FROM links) AND status IN ('blocked', 'ready', 'leased') AND NOT key = ANY(%(keys)s)
GROUP BY kind, queue
"""
NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class Speeds:
    """What was measured: seconds taken for each second estimated, by (kind, queue), and machines by queue."""

    ratios: Mapping[tuple[str, str], float] = field(default_factory=dict)
    machines: Mapping[str, int] = field(default_factory=dict)

    def seconds(self, kind: str, queue: str, estimated: float) -> float:
        """What a step of that estimate will take; the estimate itself where nothing was measured."""
        return estimated * self.ratios.get((kind, queue), 1.0)

    def of(self, queue: str) -> int:
        return max(1, self.machines.get(queue, 1))


@dataclass(frozen=True, slots=True)
class Task:
    """A step in a schedule. `needs` that are in no task of it are there already."""

    key: str
    queue: str
    seconds: float
    needs: tuple[str, ...] = ()


def finish_estimate(steps: Sequence[PlannedStep], now: datetime, *, creator_id: int | None = None) -> float:
    """Seconds until these steps (those of a plan that are missing) would be done if they were asked for now.

    With `creator_id`, behind what this creator has asked for already. 0 for no steps. Three queries, none if no steps;
    one while the measurements are kept.
    """
    if not steps:
        return 0.0
    known = speeds(now)
    tasks = [
        Task(step.key, step.queue, known.seconds(step.kind, step.queue, step.estimated_seconds),
             tuple(need for _, need in step.needs))
        for step in steps
    ]  # fmt: skip
    ahead = _ahead(creator_id, [task.key for task in tasks], known) if creator_id else {}
    return round(makespan(tasks, known, ahead), 1)


def eta_seconds(render: Render, now: datetime) -> float | None:
    """Seconds until `render` is done; None if it is not at work. Six queries, three while the measurements are kept:
    whoever asks often keeps the answer.
    """
    if render.status not in Render.LIVE:
        return None
    known = speeds(now)
    open_steps = Step.objects.filter(links__render=render, status__in=Step.OPEN).order_by("links__position")
    steps = list(open_steps.only("key", "kind", "queue", "status", "estimated_seconds", "fraction", "leased_at"))
    steps.sort(key=lambda step: step.status != Step.Status.LEASED)  # what runs has its machine
    needs: dict[int, list[str]] = {}
    for pk, need in StepEdge.objects.filter(step__in=[step.pk for step in steps]).values_list("step_id", "needs_id"):
        needs.setdefault(pk, []).append(str(need))
    tasks = [
        Task(str(step.pk), step.queue, _left(step, known, now), tuple(needs.get(step.pk, ()))) for step in steps
    ]
    ahead = _ahead(render.creator_id, [step.key for step in steps], known, before=render.pk)
    return round(makespan(tasks, known, ahead), 1)


def makespan(tasks: Sequence[Task], known: Speeds, ahead: Mapping[str, float] | None = None) -> float:
    """Length in seconds of the schedule in which each queue takes what became ready first, tasks in their order where
    that is equal. Its machines begin after their share of `ahead` (seconds by queue). Pure.
    """
    place = {task.key: index for index, task in enumerate(tasks)}
    waits = [{place[need] for need in task.needs if need in place} for task in tasks]
    after: list[list[int]] = [[] for _ in tasks]
    for index, needs in enumerate(waits):
        for need in needs:
            after[need].append(index)
    free = {queue: _free(known.of(queue), (ahead or {}).get(queue, 0.0)) for queue in {task.queue for task in tasks}}
    ready_at = [0.0] * len(tasks)
    ready = [(0.0, index) for index, needs in enumerate(waits) if not needs]
    heapify(ready)
    last = 0.0
    while ready:
        since, index = heappop(ready)
        machines = free[tasks[index].queue]
        end = max(since, machines[0]) + tasks[index].seconds
        heapreplace(machines, end)
        last = max(last, end)
        for dependent in after[index]:
            ready_at[dependent] = max(ready_at[dependent], end)
            waits[dependent].discard(index)
            if not waits[dependent]:
                heappush(ready, (ready_at[dependent], dependent))
    return last


def speeds(now: datetime) -> Speeds:
    """The measurements, at most a minute old; taken anew, in three bounded queries, if no cache keeps them."""
    kept = _kept()
    if kept is None:
        kept = Speeds(_ratios(), _machines(now))
        _keep(kept)
    return kept


def _ratios() -> dict[tuple[str, str], float]:
    with connection.cursor() as cursor:
        cursor.execute(HISTORY, {"look": LOOK, "enough": ENOUGH})
        rows = cursor.fetchall()
    return {
        (kind, queue): min(SLOWEST, max(FASTEST, float(measured) / float(estimated)))
        for kind, queue, measured, estimated in rows
        if estimated
    }


def _machines(now: datetime) -> dict[str, int]:
    """By queue: the workers that hold a step or ended one lately, or the steps that run at once if those are more (one
    worker with many processes has one name).
    """
    newest = StepAttempt.objects.order_by("-pk").values("pk")[:LOOK]
    ended = StepAttempt.objects.filter(pk__in=newest, ended_at__gt=now - SEEN).values_list("step__queue", "worker")
    leased = Step.objects.filter(status=Step.Status.LEASED, lease_expires_at__gt=now).order_by("lease_expires_at")
    running = list(leased.values_list("queue", "worker")[:MOST_LEASED])
    workers = Counter(queue for queue, _ in {*ended.distinct(), *running})
    return dict(workers | Counter(queue for queue, _ in running))


def _left(step: Step, known: Speeds, now: datetime) -> float:
    """Seconds that an open step still takes; a running one is believed what it says of itself once it is under way."""
    whole = known.seconds(step.kind, step.queue, step.estimated_seconds)
    if step.status != Step.Status.LEASED or step.leased_at is None:
        return whole
    gone = max(0.0, (now - step.leased_at).total_seconds())
    if step.fraction >= TELLING:
        return gone / step.fraction * (1 - step.fraction)
    return max(whole - gone, whole * TELLING)


def _ahead(creator_id: int, keys: Iterable[str], known: Speeds, *, before: int = NEWEST) -> dict[str, float]:
    """Seconds of a creator's work by queue in renders older than `before`, without the steps of these keys."""
    values: dict[str, Any] = {
        "creator": creator_id, "before": before, "keys": list(keys), "renders": RENDERS_AHEAD, "links": LINKS_AHEAD
    }
    with connection.cursor() as cursor:
        cursor.execute(AHEAD, values)
        rows = cursor.fetchall()
    work: dict[str, float] = {}
    for kind, queue, estimated in rows:
        work[queue] = work.get(queue, 0.0) + known.seconds(kind, queue, float(estimated))
    return work


def _free(machines: int, ahead: float) -> list[float]:
    """When each machine of a queue comes free."""
    return [ahead / machines] * machines


def _kept() -> Speeds | None:
    if outage.lasts():
        return None
    try:
        kept: Speeds | None = cache.get(CACHE_KEY)
    except Exception as gone:  # no messenger is worth failing for: it is measured again
        outage.note(gone)
        log.warning("speeds_not_read", error=repr(gone))
        return None
    return kept


def _keep(known: Speeds) -> None:
    if outage.lasts():
        return
    try:
        cache.set(CACHE_KEY, known, CACHE_SECONDS)
    except Exception as gone:
        outage.note(gone)
        log.warning("speeds_not_kept", error=repr(gone))
