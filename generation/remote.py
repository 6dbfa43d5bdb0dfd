"""The memory of what was asked of the video service, and the tending of jobs whose worker is not there any more."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal, TypeVar, cast

import structlog
from django.conf import settings
from django.db import connection, transaction

from common.clock import shared_now
from common.errors import Conflict
from common.transitions import move
from generation.context import DATABASE_LOST, LeaseLost
from generation.engines.remote.cards import service_card
from generation.engines.remote.client import Service, service_at_hand
from generation.engines.remote.errors import Away, KeyRefused, NoService
from generation.engines.remote.jobs import Job, State
from generation.models import RemoteJob, Step
from generation.scheduler import Lease

log = structlog.get_logger(__name__)
MOST_TENDED = 20  # jobs a call that the service is asked about
PATIENCE, PAUSE = 120.0, 1.0  # seconds for a database that went away after the service had said yes
T = TypeVar("T")


class StepJobs:
    """The jobs of the step that a worker holds (see `engines.remote.jobs.Jobs`)."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease

    def current(self) -> Job | None:
        row = RemoteJob.objects.filter(step_id=self._lease.step_id, state__in=RemoteJob.OPEN).first()
        return None if row is None else _job(row)

    def intend(self) -> Job:
        """Raises `LeaseLost` if the step is somebody else's by now: two workers never ask for one step."""
        with transaction.atomic():
            step = Step.objects.select_for_update(no_key=True).only("status", "attempt").get(pk=self._lease.step_id)
            if step.status != Step.Status.LEASED or step.attempt != self._lease.attempt:
                raise LeaseLost
            row = RemoteJob.objects.create(
                step=step, attempt=self._lease.attempt, service=service_card().name, asked_at=shared_now()
            )
        log.info("remote_intended", token=str(row.token))
        return _job(row)

    def submitted(self, job: Job, remote_id: str) -> Job:
        """The id must not be lost to a database that went away meanwhile: it is written as soon as that is back."""
        log.info("remote_submitted", token=job.token, remote=remote_id)
        states = (RemoteJob.State.INTENDED, RemoteJob.State.UNSURE)
        _patiently(lambda: self._move(job, states, RemoteJob.State.SUBMITTED, remote_id=remote_id))
        return Job(job.token, "submitted", job.asked_at, remote_id)

    def unsure(self, job: Job, why: str) -> None:
        log.warning("remote_unsure", token=job.token, why=why)
        _patiently(lambda: self._move(job, RemoteJob.OPEN, RemoteJob.State.UNSURE, why=why[:500]))

    def ended(self, job: Job, how: Literal["failed", "cancelled", "never"], why: str) -> None:
        log.info("remote_ended", token=job.token, how=how, why=why)
        states = (*RemoteJob.OPEN, RemoteJob.State.CANCELLING)
        _patiently(lambda: self._move(job, states, RemoteJob.State(how), why=why[:500], ended_at=shared_now()))

    def unwanted(self, job: Job) -> bool:
        return _unwanted(RemoteJob.objects.get(token=job.token))

    def age(self, job: Job) -> float:
        return (shared_now() - job.asked_at).total_seconds()

    def _move(self, job: Job, expect: tuple[str, ...], to: str, **also: object) -> bool:
        return move(RemoteJob.objects.get(token=job.token), expect=expect, to=to, field="state", **also)


def tend(service: Service | None = None) -> int:
    """Close jobs whose film is ours, note those that nobody wants any more, and cancel these at the service.

    Safe to run anywhere and at any time; returns how many jobs it moved. What the service does not answer is tried
    again, the one that has waited longest first.
    """
    moved = RemoteJob.objects.filter(state=RemoteJob.State.SUBMITTED, step__status=Step.Status.DONE).update(
        state=RemoteJob.State.DONE, ended_at=shared_now(), updated_at=shared_now()
    )
    states = (RemoteJob.State.INTENDED, RemoteJob.State.SUBMITTED)
    left = RemoteJob.objects.filter(state__in=states, step__status=Step.Status.CANCELLED).order_by("updated_at")
    moved += sum(_unwanted(row) for row in left[:MOST_TENDED])
    rows = list(RemoteJob.objects.filter(state=RemoteJob.State.CANCELLING).order_by("updated_at")[:MOST_TENDED])
    return moved + (_cancel_all(rows, service) if rows else 0)


def settle(*, job: RemoteJob, remote_id: str) -> None:
    """A person has looked: the service has it under `remote_id`, or ("") never received it. Raises `Conflict` if it is
    not unsure any more.
    """
    if remote_id:
        won = move(job, expect=RemoteJob.State.UNSURE, to=RemoteJob.State.SUBMITTED, field="state", remote_id=remote_id)
    else:
        now = shared_now()
        won = move(job, expect=RemoteJob.State.UNSURE, to=RemoteJob.State.NEVER, field="state", ended_at=now)
    if not won:
        raise Conflict("This job is not unsure any more.", code="job_settled", remedy="Load the page again.")


def _unwanted(row: RemoteJob) -> bool:
    """Under the step's lock: whoever wants it again waits, and finds the job gone."""
    with transaction.atomic():
        step = Step.objects.select_for_update(no_key=True).only("status").get(pk=row.step_id)
        if step.status != Step.Status.CANCELLED:
            return False
        return move(row, expect=RemoteJob.OPEN, to=RemoteJob.State.CANCELLING, field="state")


def _cancel_all(rows: list[RemoteJob], service: Service | None) -> int:
    try:
        at_hand = service or service_at_hand(service_card())
    except NoService:
        log.warning("remote_not_cancelled", jobs=len(rows), why="RW_REMOTE_URL is not set where the default queue runs")
        return 0
    moved = 0
    for row in rows:
        try:
            moved += _cancel(row, at_hand)
        except (Away, KeyRefused) as away:
            log.warning("remote_not_cancelled", token=str(row.token), why=repr(away))
            row.save(update_fields=["updated_at"])  # to the end of the line
    return moved


def _cancel(row: RemoteJob, service: Service) -> bool:
    remote_id = row.remote_id or (service.find(str(row.token)) if service.card.metadata else None)
    if remote_id:
        service.cancel(remote_id)
        also = {"remote_id": remote_id, "ended_at": shared_now(), "why": "nobody wants it any more"}
        return move(row, expect=RemoteJob.State.CANCELLING, to=RemoteJob.State.CANCELLED, field="state", **also)
    if not service.card.metadata:
        why = "nobody wants it any more, and nobody can say whether the service has it"
        return move(row, expect=RemoteJob.State.CANCELLING, to=RemoteJob.State.UNSURE, field="state", why=why)
    settles = max(service.card.settles_seconds, settings.LEASE_SECONDS)
    if (shared_now() - row.asked_at).total_seconds() < settles:
        row.save(update_fields=["updated_at"])
        return False
    also = {"ended_at": shared_now(), "why": "the service does not know it"}
    return move(row, expect=RemoteJob.State.CANCELLING, to=RemoteJob.State.NEVER, field="state", **also)


def _job(row: RemoteJob) -> Job:
    return Job(str(row.token), cast("State", row.state), row.asked_at, row.remote_id)


def _patiently(write: Callable[[], T]) -> T:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return write()
        except DATABASE_LOST as lost:
            if connection.in_atomic_block or time.monotonic() >= end:
                raise
            log.warning("remote_note_lost", error=repr(lost))
            connection.close()
            time.sleep(PAUSE)
