"""Putting stored steps back to work: what they wait for is counted anew, from what is stored, in a few statements.

Whoever calls holds the creator's lock, and the locks that `lock_steps` took of everything that is changed or counted:
the steps, what they need, and the open steps that wait for what was lost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from creators.models import Creator
from generation.models import Artifact, Render, RenderStep, Step, StepEdge
from generation.scheduler.heads import Place

WAITING = (Step.Status.BLOCKED, Step.Status.READY, Step.Status.PAUSED)
STOPPED = (Step.Status.DONE, Step.Status.FAILED, Step.Status.CANCELLED)

REVIVE = """
UPDATE generation_step SET status = 'blocked', ready_at = NULL, tries = 0, fraction = 0, finished_at = NULL,
    error_code = '', error_message = '', error_remedy = '', updated_at = %(now)s
WHERE id = ANY(%(ids)s) AND status IN ('done', 'failed', 'cancelled')
RETURNING id
"""

WAIT_FOR_LOST = """
UPDATE generation_step step SET pending = step.pending + gone.inputs, ready_at = NULL,
    status = CASE step.status WHEN 'ready' THEN 'blocked' ELSE step.status END, updated_at = %(now)s
FROM (
    SELECT step_id, count(DISTINCT needs_id) AS inputs FROM generation_stepedge
    WHERE needs_id = ANY(%(lost)s) GROUP BY step_id
) gone
WHERE step.id = gone.step_id AND step.status IN ('blocked', 'ready', 'paused') AND NOT step.id = ANY(%(ids)s)
"""

# A step that is paused stays so unless it is woken; any other runs if a live render has it.
COUNT = """
WITH counted AS (
    SELECT one.id, one.status AS was,
        (SELECT count(DISTINCT edge.needs_id) FROM generation_stepedge edge
         JOIN generation_step need ON need.id = edge.needs_id
         WHERE edge.step_id = one.id AND need.status <> 'done') AS waits,
        (%(awake)s OR one.status <> 'paused' AND EXISTS (
            SELECT 1 FROM generation_renderstep link JOIN generation_render render ON render.id = link.render_id
            WHERE link.step_id = one.id AND render.status IN ('queued', 'running'))) AS awake
    FROM generation_step one WHERE one.id = ANY(%(ids)s) AND one.status IN ('blocked', 'ready', 'paused')
)
UPDATE generation_step step SET pending = counted.waits, updated_at = %(now)s,
    status = CASE WHEN NOT counted.awake THEN 'paused' WHEN counted.waits > 0 THEN 'blocked' ELSE 'ready' END,
    ready_at = CASE WHEN counted.awake AND counted.waits = 0 THEN coalesce(step.ready_at, %(now)s) END
FROM counted WHERE step.id = counted.id
RETURNING step.creator_id, step.queue, step.lane, step.status, counted.was
"""


def lock_creator(creator_id: int) -> None:
    """Changes to the graph of one creator go one after another; claiming, heartbeats and results do not ask here."""
    Creator.objects.select_for_update(no_key=True).only("pk").get(pk=creator_id)


def lock_steps(steps: QuerySet[Step]) -> None:
    """Lock these steps in the one order that everybody keeps."""
    list(steps.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def steps_of(render: Render) -> QuerySet[Step]:
    """Every step that `render` has a link to."""
    return Step.objects.filter(pk__in=RenderStep.objects.filter(render=render).values("step_id"))


def without_artifact(steps: QuerySet[Step]) -> set[int]:
    """Ids of those that are done, but whose artifact is gone: as good as never done."""
    artifact = Artifact.objects.filter(creator=OuterRef("creator"), key=OuterRef("key"))
    return set(steps.filter(~Exists(artifact), status=Step.Status.DONE).values_list("pk", flat=True))


def lock_with_needs(*step_ids: int) -> None:
    """Lock these steps and what they need: then it is known how many each waits for, and none can be missed."""
    needs = StepEdge.objects.filter(step__in=step_ids).values("needs_id")
    lock_steps(Step.objects.filter(Q(pk__in=step_ids) | Q(pk__in=needs)))


def waits_for(step_id: int) -> int:
    """How many steps this one waits for (see `lock_with_needs`)."""
    needs = StepEdge.objects.filter(step=step_id).values("needs_id")
    return Step.objects.filter(pk__in=needs).exclude(status=Step.Status.DONE).count()


def lock_with_dependents(which: Q, lost: Collection[int]) -> None:
    """Lock the steps of `which`, and those that may have to wait for what was lost."""
    if lost:
        dependents = StepEdge.objects.filter(needs__in=lost).values("step_id")
        which |= Q(pk__in=dependents, status__in=WAITING)
    lock_steps(Step.objects.filter(which))


def needed(render: Render) -> list[int]:
    """Ids of what has to run, or is running, until the package is there: from the end back, stopping at what is."""
    rows = steps_of(render).values_list("pk", "key", "status")
    ids = {key: pk for pk, key, _ in rows}
    gone = without_artifact(Step.objects.filter(pk__in=ids.values()))
    done = {pk for pk, _, status in rows if status == Step.Status.DONE} - gone
    needs: dict[int, list[int]] = {}
    for step_id, needs_id in StepEdge.objects.filter(step__in=ids.values()).values_list("step_id", "needs_id"):
        needs.setdefault(step_id, []).append(needs_id)
    end = ids.get(render.final_key)
    return sorted(_behind([end] if end else [], needs, done))


def _behind(ends: Iterable[int], needs: dict[int, list[int]], done: Collection[int]) -> set[int]:
    wanted, found = list(ends), set[int]()
    while wanted:
        pk = wanted.pop()
        if pk not in found and pk not in done:
            found.add(pk)
            wanted += needs.get(pk, [])
    return found


def lost_below(step_ids: Iterable[int]) -> set[int]:
    """Ids of what has to be made again before these steps can run: what they need, what that needs, and so on."""
    found, level = set[int](), set(step_ids)
    while level:
        behind = Step.objects.filter(pk__in=StepEdge.objects.filter(step__in=level).values("needs_id"))
        ended = behind.filter(status__in=[Step.Status.FAILED, Step.Status.CANCELLED]).values_list("pk", flat=True)
        level = (without_artifact(behind) | set(ended)) - found
        found |= level
    return found


@dataclass(frozen=True, slots=True)
class Back:
    """What came of it: the steps that were revived, as they were before (nothing is held for them), and where steps
    became ready, for the caller to ring once.
    """

    revived: tuple[Step, ...] = ()
    places: tuple[Place, ...] = ()


def put_back(ids: Sequence[int], *, awake: bool, now: datetime) -> Back:
    """Of these steps, revive what has stopped (those that are done: their artifact is gone), with a clean count of
    tries, and count what each waits for. `awake` wakes paused ones too.
    """
    stopped = list(Step.objects.filter(pk__in=ids, status__in=STOPPED).defer("spec").order_by("pk"))
    values: dict[str, Any] = {"ids": list(ids), "awake": awake, "now": now}
    with connection.cursor() as cursor:
        if stopped:
            cursor.execute(REVIVE, values)
        if lost := [step.pk for step in stopped if step.status == Step.Status.DONE]:
            cursor.execute(WAIT_FOR_LOST, values | {"lost": lost})
        cursor.execute(COUNT, values)
        rows = cursor.fetchall()
    places = ((creator, queue, lane) for creator, queue, lane, status, was in rows if status == "ready" != was)
    return Back(tuple(stopped), tuple(places))
