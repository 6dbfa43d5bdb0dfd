"""One step is paused, stopped, resumed, retried; and what an earlier step left is made again when it is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from common.errors import Conflict, NotFound
from generation import scheduler
from generation.models import Artifact, Render, Step, StepAttempt
from generation.runner import run_next
from generation.scheduler import Beat, Failure, control
from media import storage
from tests.generation.tiny import asked, deliver, drain, request_for, statuses, step, take, written

pytestmark = pytest.mark.django_db
BROKEN = Failure("step_error", "it broke", "try again", retryable=True)
HOPELESS = Failure("missing_voice", "no such voice", "choose another", retryable=False)


def now():
    return timezone.now()


def tell(act: str, render: Render, label: str) -> Render:
    return getattr(control, f"step_{act}")(render=render, key=step(render, label).key, now=now())


def test_a_paused_step_waits_while_the_rest_goes_on_and_then_its_render_says_that_it_waits(
    tiny, django_capture_on_commit_callbacks
) -> None:
    render = asked()
    assert tell("pause", render, "sound").status == "queued"
    with django_capture_on_commit_callbacks(execute=False) as after:
        drain()
    for callback in after:
        if getattr(callback, "func", None) is not None:
            callback()
    render.refresh_from_db()
    assert (render.status, render.pause_reason) == ("paused", "creator")
    assert {status for label, status in statuses(render).items() if label not in ("sound", "join", "package")} == {
        "done"
    }
    assert render.events.filter(kind="paused", data__by="step").count() == 1
    tell("resume", render, "sound")  # it waits for nothing else: so the render goes on with it
    drain()
    render.refresh_from_db()
    assert render.status == "done"


def test_a_step_without_which_nothing_can_run_pauses_its_render_at_once() -> None:
    render = asked(source="INT. ROOM - DAY\n\nMARA waits.\n\nMARA\nNo.\n")
    for label, status in statuses(render).items():
        if status == "ready":
            paused = tell("pause", render, label)
    assert (paused.status, paused.pause_reason) == ("paused", "creator")
    assert set(statuses(render).values()) == {"paused"}


def test_a_stopped_step_frees_its_worker_keeps_its_tries_and_cannot_be_delivered() -> None:
    render = asked()
    lease = take()
    label = render.links.get(step_id=lease.step_id).label
    tell("cancel", render, label)
    row = Step.objects.get(pk=lease.step_id)
    assert (row.status, row.tries, row.lease_expires_at) == ("paused", 0, None)
    assert scheduler.heartbeat(lease=lease, now=now(), lease_seconds=30).beat is Beat.CANCELLED
    assert not deliver(lease)
    assert [end.outcome for end in StepAttempt.objects.all()] == ["cancelled"]
    tell("resume", render, label)
    again = Step.objects.get(pk=lease.step_id)
    assert again.status == "ready"
    assert render.events.filter(data__step__status__in=["cancelled", "resumed"]).count() == 2


def test_a_step_is_told_twice_without_an_error_or_another_event() -> None:
    render = asked()
    tell("pause", render, "sound")
    before = render.events.count()
    tell("pause", render, "sound")
    tell("cancel", render, "sound")
    assert render.events.count() == before
    tell("resume", render, "sound")
    tell("resume", render, "sound")
    assert render.events.count() == before + 1


def test_a_failure_that_waits_is_tried_at_once_when_somebody_says_so() -> None:
    render = asked()
    lease = take()
    label = render.links.get(step_id=lease.step_id).label
    assert scheduler.report_failure(lease=lease, failure=BROKEN, now=now())
    row = Step.objects.get(pk=lease.step_id)
    assert row.ready_at > now()
    at = now()
    control.step_retry(render=render, key=row.key, now=at)
    assert Step.objects.get(pk=lease.step_id).ready_at == at
    assert label in statuses(render)


def test_a_parked_step_is_retried_with_its_render(tiny) -> None:
    render = asked()
    lease = take()
    scheduler.report_failure(lease=lease, failure=HOPELESS, now=now())
    assert control.step_retry(render=render, key=lease.key, now=now()).status == "queued"
    drain()
    render.refresh_from_db()
    assert render.status == "done"


@pytest.mark.parametrize(
    ("act", "state", "code"),
    [
        ("pause", "leased", "step_running"), ("retry", "leased", "step_leased"), ("pause", "done", "step_done"),
        ("cancel", "done", "step_done"), ("resume", "done", "step_done"), ("retry", "done", "step_done"),
        ("pause", "failed", "step_failed"), ("retry", "paused", "step_paused"), ("retry", "blocked", "step_blocked"),
    ],
)
def test_what_makes_no_sense_for_a_step_is_refused_with_a_remedy_and_changes_nothing(act, state, code) -> None:
    render = asked()
    key = step(render, "sound").key
    if state == "paused":
        control.step_pause(render=render, key=key, now=now())
    elif state != "blocked":
        lease = take()
        key = lease.key
        if state == "done":
            deliver(lease)
        if state == "failed":
            scheduler.report_failure(lease=lease, failure=HOPELESS, now=now())
    before = statuses(render), render.events.count()
    with pytest.raises(Conflict) as refused:
        getattr(control, f"step_{act}")(render=render, key=key, now=now())
    assert (refused.value.code, bool(refused.value.remedy)) == (code, True)
    assert (statuses(render), render.events.count()) == before


def test_a_step_of_a_paused_render_goes_on_only_with_it() -> None:
    render = asked()
    control.render_pause(render=render, now=now())
    with pytest.raises(Conflict) as refused:
        tell("resume", render, "sound")
    assert (refused.value.code, refused.value.remedy) == ("render_paused", "Resume or retry the render.")
    assert set(statuses(render).values()) == {"paused"}


def test_a_step_of_another_render_is_not_there() -> None:
    mine, other = asked(), asked(source="INT. ROOM - DAY\n\nMARA\nElsewhere.\n")
    with pytest.raises(NotFound):
        control.step_pause(render=mine, key=step(other, "sound").key, now=now())
    assert "paused" not in set(Step.objects.values_list("status", flat=True))


def test_inputs_that_are_gone_are_made_again_and_who_needs_them_waits(tiny) -> None:
    render = asked()
    drain(queues=("voice",))
    voice = Artifact.objects.filter(kind="voice").order_by("pk")[0]
    storage.delete_tree(voice.prefix)
    while run_next(queue="render", worker="w"):
        pass
    lost = Step.objects.get(key=voice.key)
    assert (lost.status, lost.attempt) == ("ready", 1)
    waiting = Step.objects.get(edges__needs=lost, kind="shot")
    assert (waiting.status, waiting.pending, waiting.tries) == ("blocked", 1, 1)
    [end] = StepAttempt.objects.filter(step=waiting)
    assert (end.outcome, end.error_code) == ("failed", "input_gone")
    drain()
    render.refresh_from_db()
    assert (render.status, Artifact.objects.get(key=voice.key).prefix == voice.prefix) == ("done", False)


def test_whole_branches_that_are_gone_grow_again_from_the_leaf(tiny) -> None:
    render = asked()
    drain(queues=("voice", "render"))
    for artifact in Artifact.objects.all():
        storage.delete_tree(artifact.prefix)
    for _ in range(20):
        drain()
    render.refresh_from_db()
    assert render.status == "done"
    assert set(Step.objects.values_list("status", flat=True)) == {"done"}


def test_inputs_that_are_lost_again_and_again_park_the_step_and_blame_the_store(tiny, settings, monkeypatch) -> None:
    settings.STEP_MAX_ATTEMPTS = 2
    render = asked()
    for _ in range(6):
        drain(queues=("voice",))
        Artifact.objects.filter(kind="voice").delete()
        while run_next(queue="render", worker="w"):
            pass
    render.refresh_from_db()
    assert (render.status, render.error_code) == ("failed", "input_gone")
    assert "store" in render.error_message


def test_a_lost_input_of_a_paused_render_is_not_made_before_it_goes_on(tiny) -> None:
    render = asked()
    drain(queues=("voice",))
    lease = take("render")
    while not Step.objects.get(pk=lease.step_id).edges.exists():
        deliver(lease)
        lease = take("render")
    control.render_pause(render=render, now=now())
    Artifact.objects.filter(kind="voice").delete()
    assert scheduler.inputs_gone(lease=lease, now=now())
    assert "ready" not in set(Step.objects.values_list("status", flat=True))
    control.render_resume(render=render, now=now())
    drain()
    render.refresh_from_db()
    assert render.status == "done"


def test_a_retry_from_the_console_puts_back_the_renders_that_the_step_took_down(tiny) -> None:
    episode = written()
    one, two = request_for(episode), request_for(episode)
    lease = take()
    scheduler.report_failure(lease=lease, failure=HOPELESS, now=now() + timedelta(seconds=1))
    parked = Step.objects.get(pk=lease.step_id)
    assert {render.pk for render in control.parked_retry(step=parked, now=now())} == {one.pk, two.pk}
    drain()
    assert set(Render.objects.values_list("status", flat=True)) == {"done"}
    with pytest.raises(Conflict, match="No render waits"):
        control.parked_retry(step=Step.objects.get(pk=lease.step_id), now=now())
