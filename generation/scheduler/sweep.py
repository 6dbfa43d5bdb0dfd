"""What no message announced: expired leases, resting heads, ready steps that nobody came for, packages left lying."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from generation.engines import CARDS
from generation.models import Render, Step
from generation.scheduler import heads
from generation.scheduler.bells import ring_queues
from generation.scheduler.caps import enforce_caps
from generation.scheduler.finish import expire_lease
from generation.scheduler.masters import finish_renders
from generation.steps import KINDS

BATCH = 200
MANY = 10_000  # heads a queue and sweep
RING = 2  # bells a queue and sweep: workers chain from there
# since when the database answers: the start of the server, or the promotion of a standby
BACK_SINCE = "SELECT greatest(pg_postmaster_start_time(), pg_last_xact_replay_timestamp())"
PATIENCE = timedelta(seconds=1)  # younger steps were announced by whoever made them ready


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found."""

    expired: int
    rung: tuple[str, ...]
    finished: int
    repaired: int = 0  # queue heads
    capped: int = 0  # renders that a cap, or the end of one, had to pause or resume


def sweep(*, now: datetime) -> Swept:
    """Safe to run anywhere, any number at once: each repair is a compare-and-swap of its own."""
    expired, repaired = _expire(now), _repair(now)
    capped = enforce_caps(now=now)
    return Swept(expired, _ring(now), _finish(now), repaired, capped)


def _expire(now: datetime) -> int:
    """Nobody could say that they live while the database was away: once it is back everybody has a lease's time to."""
    if now < _back_since() + timedelta(seconds=settings.LEASE_SECONDS):
        return 0
    expired = Step.objects.filter(status=Step.Status.LEASED, lease_expires_at__lt=now).order_by("lease_expires_at")
    held = expired.values_list("pk", "attempt")[:BATCH]
    return sum(expire_lease(step_id=pk, attempt=attempt, now=now) for pk, attempt in held)


def _back_since() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute(BACK_SINCE)
        since: datetime = cursor.fetchone()[0]
    return since


def _repair(now: datetime) -> int:
    """Heads that rest although work is due (a pause is over, a bell was forgotten), and heads that have none."""
    return sum(
        heads.wake(queue=queue, now=now, look=MANY) + heads.rest(queue=queue, now=now, look=MANY).rested
        for queue in _queues()
    )


def _ring(now: datetime) -> tuple[str, ...]:
    """Asks the heads only, so the cost does not grow with what waits; and never adds to bells that wait unheard."""
    bells: list[str] = []
    for queue in _queues():
        bells += [queue] * heads.overdue(queue=queue, since=now - PATIENCE, most=RING)
    ring_queues(bells, full=RING)
    return tuple(sorted(set(bells)))


def _queues() -> list[str]:
    """Those of the kinds of work, and those of the machines that an engine asks for."""
    return sorted({kind.queue for kind in KINDS.values()} | {card.queue for card in CARDS.values()})


def _finish(now: datetime) -> int:
    package = Step.objects.filter(creator=OuterRef("creator"), key=OuterRef("final_key"), status=Step.Status.DONE)
    stuck = Render.objects.filter(Exists(package), status__in=Render.OPEN).values_list("creator_id", "final_key")
    finished = 0
    for creator_id, final_key in set(stuck[:BATCH]):
        with transaction.atomic():
            finished += finish_renders(creator_id, final_key, now=now)
    return finished
