"""A worker's step from claim to report: faults are told apart, what comes late is deleted, nothing stays behind."""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from common.clock import shared_now
from common.errors import Invalid
from generation import context as context_module
from generation import runner, scheduler
from generation.budget import attempt_cost, rate, render_cost
from generation.models import Artifact, Render, Step, StepAttempt
from generation.runner import Cancelled, DeadlineExceeded, LeaseLost, StepContext, run_lease, run_next
from generation.services import render_cancel
from generation.steps import KINDS
from generation.tasks import run_steps, sweep
from media import storage
from media.storage import shelf
from tests.builders import make_user
from tests.generation.tiny import asked, drain, install, statuses, take

pytestmark = pytest.mark.django_db


class Clock:
    """A monotonic clock that a test turns."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def stored() -> set[str]:
    root = shelf().root
    return {path.relative_to(root).parent.as_posix() for path in root.rglob("*") if path.is_file()}


def test_every_stored_tree_belongs_to_an_accepted_artifact(monkeypatch) -> None:
    install(monkeypatch)
    asked()
    drain()
    assert stored() == set(Artifact.objects.values_list("prefix", flat=True))


def test_a_step_leaves_nothing_on_the_workers_disk(monkeypatch, tmp_path) -> None:
    install(monkeypatch)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    asked()
    drain()
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_result_that_comes_after_the_lease_was_lost_is_deleted(monkeypatch) -> None:
    def overtaken(kind, spec, ctx) -> None:
        ctx._next_beat += 1_000_000  # stopped, as by SIGSTOP: it asks nobody until it is done
        Step.objects.filter(status="leased").update(attempt=99)

    install(monkeypatch, overtaken)
    monkeypatch.setattr(StepContext, "check_now", lambda self: None)
    asked()
    lease = take()
    run_lease(lease)
    assert Artifact.objects.count() == 0
    assert stored() == set()
    assert Step.objects.get(pk=lease.step_id).status == "leased"


@pytest.mark.django_db(transaction=True)
def test_bytes_that_take_longer_than_a_lease_do_not_lose_it(monkeypatch, settings) -> None:
    """As to a bucket far away: the sweep looks while they are on their way."""
    settings.LEASE_SECONDS = 1
    quick = storage.put_tree

    def slow(*what: Any) -> Any:
        time.sleep(2.5)
        scheduler.sweep(now=timezone.now())
        return quick(*what)

    install(monkeypatch)
    asked()
    lease = scheduler.claim(queue="voice", worker="far away", now=timezone.now(), lease_seconds=1)
    assert lease is not None
    monkeypatch.setattr(storage, "put_tree", slow)
    run_lease(lease)
    assert Step.objects.get(pk=lease.step_id).status == "done"
    assert [row.outcome for row in StepAttempt.objects.all()] == ["done"]


def test_a_worker_learns_of_a_cancel_at_its_next_look_and_reports_nothing(monkeypatch) -> None:
    render_of: list[Render] = []

    def cancelled(kind, spec, ctx) -> None:
        render_cancel(render=render_of[0], by=make_user(), now=timezone.now())
        ctx._next_beat = 0.0
        ctx.check()
        raise AssertionError("it went on")

    install(monkeypatch, cancelled)
    render_of.append(asked())
    run_lease(take())
    assert set(statuses(render_of[0]).values()) == {"cancelled"}
    assert list(StepAttempt.objects.values_list("outcome", flat=True)) == ["cancelled"]
    assert drain() == 0


def test_a_check_asks_the_database_at_most_once_a_second(django_assert_num_queries, tmp_path) -> None:
    asked()
    clock = Clock()
    context = StepContext(take(), tmp_path, clock=clock)
    shared_now()  # the database's clock is asked once a minute: not in these seconds
    with django_assert_num_queries(3):
        for _ in range(250):  # 2.5 seconds of frames
            context.check()
            clock.now += 0.01


def test_a_check_says_what_happened_to_the_lease(tmp_path) -> None:
    render = asked()
    clock = Clock()
    lease = take()
    context = StepContext(lease, tmp_path, clock=clock)
    context.check()
    Step.objects.filter(pk=lease.step_id).update(attempt=7)
    clock.now += 1.1
    with pytest.raises(LeaseLost):
        context.check()
    Step.objects.filter(pk=lease.step_id).update(attempt=lease.attempt)
    render_cancel(render=render, by=make_user(), now=timezone.now())
    clock.now += 1.1
    with pytest.raises(Cancelled):
        context.check()


def test_a_step_that_takes_far_too_long_is_stopped(tmp_path) -> None:
    asked()
    clock = Clock()
    context = StepContext(take(), tmp_path, clock=clock)
    clock.now += context_module.DEADLINE_LEAST + 1
    with pytest.raises(DeadlineExceeded):
        context.check()


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (Invalid("no such voice", code="missing_voice"), "missing_voice", "failed"),
        (MemoryError("too big"), "step_error", "ready"),
        (OSError("disk full"), "step_error", "ready"),
        (DeadlineExceeded(), "deadline_exceeded", "ready"),
    ],
)
def test_a_refusal_is_final_and_a_fault_is_tried_again(monkeypatch, error, code, status) -> None:
    def broken(kind, spec, ctx) -> None:
        raise error

    install(monkeypatch, broken)
    asked()
    lease = take()
    run_lease(lease)
    assert Step.objects.get(pk=lease.step_id).status == status
    end = StepAttempt.objects.get()
    assert (end.outcome, end.error_code) == ("failed", code)
    assert stored() == set()


def test_a_poisonous_step_is_tried_so_often_and_then_parked_with_its_reason(monkeypatch, settings) -> None:
    settings.STEP_MAX_ATTEMPTS = 3
    tries: list[str] = []

    def poison(kind, spec, ctx) -> None:
        if kind == "sound":
            tries.append(kind)
            raise RuntimeError("cannot mix this")

    install(monkeypatch, poison)
    render = asked()
    for _ in range(5):
        drain()
        Step.objects.filter(status="ready").update(ready_at=timezone.now() - timedelta(seconds=1))
    assert tries == ["sound"] * 3
    render.refresh_from_db()
    assert (render.status, render.error_code) == ("failed", "step_error")
    sound = StepAttempt.objects.filter(step__kind="sound").order_by("-attempt")[0]
    assert render.error_message == f"Something went wrong on our side (reference {sound.step.key[:12]}-3)."
    assert "reference" in render.error_remedy
    assert sound.error_message == "RuntimeError: cannot mix this"  # for those who run the machines
    assert "cannot mix this" not in json.dumps(list(render.events.values_list("data", flat=True)))
    assert statuses(render)["sound"] == "failed"
    assert statuses(render)["package"] == "cancelled"
    kept = [status for label, status in statuses(render).items() if label not in ("sound", "join", "package")]
    assert set(kept) == {"done"}


def test_a_worker_that_is_stopped_gives_its_step_back(monkeypatch) -> None:
    def stopped(kind, spec, ctx) -> None:
        raise SystemExit(0)

    install(monkeypatch, stopped)
    asked()
    with pytest.raises(SystemExit):
        run_next(queue="voice", worker="w")
    assert Step.objects.filter(status="leased").count() == 0
    assert Step.objects.filter(tries__gt=0).count() == 0


def test_the_task_runs_its_queue_dry_and_the_sweep_task_sweeps(monkeypatch, settings) -> None:
    install(monkeypatch)
    asked()
    voices = Step.objects.filter(queue="voice")
    run_steps(serve="voice")
    assert set(voices.values_list("status", flat=True)) == {"done"}
    lease = take("render")
    Step.objects.filter(pk=lease.step_id).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    settings.LEASE_SECONDS = 0  # a database that has just been started gives everybody a lease's time
    sweep()
    assert Step.objects.get(pk=lease.step_id).status == "ready"


def test_a_shift_ends_although_there_is_more_to_do(monkeypatch) -> None:
    install(monkeypatch)
    asked()
    assert runner.run_shift(queue="voice", worker="w", seconds=0) is True
    assert Step.objects.filter(queue="voice", status="done").count() == 1
    assert runner.run_shift(queue="voice", worker="w") is False


def test_no_step_stands_in_line_with_payments_and_the_sweep() -> None:
    assert {kind.queue for kind in KINDS.values()} == {"voice", "render", "encode", "gpu", "remote"}


def test_what_a_step_is_given_is_what_its_needs_left(monkeypatch) -> None:
    install(monkeypatch)
    seen: list[tuple[set[str], set[str]]] = []
    shot = KINDS["shot"].run

    def spy(spec, inputs, out: Path, ctx):
        files = {path.name for given in inputs.values() for path in given.folder.iterdir()}
        seen.append((set(inputs), files))
        return shot(spec, inputs, out, ctx)

    monkeypatch.setitem(KINDS, "shot", replace(KINDS["shot"], run=spy))
    asked(source="INT. ROOM - DAY\n\nMARA waits.\n\nMARA\nNo.\n")
    drain()
    assert ({"voice:0"}, {"made.json"}) in seen
    assert all(names == set() or files == {"made.json"} for names, files in seen)


def test_an_attempt_costs_what_its_queue_costs_a_second(monkeypatch) -> None:
    now = timezone.now()
    assert attempt_cost(queue="render", started_at=now, ended_at=now + timedelta(seconds=10)) == 140
    assert attempt_cost(queue="render", started_at=now, ended_at=now - timedelta(seconds=1)) == 0
    render = asked()
    lease = take()
    later = timezone.now() + timedelta(seconds=100)
    scheduler.report_failure(lease=lease, failure=scheduler.Failure("x", "broken", "", retryable=True), now=later)
    cost = render_cost(render)
    assert cost["used"] == 0
    assert abs(cost["wasted"] - 100 * rate("voice")) <= rate("voice")
