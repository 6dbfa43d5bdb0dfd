"""Creators and steps for tests of fairness: rows that are ready to be claimed, on a queue that nobody serves."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from common.ids import unguessable
from creators.models import Creator
from generation import scheduler
from generation.models import ComputeAccount, QueueHead, Step
from generation.scheduler import Lease, bells

QUEUE = "shares"
PREVIEW, FINAL = Step.Lane.PREVIEW, Step.Lane.FINAL


def studio(**account: object) -> Creator:
    """A creator, with a compute account if anything is said of it."""
    name = unguessable()[:12]
    creator = Creator.objects.create(name=name, handle=name)
    if account:
        ComputeAccount.objects.create(creator=creator, **account)
    return creator


def steps(
    creator: Creator, count: int = 1, *, seconds: float = 1.0, lane: int = FINAL, affinity: str = "",
    ready_at: datetime | None = None,
) -> list[Step]:
    """`count` steps of a creator become ready."""
    with transaction.atomic(), bells.silence():
        made = Step.objects.bulk_create(
            Step(
                creator=creator, key=unguessable() * 2, kind="voice", queue=QUEUE, lane=lane, affinity=affinity,
                spec={}, status=Step.Status.READY, estimated_seconds=seconds, ready_at=ready_at or timezone.now(),
            )
            for _ in range(count)
        )
        bells.ready((creator.pk, QUEUE, lane) for _ in range(count))
    return made


def claim(*, late: float = 0.0, warm: tuple[str, ...] = ()) -> Lease | None:
    now = timezone.now() + timedelta(seconds=late)
    return scheduler.claim(queue=QUEUE, worker="tests", now=now, lease_seconds=30, warm=warm)


def claimed(count: int) -> list[int]:
    """Whose steps the next `count` claims gave, in order."""
    leases = [claim() for _ in range(count)]
    return [lease.creator_id for lease in leases if lease is not None]


def shares(count: int) -> dict[int, int]:
    """How many of the next `count` claims each creator got."""
    return dict(Counter(claimed(count)))


def head(creator: Creator, lane: int = FINAL) -> QueueHead:
    return QueueHead.objects.get(creator=creator, queue=QUEUE, lane=lane)


def end(lease: Lease) -> None:
    """Its result is there."""
    with bells.silence():
        assert scheduler.complete(
            lease=lease, prefix=f"artifacts/aa/{unguessable()}", meta={}, files=[], now=timezone.now()
        )
