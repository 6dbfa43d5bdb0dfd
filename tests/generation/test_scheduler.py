"""Steps are claimed, kept, ended and found again; whoever comes late changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from generation import scheduler
from generation.fleet import claim_buffers
from generation.models import Artifact, Render, Step, StepAttempt
from generation.scheduler import Beat, Failure
from tests.generation.tiny import asked, deliver, drain, install, statuses, step, take

pytestmark = pytest.mark.django_db
BROKEN = Failure("step_error", "it broke", "try again", retryable=True)
HOPELESS = Failure("missing_voice", "no such voice", "choose another", retryable=False)


def in_seconds(seconds: float):
    return timezone.now() + timedelta(seconds=seconds)


def test_a_claim_takes_the_oldest_step_of_the_lane_and_the_render_runs() -> None:
    render = asked()
    lease = take()
    assert (lease.kind, lease.attempt, lease.queue) == ("voice", 1, "voice")
    row = Step.objects.get(pk=lease.step_id)
    assert (row.status, row.worker, row.tries) == ("leased", "tests", 1)
    assert Step.objects.filter(queue="voice", status="ready", pk__lt=lease.step_id).count() == 0
    render.refresh_from_db()
    assert render.status == "running"
    assert render.started_at is not None


def test_a_preview_goes_before_an_older_final() -> None:
    asked()
    Step.objects.update(lane=Step.Lane.FINAL)
    preview = asked()
    assert take().key in set(preview.links.values_list("step__key", flat=True))


def test_a_queue_gives_only_its_own_steps_and_none_before_its_time() -> None:
    asked()
    now = timezone.now()
    assert scheduler.claim(queue="encode", worker="w", now=now, lease_seconds=30) is None
    Step.objects.filter(queue="voice").update(ready_at=in_seconds(60))
    assert scheduler.claim(queue="voice", worker="w", now=now, lease_seconds=30) is None
    assert take(late=61).kind == "voice"


def test_a_result_wakes_who_waited_for_it_alone() -> None:
    render = asked()
    waiting = {label for label, status in statuses(render).items() if status == "blocked"}
    lease = take()
    assert deliver(lease)
    label = render.links.get(step_id=lease.step_id).label
    shot = f"shot {label.split()[1].split('.')[0]}"
    row = step(render, shot)
    assert (row.status, row.pending) == ("ready", 0)
    assert {label for label, status in statuses(render).items() if status == "blocked"} == waiting - {shot}
    artifact = Artifact.objects.get(creator_id=render.creator_id, key=lease.key)
    assert artifact.size_bytes == 2


def test_a_second_report_of_the_same_attempt_changes_nothing() -> None:
    render = asked()
    lease = take()
    assert deliver(lease)
    before = statuses(render), StepAttempt.objects.count(), render.events.count()
    assert not deliver(lease, prefix="artifacts/bb/other")
    assert not scheduler.report_failure(lease=lease, failure=BROKEN, now=timezone.now())
    assert (statuses(render), StepAttempt.objects.count(), render.events.count()) == before
    assert not Artifact.objects.filter(prefix="artifacts/bb/other").exists()


def test_a_worker_that_lost_its_lease_reports_too_late() -> None:
    render = asked()
    slow = take()
    assert scheduler.sweep(now=in_seconds(31)).expired == 1
    fast = take(worker="other", late=32)
    assert (fast.step_id, fast.attempt) == (slow.step_id, slow.attempt + 1)
    assert scheduler.heartbeat(lease=slow, now=timezone.now(), lease_seconds=30).beat is Beat.LOST
    assert not deliver(slow)
    assert not scheduler.report_failure(lease=slow, failure=HOPELESS, now=timezone.now())
    assert Step.objects.get(pk=fast.step_id).status == "leased"
    assert deliver(fast)
    ends = StepAttempt.objects.filter(step_id=fast.step_id).order_by("attempt").values_list("attempt", "outcome")
    assert list(ends) == [(1, "lost"), (2, "done")]
    assert Artifact.objects.filter(creator_id=render.creator_id, key=fast.key).count() == 1


def test_a_heartbeat_keeps_the_lease_and_raises_the_percentage() -> None:
    render = asked()
    lease = take()
    pulse = scheduler.heartbeat(lease=lease, now=in_seconds(20), lease_seconds=30, fraction=0.5)
    assert pulse.beat is Beat.HELD
    [(uid, percent)] = pulse.renders
    render.refresh_from_db()
    assert uid == render.uid
    assert 0 < percent == render.percent
    assert scheduler.sweep(now=in_seconds(31)).expired == 0
    assert scheduler.sweep(now=in_seconds(51)).expired == 1
    render.refresh_from_db()
    assert render.percent == percent


def test_a_failure_that_may_pass_waits_longer_each_time_and_parks_at_the_last_try(settings) -> None:
    settings.STEP_MAX_ATTEMPTS = 3
    render = asked()
    waits, late = [], 0.0
    first = take()
    Step.objects.filter(queue="voice").exclude(pk=first.step_id).update(ready_at=in_seconds(1_000_000))
    lease = first
    for _ in range(2):
        now = in_seconds(late)
        assert scheduler.report_failure(lease=lease, failure=BROKEN, now=now)
        row = Step.objects.get(pk=first.step_id)
        assert row.status == "ready"
        waits.append((row.ready_at - now).total_seconds())
        late += waits[-1] + 1
        lease = take(late=late)
    assert waits == [2.0, 4.0]
    assert scheduler.report_failure(lease=lease, failure=BROKEN, now=in_seconds(late))
    row = Step.objects.get(pk=first.step_id)
    assert (row.status, row.error_code, row.error_remedy) == ("failed", "step_error", "try again")
    render.refresh_from_db()
    assert (render.status, render.error_code, render.error_message) == ("failed", "step_error", "it broke")
    assert set(statuses(render).values()) == {"failed", "cancelled"}
    assert [end.outcome for end in StepAttempt.objects.filter(step=row).order_by("attempt")] == ["failed"] * 3
    last = render.events.order_by("-seq")[0]
    assert (last.kind, last.data["status"], last.data["error"]["remedy"]) == ("failed", "failed", "try again")


def test_a_failure_that_cannot_pass_parks_at_once_and_stops_what_runs_beside_it() -> None:
    render = asked()
    lease, beside = take(), take()
    assert scheduler.report_failure(lease=lease, failure=HOPELESS, now=timezone.now())
    render.refresh_from_db()
    assert (render.status, render.error_code) == ("failed", "missing_voice")
    assert scheduler.heartbeat(lease=beside, now=timezone.now(), lease_seconds=30).beat is Beat.CANCELLED
    assert not deliver(beside)
    assert StepAttempt.objects.get(step_id=beside.step_id).outcome == "cancelled"


def test_a_step_that_kills_its_workers_is_parked(settings) -> None:
    settings.STEP_MAX_ATTEMPTS = 2
    render = asked()
    lease = take()
    Step.objects.filter(queue="voice").exclude(pk=lease.step_id).update(ready_at=in_seconds(1_000_000))
    scheduler.sweep(now=in_seconds(31))
    take(late=32)
    assert scheduler.sweep(now=in_seconds(63)).expired == 1
    render.refresh_from_db()
    assert (render.status, render.error_code) == ("failed", "worker_lost")
    assert Step.objects.get(pk=lease.step_id).status == "failed"
    assert [end.outcome for end in StepAttempt.objects.order_by("attempt")] == ["lost", "lost"]


def test_a_worker_that_is_told_to_stop_gives_the_step_back_and_the_try_does_not_count() -> None:
    asked()
    lease = take()
    assert scheduler.give_back(lease=lease, now=timezone.now())
    row = Step.objects.get(pk=lease.step_id)
    assert (row.status, row.tries, row.attempt) == ("ready", 0, 1)
    assert not deliver(lease)


def test_the_sweep_rings_for_ready_steps_that_nobody_fetched_and_only_their_queues() -> None:
    asked()
    assert scheduler.sweep(now=timezone.now()).rung == ()
    assert scheduler.sweep(now=in_seconds(5)).rung == ("render", "voice")  # voices, and a shot without words
    Step.objects.filter(status="ready", queue="render").update(ready_at=in_seconds(60))
    assert scheduler.sweep(now=in_seconds(5)).rung == ("voice",)


def test_the_sweep_finishes_a_render_whose_package_is_there(monkeypatch) -> None:
    install(monkeypatch)
    render = asked()
    drain()
    render.refresh_from_db()
    assert render.status == "done"
    Render.objects.filter(pk=render.pk).update(status="running", percent=99, master=None, finished_at=None)
    assert scheduler.sweep(now=timezone.now()).finished == 1
    render.refresh_from_db()
    assert (render.status, render.percent) == ("done", 100)
    assert render.episode.masters.count() == 1


def test_the_history_of_attempts_cannot_be_changed() -> None:
    asked()
    deliver(take())
    for change in (lambda rows: rows.update(cost_micros=0), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="history"), transaction.atomic():
            change(StepAttempt.objects.all())
    assert StepAttempt.objects.count() == 1


def test_a_cheap_claim_asks_few_questions(django_assert_num_queries) -> None:
    asked()
    take()
    with django_assert_num_queries(3):  # the choice with its charge, and the savepoint round it
        take()


def test_claiming_reads_the_same_few_pages_however_long_the_queue_is() -> None:
    """Up to 100,000 steps: tests/generation/test_fairness_fleet.py."""
    asked()
    creator = Step.objects.filter(queue="voice", status="ready")[0].creator_id
    _queue_up(creator, range(1_000))
    few = _pages()
    _queue_up(creator, range(1_000, 6_000))
    assert _pages() <= 1.2 * few


def _queue_up(creator: int, numbers: range) -> None:
    Step.objects.bulk_create(
        Step(creator_id=creator, key=f"{n:064d}", kind="voice", queue="voice", spec={}, status="ready",
             estimated_seconds=1, ready_at=timezone.now())
        for n in numbers
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE generation_step")


def _pages() -> int:
    return claim_buffers(queue="voice", now=timezone.now())
