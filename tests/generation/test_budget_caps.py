"""A cap: nothing passes it, what is over it waits and says so, and room lets it go on. Batches, books, prices."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.utils import timezone

from generation import budget, scheduler
from generation.budget import BudgetExceeded
from generation.budget.rates import read_rates
from generation.engines.profiles import get_profile
from generation.models import Batch, BatchItem, ComputeAccount, ComputeEntry, Render, RenderEvent, Step
from generation.plan import PlannedStep
from generation.scheduler import Wish, control
from generation.scheduler.graph import add_render
from generation.services import render_cancel, render_plan
from tests.builders import make_user
from tests.generation.tiny import asked, deliver, drain, request_for, story, take, written

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def cap(creator_id: int, micros: int | None, **more: Any) -> dict[str, Any]:
    return budget.cap_set(creator_id=creator_id, cap_micros=micros, now=timezone.now(), **more)


def view(creator_id: int) -> dict[str, Any]:
    assert budget.audit() == []
    return budget.account_view(creator_id)


def batch_of(*episodes: Any) -> list[BatchItem]:
    series = episodes[0].series
    batch = Batch.objects.create(creator=series.creator, series=series, profile="animatic", report={})
    return [
        BatchItem.objects.create(batch=batch, episode=e, screenplay=e.screenplays.latest("version"), position=n)
        for n, e in enumerate(episodes)
    ]


def next_claim() -> Any:
    return scheduler.claim(queue="voice", worker="tests", now=timezone.now(), lease_seconds=30)


def test_a_render_that_costs_more_than_is_left_is_refused_as_a_whole() -> None:
    episode = written()
    creator_id = episode.series.creator_id
    cap(creator_id, 10)
    with pytest.raises(BudgetExceeded) as refused:
        request_for(episode)
    assert refused.value.details["available"] == 10
    assert refused.value.details["cap"] == 10
    assert refused.value.details["price"] > 10
    assert (refused.value.status, refused.value.code) == (409, "budget_exceeded")
    assert (Render.objects.count(), Step.objects.count(), ComputeEntry.objects.count()) == (0, 0, 0)
    assert view(creator_id)["held_micros"] == 0
    cap(creator_id, refused.value.details["price"])  # exactly enough
    request_for(episode)
    assert view(creator_id)["available_micros"] == 0
    assert view(creator_id)["capped"] is False


def test_what_costs_nothing_is_admitted_even_above_the_cap() -> None:
    first = asked()
    cap(first.creator_id, 0)
    assert view(first.creator_id)["capped"] is True
    second = request_for(first.episode)  # every step is shared
    assert second.status == "queued"


def test_an_account_is_capped_exactly_while_counted_and_held_are_above_the_cap() -> None:
    render = asked()
    held = view(render.creator_id)["held_micros"]
    for micros, capped in ((held - 1, True), (held, False), (0, True), (held + 1, False), (None, False)):
        assert cap(render.creator_id, micros)["capped"] is capped
        assert view(render.creator_id)["capped"] is capped
    cap(render.creator_id, held - 1)
    render_cancel(render=render, by=make_user(), now=timezone.now())
    assert view(render.creator_id)["capped"] is False  # nothing is held any more


def test_work_itself_never_makes_an_account_capped(tiny: list[str]) -> None:
    episode = written()
    creator_id = episode.series.creator_id
    cap(creator_id, 1)
    with pytest.raises(BudgetExceeded) as refused:
        request_for(episode)
    cap(creator_id, refused.value.details["price"])
    render = request_for(episode)
    while drain():
        assert view(creator_id)["capped"] is False
    render.refresh_from_db()
    assert render.status == "done"


def test_settling_below_the_price_can_end_a_cap() -> None:
    render = asked()
    lease = take()
    held = view(render.creator_id)["held_micros"]
    own = Step.objects.get(pk=lease.step_id).held_micros
    cap(render.creator_id, held - own)
    assert view(render.creator_id)["capped"] is True
    Step.objects.filter(pk=lease.step_id).update(leased_at=timezone.now())
    deliver(lease)  # at once: it costs nothing
    assert view(render.creator_id)["spent_micros"] == 0
    assert view(render.creator_id)["capped"] is False


def test_a_cap_that_is_reached_stops_new_steps_pauses_the_renders_and_says_so_and_raising_it_resumes_them(
    tiny: list[str],
) -> None:
    render = asked()
    running = take()
    cap(render.creator_id, 0)
    assert next_claim() is None  # before anybody has paused anything
    assert scheduler.enforce_caps(now=timezone.now()) == 1
    assert scheduler.enforce_caps(now=timezone.now()) == 0
    render.refresh_from_db()
    assert (render.status, render.pause_reason) == ("paused", "budget")
    said = RenderEvent.objects.get(render=render, kind="paused").data
    assert said["reason"] == "budget"
    assert said["message"].startswith("The compute budget is reached, so no further step starts.")
    assert deliver(running) is True  # what runs is finished
    assert view(render.creator_id)["held_micros"] > 0  # paused steps keep their hold
    cap(render.creator_id, 10**9)
    assert scheduler.sweep(now=timezone.now()).capped == 1
    render.refresh_from_db()
    assert render.pause_reason == ""
    assert render.status in Render.LIVE
    assert next_claim() is not None


def test_renewing_the_cap_lets_what_was_spent_be_and_the_renders_go_on(tiny: list[str]) -> None:
    render = asked()
    ComputeAccount.objects.update(spent_micros=500)
    held = budget.account_view(render.creator_id)["held_micros"]
    assert cap(render.creator_id, held + 100)["capped"] is True
    scheduler.enforce_caps(now=timezone.now())
    renewed = cap(render.creator_id, held + 100, renew=True)
    assert (renewed["spent_micros"], renewed["counted_micros"], renewed["available_micros"]) == (500, 0, 100)
    assert renewed["capped"] is False
    assert scheduler.enforce_caps(now=timezone.now()) == 1
    assert Render.objects.get(pk=render.pk).status in Render.LIVE


def test_a_render_that_its_creator_paused_is_not_woken_by_money() -> None:
    render = asked()
    control.render_pause(render=render, now=timezone.now())
    cap(render.creator_id, 0)
    assert scheduler.enforce_caps(now=timezone.now()) == 0
    cap(render.creator_id, None)
    assert scheduler.enforce_caps(now=timezone.now()) == 0
    assert Render.objects.get(pk=render.pk).pause_reason == "creator"


def test_other_creators_are_not_touched() -> None:
    mine, theirs = asked(), asked()
    cap(mine.creator_id, 0)
    scheduler.enforce_caps(now=timezone.now())
    assert Render.objects.get(pk=theirs.pk).status == "queued"
    assert next_claim().creator_id == theirs.creator_id


def test_a_batch_is_held_as_a_whole_or_not_at_all() -> None:
    items = batch_of(written(), written(story("Another.")))
    creator_id = items[0].batch.creator_id
    cap(creator_id, 99)
    with pytest.raises(BudgetExceeded) as refused:
        budget.hold_items(creator_id=creator_id, prices={items[0].pk: 60, items[1].pk: 40}, now=NOW)
    assert refused.value.details == {"price": 100, "available": 99, "cap": 99}
    assert set(BatchItem.objects.values_list("held_micros", flat=True)) == {0}
    cap(creator_id, 100)
    assert budget.hold_items(creator_id=creator_id, prices={items[0].pk: 60, items[1].pk: 40}, now=NOW) == 100
    assert view(creator_id)["held_micros"] == 100
    assert budget.release_item(item=items[1], now=NOW) == 40
    assert budget.release_item(item=items[1], now=NOW) == 0
    assert view(creator_id)["held_micros"] == 60


def become_render(item: BatchItem) -> Render:
    """What the admission of a batch does with each item."""
    plan = render_plan(episode=item.episode, screenplay=item.screenplay, profile=get_profile("animatic"))
    columns = {"episode": item.episode, "screenplay": item.screenplay, "profile": "animatic", "brief": {}}
    wish = Wish(columns, plan, Step.Lane.FINAL, item=item)
    return add_render(creator_id=item.batch.creator_id, wish=wish, now=timezone.now())


def test_an_item_hands_its_hold_to_the_steps_of_its_render() -> None:
    [item] = batch_of(written())
    creator_id = item.batch.creator_id
    budget.hold_item(creator_id=creator_id, item=item, micros=10_000, now=NOW)
    render = become_render(item)
    price = budget.price(Step.objects.filter(renders=render))
    assert view(creator_id)["held_micros"] == price  # what was held above the price is let go
    assert BatchItem.objects.get().held_micros == 0
    kinds = list(ComputeEntry.objects.order_by("pk").values_list("kind", "held_micros"))
    assert kinds == [("hold", 10_000), ("release", -10_000), ("hold", price)]


def test_an_item_never_costs_more_than_was_said_when_the_batch_was_admitted() -> None:
    [item] = batch_of(written())
    creator_id = item.batch.creator_id
    cap(creator_id, 50)
    budget.hold_item(creator_id=creator_id, item=item, micros=50, now=NOW)
    become_render(item)  # its steps would cost more today
    assert budget.price(Step.objects.all()) > 50
    assert view(creator_id)["held_micros"] == 50
    assert view(creator_id)["available_micros"] == 0


def test_the_audit_finds_what_is_wrong_with_each_account() -> None:
    render = asked()
    lease = take()
    assert budget.audit() == []
    ComputeAccount.objects.update(held_micros=1, spent_micros=2, capped=True)
    Step.objects.filter(pk=lease.step_id).update(status="done")
    ComputeEntry.objects.create(
        account_id=render.creator_id, kind="settle", step_id=lease.step_id, attempt=9, held_micros=-1, spent_micros=3,
        created_at=NOW,
    )
    assert {row["problem"] for row in budget.audit()} == {
        "held_is_not_the_sum_of_entries", "spent_is_not_the_sum_of_entries", "held_is_not_what_work_holds",
        "ended_step_still_holds", "charged_without_an_accepted_attempt", "charged_more_than_was_held",
        "capped_is_not_what_the_figures_say",
    }
    assert {row["creator"] for row in budget.audit()} == {render.creator_id}


def test_the_audit_command_prints_its_findings_and_says_so_by_its_exit_code() -> None:
    render = asked()
    out = StringIO()
    call_command("compute_audit", "--json", stdout=out)
    assert json.loads(out.getvalue())["ok"] is True
    ComputeAccount.objects.update(spent_micros=2)
    out = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("compute_audit", "--json", stdout=out)
    assert left.value.code == 1
    assert json.loads(out.getvalue())["problems"] == [{
        "problem": "spent_is_not_the_sum_of_entries", "creator": render.creator_id, "about": None, "expected": 0,
        "found": 2,
    }]
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("compute_audit", stdout=out)
    assert "2 instead of 0" in out.getvalue()


def planned(queue: str, seconds: float) -> PlannedStep:
    return PlannedStep("k", "shot", queue, {}, (), "shot 1", 1, seconds)


def test_prices_are_data_by_machine_class_with_gpu_classes(tmp_path: Path, settings: Any) -> None:
    assert budget.price([planned("voice", 10), planned("render", 10), planned("unheard-of", 10)]) == 80 + 140 + 140
    assert budget.price([planned("gpu-24gb", 60)]) == 60 * 190
    assert [budget.on_gpu(queue) for queue in ("voice", "gpu-24gb", "unheard-of")] == [False, True, False]
    mine = tmp_path / "rates.toml"
    mine.write_text("currency = 'CNY'\n[machines.other]\nmicros_per_second = 1.5\n")
    settings.COMPUTE_RATES = str(mine)
    assert budget.price([planned("voice", 10)]) == 15
    assert budget.rates().currency == "CNY"


@pytest.mark.parametrize(("text", "complaint"), [
    ("[machines.voice]\nmicros_per_second = 1", r"\[machines.other\]"),
    ("[machines.other]\nmicros_per_second = -1", r"\[machines.other\] needs micros_per_second"),
    ("[machines.other]\nmicros_per_second = '1'", r"\[machines.other\] needs micros_per_second"),
    ("[machines.other]\nmicros_per_second = nan", r"\[machines.other\] needs micros_per_second"),
    ("machines = [", "cannot be read"),
])  # fmt: skip
def test_a_price_list_that_cannot_be_right_names_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "rates.toml").write_text(text)
    with pytest.raises(ImproperlyConfigured, match=complaint):
        read_rates(tmp_path / "rates.toml")
