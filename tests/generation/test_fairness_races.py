"""Real threads and transactions: nobody is told 'nothing' for another's lock, nothing that becomes ready is lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import pytest
from celery import current_app
from django.db import connection, transaction

from generation import scheduler
from generation.models import Step
from generation.scheduler import Lease, bells, heads
from generation.scheduler.sweep import RING
from tests.generation.shares import FINAL, PREVIEW, QUEUE, claim, head, steps, studio

pytestmark = pytest.mark.django_db(transaction=True)


def closing(job: Callable[[], Any]) -> Any:
    try:
        return job()
    finally:
        connection.close()


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """Each in a thread of its own, started at once; what each returned."""
    barrier = Barrier(len(jobs))

    def one(job: Callable[[], Any]) -> Any:
        barrier.wait()
        return closing(job)

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(one, jobs))


def within(seconds: float, true: Callable[[], bool]) -> bool:
    """Whether it comes true before the time is over."""
    end = time.monotonic() + seconds
    while not (happened := true()) and time.monotonic() < end:
        time.sleep(0.005)
    return happened


def test_two_that_claim_for_one_creator_both_get_a_step() -> None:
    creator = studio()
    for _ in range(10):
        steps(creator, 2)
        leases = together(claim, claim)
        assert None not in leases
        assert leases[0].step_id != leases[1].step_id


def test_a_claim_that_is_not_yet_committed_hides_nothing_from_the_next() -> None:
    creator = studio()
    steps(creator, 2)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first = claim()
            second = pool.submit(closing, claim)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)  # has its step, and waits to be charged after the first
        lease = second.result(timeout=5)
    assert first is not None
    assert lease is not None
    assert lease.step_id != first.step_id
    assert head(creator).served == 2.0


def test_a_claim_that_is_undone_gives_the_turn_back() -> None:
    creator = studio()
    steps(creator)
    with transaction.atomic():
        assert claim() is not None
        transaction.set_rollback(True)
    assert head(creator).served == 0.0
    assert claim() is not None


def test_a_step_whose_lock_another_holds_for_a_moment_is_waited_for_a_moment() -> None:
    [step] = steps(studio())
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Step.objects.select_for_update(no_key=True).get(pk=step.pk)
            late = pool.submit(closing, claim)
            with pytest.raises(TimeoutError):
                late.result(timeout=0.01)
        assert late.result(timeout=5) is not None


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_a_limit_holds_for_many_that_claim_at_once_in_both_lanes(limit: int) -> None:
    creator = studio(max_running=limit)
    steps(creator, 6, lane=PREVIEW)
    steps(creator, 6, lane=FINAL)
    Step.objects.filter(lane=PREVIEW).update(lane=FINAL)  # so that claims are spread over both heads
    steps(creator, 1, lane=PREVIEW)
    leases = together(*[claim] * 8)
    assert sum(lease is not None for lease in leases) == limit
    assert Step.objects.filter(creator=creator, status="leased").count() == limit


@pytest.mark.parametrize("rung", [False, True])
def test_a_step_that_becomes_ready_just_while_a_claimer_finds_nothing_is_not_lost(rung: bool, monkeypatch) -> None:
    """The claimer looks between the change of the step and its commit, before or after the bell. Nobody sweeps."""
    monkeypatch.setattr(heads, "wake", lambda **_: 0)
    creator = studio()
    [step] = steps(creator)
    Step.objects.update(status="blocked", pending=1, ready_at=None)
    looked = Event()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), bells.silence():
            Step.objects.update(status="ready", pending=0, ready_at=step.ready_at)
            if rung:
                bells.ready([(creator.pk, QUEUE, FINAL)])
            found = pool.submit(closing, lambda: (claim(), looked.set())[0])
            assert looked.wait(5)
            if not rung:
                bells.ready([(creator.pk, QUEUE, FINAL)])
        assert found.result() is None
    assert head(creator).active
    assert claim().step_id == step.pk


def test_whoever_comes_after_the_bell_finds_the_step_while_others_put_heads_to_rest(monkeypatch) -> None:
    """The bell alone must do it: no repair helps. Idle claimers look all the time, and each finds nothing mostly."""
    monkeypatch.setattr(heads, "wake", lambda **_: 0)
    creators = [studio() for _ in range(3)]
    over, taken = Event(), []

    def idle() -> None:
        while not over.is_set():
            note(claim())

    def note(lease: Lease | None) -> None:
        if lease:
            taken.append(lease.step_id)

    def make() -> list[int]:
        lost = []
        try:
            for n in range(60):
                [step] = steps(creators[n % 3])
                note(claim())
                if not within(2.0, lambda pk=step.pk: Step.objects.filter(pk=pk, status="leased").exists()):
                    lost.append(step.pk)  # its head rests, or somebody would have come by now
        finally:
            over.set()
        return lost

    lost, *_ = together(make, idle, idle, idle)
    assert lost == []
    assert sorted(taken) == sorted(Step.objects.filter(status="leased").values_list("pk", flat=True))
    assert len(taken) == len(set(taken)) == 60


def test_claims_results_and_repairs_of_many_never_deadlock() -> None:
    creators = [studio() for _ in range(3)]
    for creator in creators:
        for lane in (PREVIEW, FINAL):
            steps(creator, 12, lane=lane, seconds=0.5)

    def work() -> int:
        done = 0
        while lease := claim():
            with bells.silence():
                done += scheduler.give_back(lease=lease, now=Step.objects.get(pk=lease.step_id).leased_at)
                Step.objects.filter(pk=lease.step_id, status="ready").update(status="cancelled")
        return done

    def repair() -> None:
        for _ in range(30):
            with transaction.atomic(), bells.silence():
                bells.ready((creator.pk, QUEUE, lane) for lane in (FINAL, PREVIEW) for creator in reversed(creators))

    counts = together(work, work, work, work, repair, repair)
    assert sum(count or 0 for count in counts) >= 72
    assert not Step.objects.filter(status__in=["ready", "leased"]).exists()


@pytest.fixture
def unheard() -> Iterator[Callable[[], int]]:
    """How many bells wait at the real broker for the queue of these tests."""
    with current_app.connection_for_read() as line:
        client = line.default_channel.client
        client.delete(QUEUE)
        yield lambda: int(client.llen(QUEUE))
        client.delete(QUEUE)


def test_however_much_becomes_ready_no_more_bells_wait_than_could_wake_anybody(unheard: Callable[[], int]) -> None:
    creator = studio()
    for _ in range(3):
        bells.ready([(creator.pk, QUEUE, FINAL)])
    assert unheard() == 3
    bells.ready([(creator.pk, QUEUE, FINAL)] * 10_000)
    assert unheard() == 3 + bells.MOST
    for _ in range(20):
        bells.ready([(creator.pk, QUEUE, FINAL)] * 100)
    assert unheard() == bells.FULL


def test_a_sweep_does_not_add_to_bells_that_nobody_hears(unheard: Callable[[], int]) -> None:
    for _ in range(3):
        bells.ring_queues([QUEUE] * RING, full=RING)
    assert unheard() == RING == 2
