"""What nobody wants any more is cancelled at the service; two workers never ask for one film."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from common.clock import shared_now
from generation import remote, scheduler
from generation.context import LeaseLost, StepContext
from generation.engines.remote.cards import service_card
from generation.engines.remote.client import Service
from generation.models import RemoteJob, Render, Step
from tests.remote.world import asked, footage, jobs_made, once, states
from tests.twins.videos import Videos

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("twin")]


def _cancel_when_waiting(monkeypatch: pytest.MonkeyPatch, render: Render) -> None:
    """The render is cancelled as soon as its film is asked for."""
    plain = StepContext.check

    def check(self: StepContext) -> None:
        self._next_beat = 0.0  # asks the database whatever the time
        if RemoteJob.objects.filter(state="submitted").exists():
            scheduler.cancel_render(render=Render.objects.get(pk=render.pk), now=shared_now())
        plain(self)

    monkeypatch.setattr(StepContext, "check", check)


def test_cancelling_a_render_cancels_its_job_at_the_service(twin: Videos, monkeypatch: pytest.MonkeyPatch) -> None:
    twin.takes = 60
    render = asked()
    _cancel_when_waiting(monkeypatch, render)
    assert once()
    assert footage(render).status == Step.Status.CANCELLED
    assert [job.status for job in twin.jobs.values()] == ["cancelled"]
    assert states() == ["cancelled"]


def test_a_cancel_that_the_service_does_not_hear_is_said_again_later(
    twin: Videos, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin.takes, twin.faults = 60, ["cancel:500", "cancel:500"]
    render = asked()
    _cancel_when_waiting(monkeypatch, render)
    assert once()
    assert states() == ["cancelling"]
    service = Service(service_card(), twin.url, twin.key)
    assert (remote.tend(service), states()) == (0, ["cancelling"])
    assert (remote.tend(service), states()) == (1, ["cancelled"])
    assert [job.status for job in twin.jobs.values()] == ["cancelled"]


def _dead_worker(state: str, **also: str) -> tuple[Render, RemoteJob]:
    """A job whose worker has vanished: the step is leased, the row says how far it came."""
    render = asked()
    lease = scheduler.claim(queue="remote", worker="dead", now=shared_now(), lease_seconds=30)
    assert lease is not None
    job = RemoteJob.objects.create(
        step_id=lease.step_id, attempt=lease.attempt, service="twin", state=state, asked_at=shared_now(), **also
    )
    return render, job


def test_what_a_dead_worker_had_asked_for_is_cancelled_when_nobody_wants_it(twin: Videos) -> None:
    form = {"seconds": "2", "seed": "1"}
    theirs = twin.take(form, b"", "t")
    render, _ = _dead_worker("submitted", remote_id=theirs.remote_id)
    scheduler.cancel_render(render=render, now=shared_now())
    assert remote.tend() == 2  # noted, then cancelled
    assert (theirs.status, states()) == ("cancelled", ["cancelled"])


def test_a_stale_worker_can_ask_for_nothing(twin: Videos) -> None:
    asked()
    lease = scheduler.claim(queue="remote", worker="one", now=shared_now(), lease_seconds=0.001)
    assert lease is not None
    scheduler.sweep(now=shared_now() + timedelta(hours=1))
    with pytest.raises(LeaseLost):
        remote.StepJobs(lease).intend()
    assert (states(), jobs_made(twin)) == ([], 0)


def test_two_jobs_of_one_step_are_never_open_at_once() -> None:
    _, job = _dead_worker("intended")
    with pytest.raises(IntegrityError, match="one_open_job_per_step"), transaction.atomic():
        RemoteJob.objects.create(step_id=job.step_id, attempt=2, service="twin", asked_at=shared_now())
    assert states() == ["intended"]
