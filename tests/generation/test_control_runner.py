"""A worker is freed soon, burns no try on a full disk or a silent store, and keeps its result for a database away."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from common import clock
from common.clock import shared_now
from generation import runner, scheduler
from generation.context import Cancelled, StepContext
from generation.models import Artifact, Step, StepAttempt
from generation.runner import run_lease, run_next
from generation.scheduler import control
from media import patience
from media.errors import StoreFault
from media.shelves import CHUNK, LocalShelf, Put
from tests.generation.test_runner import stored
from tests.generation.tiny import asked, drain, install, take

pytestmark = pytest.mark.django_db
real = timezone.now


@pytest.fixture(autouse=True)
def awake() -> Iterator[None]:
    runner.wake()
    yield
    runner.wake()
    clock.forget()


@pytest.mark.parametrize(
    ("fault", "code", "seconds"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk_full", 60),
        (StoreFault("The bucket does not answer."), "store_unavailable", 15),
    ],
)
def test_a_full_disk_and_a_silent_store_burn_no_try_and_the_worker_rests(monkeypatch, fault, code, seconds) -> None:
    faults = [fault]

    def broken(kind: str, spec: Any, ctx: Any) -> None:
        if faults:
            raise faults.pop()

    install(monkeypatch, broken)
    asked()
    assert run_next(queue="voice", worker="w")
    end = StepAttempt.objects.get()
    assert (end.outcome, end.error_code) == ("failed", code)
    row = Step.objects.get(pk=end.step_id)
    assert (row.status, row.tries) == ("ready", 0)
    assert not run_next(queue="voice", worker="w")  # it leaves the steps to others
    moment = time.monotonic()
    monkeypatch.setattr(runner.time, "monotonic", lambda: moment + seconds + 1)
    assert run_next(queue="voice", worker="w")
    assert Step.objects.get(pk=end.step_id).status == "done"


def test_a_worker_without_room_claims_nothing(monkeypatch, settings) -> None:
    install(monkeypatch)
    asked()
    settings.MIN_FREE_BYTES = 1 << 60
    assert drain() == 0
    assert Step.objects.filter(attempt__gt=0).count() == 0
    settings.MIN_FREE_BYTES = 0
    runner.wake()
    assert drain() > 0


def test_bytes_on_their_way_are_called_off_between_two_pieces(monkeypatch) -> None:
    """A cancel during a put: the rest is not written, and what was put is deleted."""

    def big(kind: str, spec: Any, ctx: Any) -> None:
        for n in range(4):
            (ctx.workdir.parent / "out" / f"{n}.bin").write_bytes(b"x" * (2 * CHUNK))

    install(monkeypatch, big)
    render = asked()
    lease = take()
    pieces: list[int] = []
    real = patience.look

    def cancelling() -> None:
        pieces.append(1)
        if len(pieces) == 3:
            control.render_cancel(render=render, now=timezone.now())
            contexts[0]._next_beat = 0.0
        real()

    contexts: list[StepContext] = []
    begin = StepContext.__init__

    def noted(self: StepContext, *args: Any, **more: Any) -> None:
        begin(self, *args, **more)
        contexts.append(self)

    monkeypatch.setattr(StepContext, "__init__", noted)
    monkeypatch.setattr("media.shelves.look", cancelling)
    run_lease(lease)
    assert len(pieces) == 3
    assert stored() == set()
    assert [end.outcome for end in StepAttempt.objects.all()] == ["cancelled"]


def test_a_transfer_that_other_threads_carry_out_is_called_off_too() -> None:
    class Never:
        def done(self) -> bool:
            return False

    looks: list[int] = []

    def unwanted() -> None:
        looks.append(1)
        if len(looks) == 3:
            raise Cancelled

    with pytest.raises(Cancelled), patience.while_wanted(unwanted):
        patience.result_of(Never())
    assert len(looks) == 3


def test_nobody_is_asked_outside_of_a_step(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"bytes")
    shelf = LocalShelf(tmp_path / "shelf")
    with patience.while_wanted(lambda: None):
        pass
    shelf.put_files([Put(tmp_path / "a", "x/a", "text/plain")])
    assert shelf.read_bytes("x/a") == b"bytes"


def test_a_heartbeat_that_the_database_does_not_hear_stops_no_step(monkeypatch, tmp_path) -> None:
    asked()
    context = StepContext(take(), tmp_path)
    context.check_now()

    def away(**_: Any) -> None:
        raise OperationalError("the database is restarting")

    monkeypatch.setattr(scheduler, "heartbeat", away)
    context.check_now()
    assert context.render_uids() != []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("arrived", [False, True])
def test_a_result_is_handed_in_again_when_the_database_is_back_and_is_accepted_once(monkeypatch, arrived) -> None:
    """Whether the first report had been committed when the connection broke, or not."""
    install(monkeypatch)
    monkeypatch.setattr(runner, "REPORT_PAUSE", 0.01)
    complete, calls = scheduler.complete, []

    def breaking(**report: Any) -> bool:
        calls.append(1)
        if len(calls) > 1:
            return complete(**report)
        if arrived:
            complete(**report)
        raise OperationalError("server closed the connection unexpectedly")

    asked()
    lease = take()
    monkeypatch.setattr(scheduler, "complete", breaking)
    run_lease(lease)
    assert len(calls) == 2
    assert Step.objects.get(pk=lease.step_id).status == "done"
    assert stored() == set(Artifact.objects.values_list("prefix", flat=True))
    assert [end.outcome for end in StepAttempt.objects.all()] == ["done"]


def test_what_is_stored_is_not_thrown_away_when_a_report_may_have_arrived(monkeypatch) -> None:
    def away(**_: Any) -> bool:
        raise OperationalError("gone")

    install(monkeypatch)
    asked()
    lease = take()
    monkeypatch.setattr(scheduler, "complete", away)
    run_lease(lease)  # inside a test's transaction it is not repeated
    assert len(stored()) == 1
    assert Step.objects.get(pk=lease.step_id).status == "ready"


def test_hosts_share_the_databases_clock_and_ask_for_it_seldom(monkeypatch, django_assert_num_queries) -> None:
    clock.forget()
    with django_assert_num_queries(1):
        assert abs(shared_now() - timezone.now()) < timedelta(seconds=1)
        shared_now()
    monkeypatch.setattr(clock.timezone, "now", lambda: real() - timedelta(hours=1))
    clock.forget()
    assert abs(shared_now() - real()) < timedelta(seconds=5)


def test_a_host_whose_clock_is_wrong_takes_no_lease_away(monkeypatch) -> None:
    install(monkeypatch)
    asked()
    lease = take()
    monkeypatch.setattr(clock.timezone, "now", lambda: real() + timedelta(hours=1))
    clock.forget()
    assert scheduler.sweep(now=shared_now()).expired == 0
    assert Step.objects.get(pk=lease.step_id).status == "leased"
