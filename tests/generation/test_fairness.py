"""Whose step is next: lanes, shares by weight, limits, caps, warm models within bounds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from generation import scheduler
from generation.engines import CARDS
from generation.engines.profiles import get_profile
from generation.models import ComputeAccount, QueueHead, Step
from generation.scheduler import bells, choice, warmth
from generation.services import render_plan
from tests.generation.shares import FINAL, PREVIEW, claim, claimed, end, head, shares, steps, studio
from tests.generation.tiny import asked, drain, install, request_for, take, written

pytestmark = pytest.mark.django_db


def test_who_was_served_least_is_next_however_long_the_other_queue_is() -> None:
    long, short = studio(), studio()
    steps(long, 50)
    assert claimed(10) == [long.pk] * 10
    steps(short, 5)
    assert claimed(10) == [long.pk, short.pk] * 5


def test_weights_of_two_to_one_give_shares_of_two_to_one() -> None:
    double, single = studio(weight=2), studio(weight=1)
    steps(double, 60)
    steps(single, 60)
    assert shares(60) == {double.pk: 40, single.pk: 20}


def test_shares_are_of_time_and_not_of_steps() -> None:
    long_steps, short_steps = studio(), studio()
    steps(long_steps, 20, seconds=4)
    steps(short_steps, 60, seconds=1)
    assert shares(50) == {long_steps.pk: 10, short_steps.pk: 40}


def test_an_idle_creator_gets_no_credit() -> None:
    busy, idle = studio(), studio()
    steps(idle)
    steps(busy, 100)
    claimed(31)
    steps(idle, 30)
    assert shares(20) == {busy.pk: 10, idle.pk: 10}


def test_who_comes_first_to_an_idle_queue_does_not_start_behind_who_worked_there_before() -> None:
    worked, fresh = studio(), studio()
    steps(worked, 30)
    claimed(30)
    assert claim() is None
    assert not head(worked).active
    steps(fresh, 30)
    steps(worked, 30)
    assert shares(20) == {worked.pk: 10, fresh.pk: 10}


def test_a_debt_is_not_forgotten_by_having_nothing_to_do_for_a_moment() -> None:
    debtor, other = studio(), studio()
    steps(other, 40)
    steps(debtor, seconds=10)
    assert debtor.pk in claimed(2)
    claim()  # finds the debtor's head empty and puts it to rest
    steps(debtor, 5)
    assert shares(9) == {other.pk: 9}
    assert debtor.pk in claimed(4)


def test_a_step_that_is_said_to_cost_nothing_still_costs_its_creator_a_turn() -> None:
    free, other = studio(), studio()
    steps(free, 20, seconds=0)
    steps(other, 20, seconds=choice.LEAST_COST)
    assert shares(10) == {free.pk: 5, other.pk: 5}


def test_a_preview_goes_before_finals_of_whoever_was_served_less() -> None:
    finals, previews = studio(), studio()
    steps(previews, 3, lane=PREVIEW)
    claimed(2)
    steps(finals, 3, lane=FINAL)
    assert claimed(3) == [previews.pk, finals.pk, finals.pk]
    steps(finals, 1, lane=PREVIEW)
    assert claim().creator_id == finals.pk
    assert QueueHead.objects.filter(creator=finals).count() == 2


def test_a_creator_runs_as_many_steps_at_once_as_the_account_says_and_others_go_on() -> None:
    limited, other = studio(max_running=2), studio()
    steps(limited, 5)
    first, second = claim(), claim()
    assert claim() is None
    assert head(limited).active
    steps(other, 2)
    assert claimed(3) == [other.pk, other.pk]
    end(first)
    assert claimed(2) == [limited.pk]
    assert Step.objects.filter(creator=limited, status="leased").count() == 2
    assert second.creator_id == limited.pk


def test_the_limit_counts_both_lanes_and_only_this_queue(settings) -> None:
    settings.STEP_MAX_RUNNING = 2
    creator = studio()
    steps(creator, lane=PREVIEW)
    steps(creator, 3, lane=FINAL)
    [elsewhere] = steps(creator)
    later = timezone.now() + timedelta(seconds=30)
    held = {"status": "leased", "leased_at": timezone.now(), "lease_expires_at": later}
    Step.objects.filter(pk=elsewhere.pk).update(queue="elsewhere", **held)
    assert len(claimed(5)) == 2


def test_a_capped_creator_is_passed_over_until_the_cap_is_raised() -> None:
    capped, other = studio(capped=True), studio()
    steps(capped, 2)
    steps(other, 2)
    assert claimed(4) == [other.pk, other.pk]
    ComputeAccount.objects.update(capped=False)
    assert claimed(3) == [capped.pk, capped.pk]


def test_a_warm_model_is_preferred_while_its_creator_is_hardly_ahead() -> None:
    cold, hot = studio(), studio()
    steps(cold, 5, affinity="wan")
    steps(hot, 5, affinity="ltx")
    QueueHead.objects.filter(creator=hot).update(served=choice.AFFINITY_SLACK - 0.5)
    lease = claim(warm=("ltx",))
    assert (lease.creator_id, lease.affinity) == (hot.pk, "ltx")
    assert head(hot).served > choice.AFFINITY_SLACK
    assert claim(warm=("ltx",)).creator_id == cold.pk


def test_a_warm_model_among_the_first_steps_is_preferred_and_one_further_behind_is_not() -> None:
    creator = studio()
    steps(creator, choice.LOOKAHEAD_STEPS - 1)
    [warm] = steps(creator, affinity="wan")
    [far] = steps(creator, affinity="ltx")
    assert claim(warm=("ltx",)).affinity == ""
    assert claim(warm=("wan",)).step_id == warm.pk
    assert claim(warm=("other", "ltx", "")).step_id == far.pk  # by now it is among the first


def test_a_warm_final_does_not_go_before_a_cold_preview() -> None:
    creator = studio()
    steps(creator, lane=FINAL, affinity="wan")
    steps(creator, lane=PREVIEW)
    assert claim(warm=("wan",)).affinity == ""


def test_empty_heads_in_front_hide_nobody_and_are_put_to_rest_in_passing() -> None:
    empty = [studio() for _ in range(3 * choice.LOOKAHEAD_HEADS)]
    for creator in empty:
        steps(creator)
    last = studio()
    steps(last, 3)
    QueueHead.objects.filter(creator=last).update(served=1_000)
    Step.objects.exclude(creator=last).update(status="cancelled")
    assert claim().creator_id == last.pk
    assert not QueueHead.objects.filter(creator__in=empty, active=True).exists()
    assert claim().creator_id == last.pk


def test_a_step_whose_time_has_not_come_lets_others_pass_and_is_found_when_it_has() -> None:
    waits, other = studio(), studio()
    [step] = steps(waits, ready_at=timezone.now() + timedelta(seconds=60))
    steps(other)
    assert claimed(2) == [other.pk]
    assert not head(waits).active  # nobody looks at it again and again
    assert claim(late=61).step_id == step.pk


def test_many_whose_time_comes_soon_do_not_hide_one_behind_them() -> None:
    soon = timezone.now() + timedelta(seconds=60)
    for _ in range(choice.LOOKAHEAD_HEADS + 2):
        steps(studio(), ready_at=soon)
    due = studio()
    steps(due)
    assert claim(late=59.5).creator_id == due.pk
    assert QueueHead.objects.filter(active=True).count() == choice.LOOKAHEAD_HEADS + 2
    assert claim(late=59.5) is None
    assert claim(late=60) is not None


def test_the_sweep_repairs_a_head_that_rests_although_work_is_there_and_rings() -> None:
    render = asked()
    QueueHead.objects.update(active=False)
    swept = scheduler.sweep(now=timezone.now() + timedelta(seconds=5))
    assert (swept.repaired, swept.rung) == (2, ("render", "voice"))
    assert QueueHead.objects.filter(creator=render.creator_id, active=True).count() == 2
    again = scheduler.sweep(now=timezone.now() + timedelta(seconds=5))
    assert (again.repaired, again.rung) == (0, ("render", "voice"))


def test_a_preview_does_not_wait_in_the_slow_lane_for_a_step_that_a_final_render_asked_for_before() -> None:
    episode = written()
    plan = render_plan(episode=episode, screenplay=episode.screenplays.get(), profile=get_profile("animatic"))
    columns = {"episode": episode, "screenplay": episode.screenplays.get(), "profile": "animatic", "brief": {}}
    creator_id = episode.series.creator_id
    wish = scheduler.Wish(columns, plan, FINAL)
    scheduler.add_render(creator_id=creator_id, wish=wish, now=timezone.now())
    assert set(Step.objects.values_list("lane", flat=True)) == {FINAL}
    request_for(episode)
    assert set(Step.objects.values_list("lane", flat=True)) == {PREVIEW}
    assert QueueHead.objects.get(creator=creator_id, queue="voice", lane=PREVIEW).active
    assert Step.objects.get(pk=take("voice").step_id).lane == PREVIEW
    scheduler.add_render(creator_id=creator_id, wish=wish, now=timezone.now())  # and nothing goes back
    assert set(Step.objects.values_list("lane", flat=True)) == {PREVIEW}


def test_the_sweep_also_looks_after_the_machines_that_an_engine_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their steps are of a kind whose own queue is another one."""
    monkeypatch.setitem(CARDS, "other", replace(CARDS["animatic"], queue="gpu"))
    asked()
    Step.objects.filter(queue="render").update(queue="gpu")
    QueueHead.objects.all().delete()
    assert "gpu" in scheduler.sweep(now=timezone.now() + timedelta(seconds=5)).rung


def test_the_sweep_puts_heads_without_work_to_rest() -> None:
    creator = studio()
    with bells.silence():
        bells.ready([(creator.pk, "voice", FINAL), (creator.pk, "encode", PREVIEW)])
    assert scheduler.sweep(now=timezone.now()).repaired == 2
    assert not QueueHead.objects.filter(active=True).exists()


def test_the_sweep_does_not_ring_for_who_may_not_start() -> None:
    render = asked()
    account, _ = ComputeAccount.objects.get_or_create(creator_id=render.creator_id)
    ComputeAccount.objects.filter(pk=account.pk).update(max_running=0)
    assert scheduler.sweep(now=timezone.now() + timedelta(seconds=5)).rung == ()


def test_a_worker_remembers_the_model_that_it_ran_last(monkeypatch) -> None:
    warmth.forget()
    install(monkeypatch)
    asked()
    Step.objects.filter(kind="shot").update(affinity="wan")
    drain()
    assert warmth.warm() == ("wan",)
    warmth.remember("")
    assert warmth.warm() == ("wan",)
    warmth.remember("ltx")
    assert warmth.warm() == ("ltx",)
    warmth.forget()
    assert warmth.warm() == ()
