"""Renders are paused, resumed, retried and cancelled; what several share goes on as long as one of them wants it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from common.errors import Conflict
from generation import scheduler
from generation.models import Artifact, Render, Step, StepAttempt
from generation.scheduler import Beat, Failure, control
from generation.services import render_request
from tests.generation.tiny import (
    asked,
    deliver,
    drain,
    request_for,
    statuses,
    take,
    written,
)

pytestmark = pytest.mark.django_db
HOPELESS = Failure("missing_voice", "no such voice", "choose another", retryable=False)
BROKEN = Failure("step_error", "it broke", "try again", retryable=True)


def now():
    return timezone.now()


def pause(render: Render) -> Render:
    return control.render_pause(render=render, now=now())


def resume(render: Render) -> Render:
    return control.render_resume(render=render, now=now())


def retry(render: Render) -> Render:
    return control.render_retry(render=render, now=now())


def cancel(render: Render) -> Render:
    return control.render_cancel(render=render, now=now())


def kinds(render: Render) -> list[str]:
    return list(render.events.order_by("seq").values_list("kind", flat=True))


def fail(render: Render) -> Render:
    """A step of it is parked, and the render fails with it."""
    assert scheduler.report_failure(lease=take(), failure=HOPELESS, now=now())
    render.refresh_from_db()
    assert render.status == "failed"
    return render


def test_a_paused_render_starts_nothing_and_what_runs_is_finished(tiny) -> None:
    render = asked()
    lease = take()
    paused = pause(render)
    assert (paused.status, paused.pause_reason) == ("paused", "creator")
    assert set(statuses(render).values()) == {"leased", "paused"}
    assert drain() == 0
    assert deliver(lease)
    assert Step.objects.get(pk=lease.step_id).status == "done"
    assert drain() == 0  # nor what waited for it alone
    shot = render.links.get(step_id=lease.step_id).shot
    waiting = render.links.get(step__kind="shot", shot=shot).step
    assert (waiting.status, waiting.pending) == ("paused", 0)


def test_a_resumed_render_ends_as_if_it_had_never_waited(tiny) -> None:
    render = asked()
    drain(queues=("voice",))
    before = round(pause(render).percent, 1)
    resumed = resume(render)
    assert (resumed.status, resumed.pause_reason) == ("queued", "")
    drain()
    render.refresh_from_db()
    assert (render.status, render.percent) == ("done", 100)
    assert set(Step.objects.values_list("attempt", flat=True)) == {1}
    percents = [event.data["percent"] for event in render.events.order_by("seq")]
    assert percents == sorted(percents)
    assert before in percents
    assert [kind for kind in kinds(render) if kind != "step"] == [
        "queued", "running", "paused", "resumed", "running", "done"
    ]
    assert list(render.events.order_by("seq").values_list("seq", flat=True)) == list(range(1, render.seq + 1))


def test_a_render_whose_step_still_runs_is_running_when_it_is_resumed() -> None:
    render = asked()
    take()
    pause(render)
    assert resume(render).status == "running"


def test_a_step_that_fails_while_its_render_is_paused_waits_with_it() -> None:
    render = asked()
    lease = take()
    pause(render)
    assert scheduler.report_failure(lease=lease, failure=BROKEN, now=now())
    row = Step.objects.get(pk=lease.step_id)
    assert (row.status, row.ready_at, row.tries) == ("paused", None, 1)
    assert scheduler.sweep(now=now() + timedelta(hours=1)).expired == 0
    assert drain() == 0
    resume(render)
    assert Step.objects.get(pk=lease.step_id).status == "ready"


def test_a_step_that_is_parked_while_its_render_is_paused_is_tried_again_when_it_goes_on(tiny) -> None:
    render = asked()
    lease = take()
    pause(render)
    assert scheduler.report_failure(lease=lease, failure=HOPELESS, now=now())
    render.refresh_from_db()
    assert render.status == "paused"
    assert Step.objects.get(pk=lease.step_id).status == "failed"
    resume(render)
    drain()
    render.refresh_from_db()
    assert render.status == "done"


def test_what_another_live_render_wants_goes_on_while_one_is_paused(tiny) -> None:
    episode = written()
    paused, live = request_for(episode), request_for(episode)
    pause(paused)
    drain()
    paused.refresh_from_db()
    live.refresh_from_db()
    assert live.status == "done"
    assert (paused.status, paused.pause_reason) == ("done", "")  # it is all there: nothing is left to wait for


def test_what_only_a_paused_render_wants_is_not_cancelled_with_another() -> None:
    episode = written()
    waiting, other = request_for(episode), request_for(episode)
    pause(waiting)
    cancel(other)
    assert set(statuses(waiting).values()) == {"paused"}
    cancel(waiting)
    assert set(statuses(waiting).values()) == {"cancelled"}


def test_a_failure_leaves_a_paused_render_waiting_and_its_steps_paused() -> None:
    episode = written()
    waiting, live = request_for(episode), request_for(episode)
    pause(waiting)
    fail(live)
    waiting.refresh_from_db()
    assert waiting.status == "paused"
    assert set(statuses(waiting).values()) == {"failed", "paused"}


def test_a_render_that_asks_for_a_paused_step_wakes_it(tiny) -> None:
    episode = written()
    pause(request_for(episode))
    again = request_for(episode)
    assert {"ready", "blocked"} == set(statuses(again).values())
    drain()
    assert set(Render.objects.values_list("status", flat=True)) == {"done"}


def test_a_render_may_be_born_paused_and_only_its_own_word_wakes_it(tiny, monkeypatch) -> None:
    from generation import services

    wish = scheduler.Wish
    monkeypatch.setattr(services.scheduler, "Wish", lambda *args, **more: wish(*args, **more, pause=Render.Pause.PILOT))
    render = render_request(episode=written(), profile="animatic", by=None, now=now())
    assert (render.status, render.pause_reason) == ("paused", "pilot")
    assert kinds(render) == ["queued", "paused"]
    assert set(statuses(render).values()) == {"paused"}
    assert drain() == 0
    with pytest.raises(Conflict, match="waits for its batch") as refused:
        resume(render)
    assert refused.value.code == "render_waits_for_pilot"
    assert control.render_resume(render=render, now=now(), reason=Render.Pause.PILOT).status == "queued"
    drain()
    render.refresh_from_db()
    assert render.status == "done"


def test_a_failed_render_is_retried_with_the_same_row_the_same_steps_and_a_clean_count(tiny) -> None:
    render = asked()
    failed = fail(render)
    keys = set(render.links.values_list("step__key", flat=True))
    again = retry(failed)
    assert (again.pk, again.status, again.error_code, again.finished_at) == (render.pk, "queued", "", None)
    assert set(render.links.values_list("step__key", flat=True)) == keys
    assert set(Step.objects.values_list("tries", flat=True)) == {0}
    drain()
    again.refresh_from_db()
    assert again.status == "done"
    ends = StepAttempt.objects.exclude(outcome="done").values_list("outcome", flat=True)
    assert list(ends) == ["failed"]
    assert "retried" in kinds(render)


def test_a_cancelled_render_is_retried_and_what_was_made_is_kept(tiny) -> None:
    render = asked()
    drain(queues=("voice",))
    cancel(render)
    before = Render.objects.get(pk=render.pk).percent
    retry(render)
    tiny.clear()
    drain()
    render.refresh_from_db()
    assert (render.status, render.percent) == ("done", 100)
    assert 0 < before < 100
    assert "voice" not in tiny


def test_what_has_gone_since_is_made_again_by_a_retry(tiny) -> None:
    render = asked()
    drain(queues=("voice",))
    cancel(render)
    Artifact.objects.filter(kind="voice").delete()
    retry(render)
    tiny.clear()
    drain()
    render.refresh_from_db()
    assert render.status == "done"
    assert tiny.count("voice") == Step.objects.filter(kind="voice").count()


def test_a_cancel_and_a_pause_are_learnt_by_the_worker_at_its_next_heartbeat() -> None:
    render = asked()
    lease = take()
    pause(render)
    assert scheduler.heartbeat(lease=lease, now=now(), lease_seconds=30).beat is Beat.HELD
    cancel(render)
    assert scheduler.heartbeat(lease=lease, now=now(), lease_seconds=30).beat is Beat.CANCELLED
    assert not deliver(lease)


@pytest.mark.parametrize("act", [pause, cancel])
def test_telling_the_same_twice_is_no_error_and_changes_nothing(act) -> None:
    render = asked()
    once = act(render)
    before = statuses(render), kinds(render)
    twice = act(render)
    assert (twice.status, twice.seq) == (once.status, once.seq)
    assert (statuses(render), kinds(render)) == before


def test_resuming_and_retrying_twice_is_no_error_and_changes_nothing() -> None:
    render = asked()
    pause(render)
    resumed = resume(render)
    assert resume(render).seq == resumed.seq
    cancel(render)
    retried = retry(render)
    assert retry(render).seq == retried.seq


@pytest.mark.parametrize(
    ("act", "state", "code"),
    [
        (resume, "queued", "render_not_paused"), (retry, "queued", "render_not_ended"),
        (retry, "paused", "render_paused"),
        (pause, "cancelled", "render_ended"), (resume, "cancelled", "render_ended"), (cancel, "failed", "render_ended"),
        (pause, "done", "render_ended"), (retry, "done", "render_done"), (cancel, "done", "render_ended"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_remedy_and_changes_nothing(tiny, act, state, code) -> None:
    render = asked()
    bring = {"queued": str, "paused": pause, "cancelled": cancel, "failed": fail, "done": lambda one: drain()}
    bring[state](render)
    before = statuses(render), kinds(render)
    with pytest.raises(Conflict) as refused:
        act(render)
    assert (refused.value.code, bool(refused.value.remedy)) == (code, True)
    render.refresh_from_db()
    assert render.status == state
    assert (statuses(render), kinds(render)) == before
