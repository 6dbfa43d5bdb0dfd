"""What no message announced: expired leases, ready steps that nobody came for, packages that nobody took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from generation.models import Render, Step
from generation.scheduler.bells import ring_queues
from generation.scheduler.finish import expire_lease
from generation.scheduler.masters import finish_renders
from generation.steps import KINDS

BATCH = 200
RING = 2  # bells a queue and sweep: workers chain from there
PATIENCE = timedelta(seconds=1)  # younger steps were announced by whoever made them ready


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found."""

    expired: int
    rung: tuple[str, ...]
    finished: int


def sweep(*, now: datetime) -> Swept:
    """Safe to run anywhere, any number at once: each repair is a compare-and-swap of its own."""
    return Swept(_expire(now), _ring(now), _finish(now))


def _expire(now: datetime) -> int:
    expired = Step.objects.filter(status=Step.Status.LEASED, lease_expires_at__lt=now).order_by("lease_expires_at")
    held = expired.values_list("pk", "attempt")[:BATCH]
    return sum(expire_lease(step_id=pk, attempt=attempt, now=now) for pk, attempt in held)


def _ring(now: datetime) -> tuple[str, ...]:
    """Asks each queue for its head only, so the cost does not grow with what waits."""
    bells: list[str] = []
    for queue in sorted({kind.queue for kind in KINDS.values()}):
        due = Step.objects.filter(status=Step.Status.READY, queue=queue, ready_at__lte=now - PATIENCE)
        bells += due.values_list("queue", flat=True)[:RING]
    ring_queues(bells)
    return tuple(sorted(set(bells)))


def _finish(now: datetime) -> int:
    package = Step.objects.filter(creator=OuterRef("creator"), key=OuterRef("final_key"), status=Step.Status.DONE)
    stuck = Render.objects.filter(Exists(package), status__in=Render.LIVE).values_list("creator_id", "final_key")
    finished = 0
    for creator_id, final_key in set(stuck[:BATCH]):
        with transaction.atomic():
            finished += finish_renders(creator_id, final_key, now=now)
    return finished
