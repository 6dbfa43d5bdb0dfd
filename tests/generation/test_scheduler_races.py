"""Real threads on a real server: however many ask at once, each step is held by one and ends once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from generation import scheduler
from generation.models import Artifact, Render, Step, StepAttempt
from generation.services import render_cancel, render_request
from tests.builders import make_user
from tests.generation.tiny import QUEUES, asked, deliver, drain, install, long_story, take, written

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6


def at_once(*work: Callable[[], Any]) -> list[Any]:
    """Run each in a thread of its own, started together; returns what each returned, exceptions included."""
    barrier = Barrier(len(work))

    def one(job: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return job()
        except Exception as raised:
            return raised
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(one, work))


def claim_all() -> list[int]:
    taken = []
    while lease := scheduler.claim(queue="voice", worker="w", now=timezone.now(), lease_seconds=30):
        taken.append(lease.step_id)
    return taken


def test_many_claimers_take_each_step_once() -> None:
    asked(source=long_story(20))
    ready = set(Step.objects.filter(queue="voice", status="ready").values_list("pk", flat=True))
    taken = Counter(pk for found in at_once(*[claim_all] * THREADS) for pk in found)
    assert set(taken) == ready
    assert set(taken.values()) == {1}
    assert set(Step.objects.filter(pk__in=ready).values_list("attempt", flat=True)) == {1}


def test_many_reports_of_one_attempt_are_accepted_once() -> None:
    asked()
    lease = take()
    jobs = [lambda n=n: deliver(lease, prefix=f"artifacts/aa/{n}") for n in range(THREADS)]
    assert sorted(at_once(*jobs)) == [False] * (THREADS - 1) + [True]
    assert Artifact.objects.filter(key=lease.key).count() == 1
    assert StepAttempt.objects.filter(step_id=lease.step_id).count() == 1


def test_inputs_that_arrive_together_wake_their_step_exactly_once() -> None:
    """Every voice of a shot at the same instant: the count must reach zero, not one."""
    text = "INT. ROOM - DAY\n\nMARA waits.\n\n" + "".join(f"MARA\nNo, {n}.\n\n" for n in range(4))
    render = asked(source=text)
    leases = [take() for _ in range(Step.objects.filter(queue="voice", status="ready").count())]
    assert all(at_once(*[lambda lease=lease: deliver(lease) for lease in leases]))
    shots = Step.objects.filter(links__render=render, kind="shot")
    assert set(shots.values_list("status", "pending")) == {("ready", 0)}
    sound = Step.objects.get(links__render=render, kind="sound")
    assert sound.pending == shots.count()


def test_a_whole_render_by_many_workers_runs_every_step_once(monkeypatch) -> None:
    ran: list[str] = []
    install(monkeypatch, lambda kind, spec, ctx: ran.append(kind))
    render = asked(source=long_story(6))

    def work() -> None:
        for _ in range(400):
            render_now = Render.objects.get(pk=render.pk)
            if render_now.status == "done":
                return
            drain()

    assert at_once(*[work] * 4) == [None] * 4
    render.refresh_from_db()
    assert (render.status, render.percent) == ("done", 100)
    assert Counter(ran) == Counter(Step.objects.values_list("kind", flat=True))
    assert set(Step.objects.values_list("status", "attempt")) == {("done", 1)}
    seqs = list(render.events.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
    assert render.seq == seqs[-1]


def test_two_requests_at_once_share_every_step(monkeypatch) -> None:
    ran: list[str] = []
    install(monkeypatch, lambda kind, spec, ctx: ran.append(kind))
    episode = written()

    def ask() -> Render:
        return render_request(episode=episode, profile="animatic", by=None, now=timezone.now())

    renders = at_once(*[ask] * 4)
    assert {type(render) for render in renders} == {Render}
    drain()
    assert set(Render.objects.values_list("status", flat=True)) == {"done"}
    assert len(ran) == Step.objects.count()
    assert set(Step.objects.values_list("attempt", flat=True)) == {1}


def test_a_step_that_one_render_lets_go_while_another_asks_for_it_is_never_lost(monkeypatch) -> None:
    install(monkeypatch)
    episode, by = written(), make_user()
    for _ in range(4):
        Step.objects.filter(status="done").update(status="cancelled")
        Artifact.objects.all().delete()
        first = render_request(episode=episode, profile="animatic", by=None, now=timezone.now())
        cancelled, second = at_once(
            lambda first=first: render_cancel(render=first, by=by, now=timezone.now()),
            lambda: render_request(episode=episode, profile="animatic", by=None, now=timezone.now()),
        )
        assert cancelled.status == "cancelled"
        drain()
        second.refresh_from_db()
        assert second.status == "done"


def test_a_late_result_and_the_sweep_agree_on_who_was_first() -> None:
    for n in range(6):
        asked(source=f"INT. ROOM {n} - DAY\n\nMARA\nThis is number {n}.\n")
        lease = take()
        later = timezone.now() + timedelta(seconds=31)
        done, swept = at_once(lambda lease=lease: deliver(lease), lambda later=later: scheduler.sweep(now=later))
        row = Step.objects.get(pk=lease.step_id)
        assert done + swept.expired == 1
        assert row.status == ("done" if done else "ready")
        assert StepAttempt.objects.filter(step=row).count() == 1
        Step.objects.filter(queue__in=QUEUES, status="ready").update(status="cancelled")
