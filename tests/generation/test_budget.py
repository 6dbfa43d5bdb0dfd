"""What a creator pays: the price said before, held at the start, never more, and only for results."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from catalog.models import Episode
from generation import budget, scheduler
from generation.models import Artifact, ComputeAccount, ComputeEntry, Render, Step, StepAttempt, StepEdge
from generation.quotes import render_quote
from generation.scheduler import Failure, control
from generation.services import render_cancel
from tests.builders import make_user
from tests.generation.tiny import asked, deliver, drain, long_story, request_for, story, take, written

pytestmark = pytest.mark.django_db
NOW = timezone.now()
BROKEN = Failure("broken", "It broke.", "Nothing.", retryable=False)


def account(creator_id: int) -> tuple[int, int]:
    """(spent, held) of an account whose books are right."""
    assert budget.audit() == []
    view = budget.account_view(creator_id)
    return view["spent_micros"], view["held_micros"]


def price_of(episode: Episode) -> int:
    """What the studio is told before it asks."""
    quoted: int = render_quote(episode=episode, profile="animatic", now=timezone.now())["cost_micros"]
    return quoted


def entries(creator_id: int, kind: str) -> list[ComputeEntry]:
    return list(ComputeEntry.objects.filter(account_id=creator_id, kind=kind).order_by("pk"))


def charged(creator_id: int) -> dict[int, int]:
    """What was paid for each step."""
    return {entry.step_id: entry.spent_micros for entry in entries(creator_id, "settle") if entry.step_id}


def test_the_price_is_held_when_a_render_is_asked_for() -> None:
    episode = written()
    said = price_of(episode)
    render = request_for(episode)
    assert said > 0
    assert account(render.creator_id) == (0, said)
    assert said == budget.price(Step.objects.all()) == sum(Step.objects.values_list("held_micros", flat=True))
    assert [(entry.held_micros, entry.render_id) for entry in entries(render.creator_id, "hold")] == [(said, render.pk)]


def test_a_result_costs_what_it_took_if_that_is_less_than_was_held() -> None:
    render = asked()
    Step.objects.update(held_micros=1000)
    ComputeAccount.objects.update(held_micros=1000 * Step.objects.count())
    lease = take()
    Step.objects.filter(pk=lease.step_id).update(leased_at=timezone.now() - timedelta(seconds=10))
    deliver(lease)
    row = StepAttempt.objects.get(step_id=lease.step_id)
    entry = ComputeEntry.objects.get(kind="settle")
    assert 80 <= row.cost_micros <= 88  # ten seconds of a voice worker
    assert (entry.spent_micros, entry.held_micros, entry.attempt) == (row.cost_micros, -1000, lease.attempt)
    assert Step.objects.get(pk=lease.step_id).held_micros == 0
    assert budget.account_view(render.creator_id)["spent_micros"] == row.cost_micros


def test_a_result_never_costs_more_than_was_said_before_and_we_know_what_it_cost_us() -> None:
    render = asked()
    lease = take("voice")
    held = Step.objects.get(pk=lease.step_id).held_micros
    Step.objects.filter(pk=lease.step_id).update(leased_at=timezone.now() - timedelta(hours=1))
    deliver(lease)
    assert StepAttempt.objects.get(step_id=lease.step_id).cost_micros >= 3600 * 8
    assert charged(render.creator_id) == {lease.step_id: held}
    assert account(render.creator_id)[0] == held


def test_a_whole_render_leaves_nothing_held_and_never_costs_more_than_its_price(tiny: list[str]) -> None:
    episode = written()
    said = price_of(episode)
    render = request_for(episode)
    drain()
    render.refresh_from_db()
    spent, held = account(render.creator_id)
    assert (render.status, held) == ("done", 0)
    assert 0 <= spent <= said
    assert spent == sum(charged(render.creator_id).values())


def test_what_exists_already_costs_nothing(tiny: list[str]) -> None:
    episode = written()
    render = request_for(episode)
    drain()
    before = account(render.creator_id)
    holds = len(entries(render.creator_id, "hold"))
    again = request_for(episode)
    assert again.status == "done"
    assert account(render.creator_id) == before
    assert len(entries(render.creator_id, "hold")) == holds


def test_two_renders_that_share_a_step_are_charged_once(tiny: list[str]) -> None:
    first = asked(source=story("It has my name on it."))
    held = account(first.creator_id)[1]
    second = request_for(first.episode)
    assert account(first.creator_id) == (0, held)
    drain()
    second.refresh_from_db()
    assert second.status == "done"
    assert set(charged(first.creator_id)) <= set(Step.objects.values_list("pk", flat=True))
    assert len(entries(first.creator_id, "settle")) == len(charged(first.creator_id))
    assert account(first.creator_id)[1] == 0


def test_a_cancelled_render_pays_for_what_was_done_and_nothing_else() -> None:
    render = asked()
    held = account(render.creator_id)[1]
    lease, running = take(), take()
    own = Step.objects.get(pk=lease.step_id).held_micros
    deliver(lease)
    paid = charged(render.creator_id)[lease.step_id]
    render_cancel(render=render, by=make_user(), now=timezone.now())
    assert account(render.creator_id) == (paid, 0)
    assert -sum(entry.held_micros for entry in entries(render.creator_id, "release")) == held - own
    assert StepAttempt.objects.get(step_id=running.step_id).outcome == "cancelled"
    assert deliver(running) is False  # too late, and too late to cost anything
    assert account(render.creator_id) == (paid, 0)


def test_what_another_render_still_wants_stays_held() -> None:
    first = asked()
    second = request_for(first.episode)
    held = account(first.creator_id)[1]
    render_cancel(render=first, by=make_user(), now=timezone.now())
    assert account(first.creator_id) == (0, held)
    render_cancel(render=second, by=make_user(), now=timezone.now())
    assert account(first.creator_id) == (0, 0)


def test_attempts_that_failed_or_were_lost_are_ours() -> None:
    render = asked()
    held = account(render.creator_id)[1]
    failure = Failure("flaky", "It may go better.", "Wait.", retryable=True)
    scheduler.report_failure(lease=take(), failure=failure, now=timezone.now())
    lost = take()
    scheduler.sweep(now=timezone.now() + timedelta(seconds=31))
    assert sorted(StepAttempt.objects.values_list("outcome", flat=True)) == ["failed", "lost"]
    assert account(render.creator_id) == (0, held)
    assert Step.objects.get(pk=lost.step_id).held_micros > 0  # it will be made yet


def test_a_parked_step_takes_its_render_and_every_hold_with_it() -> None:
    render = asked()
    scheduler.report_failure(lease=take(), failure=BROKEN, now=timezone.now())
    render.refresh_from_db()
    assert render.status == "failed"
    assert account(render.creator_id) == (0, 0)


def test_a_render_that_is_tried_again_holds_its_price_anew() -> None:
    render = asked()
    held = account(render.creator_id)[1]
    scheduler.report_failure(lease=take(), failure=BROKEN, now=timezone.now())
    control.render_retry(render=Render.objects.get(pk=render.pk), now=timezone.now())
    assert account(render.creator_id) == (0, held)
    assert [entry.held_micros for entry in entries(render.creator_id, "hold")] == [held, held]


def test_a_result_that_we_lost_is_made_again_at_our_cost() -> None:
    render = asked()
    for _ in range(Step.objects.filter(queue="voice").count()):
        deliver(take("voice"))
    spent, held = account(render.creator_id)
    shot = next(lease for lease in map(take, ["render"] * 9) if StepEdge.objects.filter(step=lease.step_id).exists())
    gone = Step.objects.filter(wanted_by__step_id=shot.step_id).order_by("pk")[0]
    Artifact.objects.filter(key=gone.key).delete()
    scheduler.inputs_gone(lease=shot, now=timezone.now())
    again = take("voice")
    assert (again.step_id, again.attempt) == (gone.pk, 2)
    deliver(again)
    assert StepAttempt.objects.filter(step=gone, outcome="done").count() == 2
    assert account(render.creator_id) == (spent, held)


def test_settling_twice_charges_once() -> None:
    render = asked()
    lease = take()
    deliver(lease)
    before = account(render.creator_id)
    step, row = Step.objects.get(pk=lease.step_id), StepAttempt.objects.get(step_id=lease.step_id)
    assert budget.settle(step=step, attempt_row=row, now=NOW) == 0
    Step.objects.filter(pk=step.pk).update(held_micros=5)  # even if somebody had held for it again
    assert budget.settle(step=step, attempt_row=row, now=NOW) == 0
    Step.objects.filter(pk=step.pk).update(held_micros=0)
    assert account(render.creator_id) == before


def test_releasing_twice_lets_go_once_and_holding_twice_holds_once() -> None:
    render = asked()
    steps = list(Step.objects.order_by("pk"))
    held = account(render.creator_id)[1]
    assert budget.hold(creator_id=render.creator_id, render=render, steps=steps, now=NOW) == 0
    assert account(render.creator_id) == (0, held)
    assert budget.release(steps=steps, now=NOW) == held
    assert budget.release(steps=steps, now=NOW) == 0
    assert account(render.creator_id) == (0, 0)


def test_settling_is_one_statement_and_holding_does_not_grow_with_the_steps(
    django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    render = asked(source=long_story(30))
    lease = take()
    step, row = Step.objects.get(pk=lease.step_id), StepAttempt(attempt=1, cost_micros=1)
    with django_assert_num_queries(1):
        budget.settle(step=step, attempt_row=row, now=NOW)
    steps = list(Step.objects.order_by("pk"))
    with django_assert_num_queries(1):
        budget.release(steps=steps, now=NOW)
    with django_assert_max_num_queries(6):
        budget.hold(creator_id=render.creator_id, render=render, steps=steps, now=NOW)


def test_entries_are_history() -> None:
    asked()
    for change in (lambda rows: rows.update(held_micros=0), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="history"), transaction.atomic():
            change(ComputeEntry.objects.all())
    assert ComputeEntry.objects.count() == 1
