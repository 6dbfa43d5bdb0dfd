"""Batches: admitted all or not at all, carried out item by item, told and paid as one."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Episode, Series
from common.errors import Conflict, DomainError, Invalid
from generation import batches, budget, scheduler
from generation.batches import attending
from generation.budget import BudgetExceeded
from generation.engines.profiles import UnknownProfile
from generation.models import Batch, BatchItem, Character, ComputeAccount, Render, Step
from tests.builders import make_episode
from tests.generation.serials import a_series, episodes, store
from tests.generation.tiny import drain, install, request_for

pytestmark = pytest.mark.django_db
EMPTY = {"waiting": 0, "queued": 0, "running": 0, "paused": 0, "done": 0, "failed": 0, "cancelled": 0}


def admitted(series: Series, **more: Any) -> Batch:
    return batches.batch_create(series=series, profile="animatic", by=None, now=timezone.now(), **more)


def attend() -> None:
    while batches.attend(clock=timezone.now):
        pass


def view(batch: Batch) -> dict[str, Any]:
    return batches.batch_view(batch, now=timezone.now())


def tell(order: str, batch: Batch) -> Batch:
    told: Batch = getattr(batches, f"batch_{order}")(batch=batch, now=timezone.now())
    return told


def counts(batch: Batch) -> dict[str, int]:
    """Those that are not zero."""
    return {state: count for state, count in view(batch)["counts"].items() if count}


def status(batch: Batch) -> str:
    batch.refresh_from_db()
    return batch.status


def stored() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Batch, BatchItem, Render, Step, ComputeAccount))


def test_a_series_is_admitted_made_and_ended(tiny: list[str]) -> None:
    series = a_series(3)
    batch = admitted(series)
    assert (batch.status, counts(batch)) == ("admitting", {"waiting": 3})
    assert batch.report["totals"]["episodes"] == 3
    attend()
    assert (status(batch), counts(batch)) == ("running", {"queued": 3})
    assert [item.render.episode_id for item in batch.items.select_related("render").order_by("position")] == [
        each.pk for each in episodes(series)
    ]
    drain()
    assert status(batch) == "running"
    attend()
    shown = view(batch)
    assert (shown["status"], shown["percent"], shown["eta_seconds"]) == ("ended", 100.0, None)
    assert shown["counts"] == EMPTY | {"done": 3}
    assert shown["finished_at"] is not None
    assert shown["price"]["held_micros"] == 0
    assert 0 < shown["price"]["spent_micros"] <= shown["price"]["estimated_micros"]
    assert len(tiny) == Step.objects.count()  # every step once, shared ones too


def test_the_whole_price_is_held_at_once_and_goes_over_to_the_steps() -> None:
    series = a_series(2)
    batch = admitted(series)
    price = batch.report["totals"]["cost_micros"]
    account = ComputeAccount.objects.get(creator=series.creator)
    assert account.held_micros == price > 0
    assert sum(batch.items.values_list("held_micros", flat=True)) == price
    assert view(batch)["price"] == {
        "estimated_micros": price, "held_micros": price, "spent_micros": 0, "currency": budget.rates().currency
    }
    attend()
    account.refresh_from_db()
    assert account.held_micros == price == sum(Step.objects.values_list("held_micros", flat=True))
    assert set(batch.items.values_list("held_micros", flat=True)) == {0}
    assert view(batch)["price"]["held_micros"] == price


def test_an_episode_that_is_done_costs_nothing_and_is_done_at_once(tiny: list[str]) -> None:
    series = a_series(2)
    request_for(episodes(series)[0])
    drain()
    batch = admitted(series)
    attend()
    rows = view(batch)["episodes"]
    assert [(row["status"], row["price_micros"] > 0) for row in rows] == [("done", False), ("queued", True)]


def test_one_episode_that_blocks_refuses_all_with_each_reason() -> None:
    series = a_series(2)
    make_episode(series, 3)
    Character.objects.filter(series=series, name="JONAS").update(voice="")
    before = stored()
    with pytest.raises(Invalid) as refused:
        admitted(series)
    assert refused.value.code == "preflight_failed"
    assert [(each["number"], each["code"]) for each in refused.value.details["blocking"]] == [
        (1, "no_voice"), (2, "no_voice"), (3, "no_screenplay"),
    ]
    assert stored() == before


def test_a_budget_that_is_short_by_one_refuses_all() -> None:
    series = a_series(2)
    price = admitted_price(series)
    budget.cap_set(creator_id=series.creator_id, cap_micros=price - 1, now=timezone.now())
    before = stored()
    with pytest.raises(BudgetExceeded) as refused:
        admitted(series)
    assert (refused.value.details["price"], refused.value.details["available"]) == (price, price - 1)
    assert stored() == before
    budget.cap_set(creator_id=series.creator_id, cap_micros=price, now=timezone.now())
    admitted(series)
    attend()
    assert Render.objects.count() == 2


def admitted_price(series: Series) -> int:
    from generation.preflight import series_preflight

    survey = series_preflight(series=series, profile="animatic", now=timezone.now())
    return int(survey.report["totals"]["cost_micros"])


def bad_choices(series: Series) -> dict[str, dict[str, Any]]:
    first, other = episodes(series)[0].uid, make_episode().uid
    return {
        "no_episodes": {"episodes": []},
        "duplicate_episode": {"episodes": [first, first]},
        "unknown_episode": {"episodes": [first, other]},
        "pilot_not_in_batch": {"episodes": [first], "pilot": other},
        "too_many_episodes": {"episodes": [uuid.uuid4() for _ in range(201)]},
    }


@pytest.mark.parametrize(
    "code", ["no_episodes", "duplicate_episode", "unknown_episode", "pilot_not_in_batch", "too_many_episodes"]
)
def test_bad_choices_are_named_and_store_nothing(code: str) -> None:
    series = a_series(2)
    choice = bad_choices(series)[code]
    before = stored()
    with pytest.raises(Invalid) as refused:
        admitted(series, **choice)
    assert refused.value.code == code
    assert stored() == before


def test_an_unknown_profile_is_refused() -> None:
    series = a_series(1)
    with pytest.raises(UnknownProfile):
        batches.batch_create(series=series, profile="imax", by=None, now=timezone.now())
    assert Batch.objects.count() == 0


def test_an_episode_is_in_one_open_batch_at_a_time(tiny: list[str]) -> None:
    series = a_series(3)
    first, second, third = episodes(series)
    batch = admitted(series, episodes=[first.uid, second.uid])
    with pytest.raises(Conflict) as refused:
        admitted(series)
    assert refused.value.code == "episode_in_open_batch"
    assert refused.value.details == {"episodes": [str(first.uid), str(second.uid)], "batches": [str(batch.uid)]}
    assert Batch.objects.count() == 1
    admitted(series, episodes=[third.uid])
    attend()
    drain()
    assert admitted(series).items.count() == 3  # all is made, though nobody has said yet that the batches have ended


def test_the_pilot_is_made_first_and_the_others_wait_for_the_word(tiny: list[str]) -> None:
    series = a_series(3)
    second = episodes(series)[1]
    batch = admitted(series, pilot=second.uid)
    attend()
    shown = view(batch)
    assert (shown["status"], shown["waits_for_go"], shown["pilot"]) == ("pilot", True, str(second.uid))
    assert [(row["status"], row["pause_reason"]) for row in shown["episodes"]] == [
        ("paused", "pilot"), ("queued", None), ("paused", "pilot"),
    ]
    drain()
    attend()
    assert (status(batch), counts(batch)) == ("pilot", {"paused": 2, "done": 1})
    tell("go", batch)
    assert tell("go", batch).status == "running"  # twice is once
    attend()
    assert counts(batch) == {"queued": 2, "done": 1}
    drain()
    attend()
    assert (status(batch), counts(batch)) == ("ended", {"done": 3})
    assert len(tiny) == Step.objects.count()


def test_the_word_may_come_before_all_are_admitted() -> None:
    batch = admitted(a_series(3), pilot=True)
    attending._next(batch.pk, timezone.now)
    assert counts(batch) == {"waiting": 2, "queued": 1}
    tell("go", batch)
    attend()
    assert (status(batch), counts(batch)) == ("running", {"queued": 3})


def test_a_batch_without_a_pilot_has_no_go() -> None:
    batch = admitted(a_series(1))
    with pytest.raises(Conflict) as refused:
        tell("go", batch)
    assert refused.value.code == "batch_has_no_pilot"


def test_pause_and_resume_of_all_admitted_or_not() -> None:
    batch = admitted(a_series(3))
    attending._next(batch.pk, timezone.now)
    tell("pause", batch)
    assert view(batch)["order"] == "pause"
    attend()
    shown = view(batch)
    assert (shown["paused"], shown["order"], shown["eta_seconds"]) == (True, None, None)
    assert (shown["status"], shown["counts"]) == ("running", EMPTY | {"paused": 3})
    assert not Step.objects.filter(status__in=["ready", "blocked"]).exists()
    tell("resume", batch)
    attend()
    assert counts(batch) == {"queued": 3}
    assert view(batch)["eta_seconds"] > 0


def test_a_paused_pilot_goes_on_and_the_others_still_wait() -> None:
    batch = admitted(a_series(3), pilot=True)
    attend()
    tell("pause", batch)
    attend()
    with pytest.raises(Conflict) as refused:
        tell("go", batch)
    assert refused.value.code == "batch_paused"
    tell("resume", batch)
    attend()
    assert [row["status"] for row in view(batch)["episodes"]] == ["queued", "paused", "paused"]
    tell("go", batch)
    tell("pause", batch)  # before anybody has carried out the word
    attend()
    assert counts(batch) == {"paused": 3}
    tell("resume", batch)
    attend()
    assert counts(batch) == {"queued": 3}


def test_a_cancelled_batch_lets_go_of_everything_and_keeps_what_is_done(tiny: list[str]) -> None:
    series = a_series(4)
    batch = admitted(series)
    attending._next(batch.pk, timezone.now)
    drain()
    attending._next(batch.pk, timezone.now)
    told = tell("cancel", batch)
    assert (told.status, told.finished_at) == ("cancelled", None)
    attend()
    assert counts(batch) == {"done": 1, "cancelled": 3}
    assert Render.objects.count() == 2
    assert ComputeAccount.objects.get(creator=series.creator).held_micros == 0
    assert status(batch) == "cancelled"
    assert batch.finished_at is not None
    assert tell("cancel", batch).pk == batch.pk
    for order in ("go", "pause", "resume", "retry"):
        with pytest.raises(Conflict) as refused:
            tell(order, batch)
        assert refused.value.code == "batch_ended"
    assert budget_is_right(series)


def budget_is_right(series: Series) -> bool:
    """Nothing is held but for open steps and items."""
    held = ComputeAccount.objects.get(creator=series.creator).held_micros
    steps, items = (model.objects.values_list("held_micros", flat=True) for model in (Step, BatchItem))
    return bool(held == sum(steps) + sum(items))


def test_what_failed_is_tried_again_and_only_that(monkeypatch: Any) -> None:
    broken = {"now": True}

    def behave(kind: str, spec: dict[str, Any], ctx: Any) -> None:
        if broken["now"] and spec.get("text") == "This is envelope number 2.":
            raise DomainError("No breath.", code="no_breath", remedy="Breathe.")

    install(monkeypatch, behave)
    series = a_series(2)
    batch = admitted(series)
    attend()
    drain()
    attend()
    shown = view(batch)
    assert (shown["status"], shown["counts"]) == ("ended", EMPTY | {"done": 1, "failed": 1})
    assert shown["percent"] < 100
    assert shown["episodes"][1]["error"]["code"] == "no_breath"
    broken["now"] = False
    assert tell("retry", batch).status == "running"
    attend()
    drain()
    attend()
    assert (status(batch), counts(batch)) == ("ended", {"done": 2})
    assert view(batch)["percent"] == 100
    with pytest.raises(Conflict) as refused:
        tell("retry", batch)
    assert refused.value.code == "nothing_to_retry"


def test_an_item_that_cannot_be_planned_any_more_says_why_and_the_others_go_on() -> None:
    series = a_series(2)
    store(series, 3, "INT. ROOM - DAY\n\nANNA\nWho are you?\n")
    batch = admitted(series)
    Character.objects.filter(series=series, name="ANNA").update(voice="en-us+gone")
    attend()
    shown = view(batch)
    assert (shown["status"], shown["counts"]) == ("running", EMPTY | {"queued": 2, "failed": 1})
    assert shown["episodes"][2]["error"]["code"] == "missing_voice"
    assert budget_is_right(series)
    Character.objects.filter(series=series, name="ANNA").update(voice="en-us+f2")
    assert tell("retry", batch).status == "admitting"
    assert budget_is_right(series)
    attend()
    assert (status(batch), counts(batch)) == ("running", {"queued": 3})
    assert budget_is_right(series)


def test_a_fault_of_ours_in_one_item_stops_neither_the_others_nor_the_sweep(monkeypatch: Any) -> None:
    from generation.batches import items

    real = items.breakdown

    def faulty(story: Any) -> Any:
        if "number 1." in str(story.scenes):
            raise ZeroDivisionError
        return real(story)

    series = a_series(2)
    batch = admitted(series)
    monkeypatch.setattr(items, "breakdown", faulty)
    attend()
    rows = view(batch)["episodes"]
    assert [row["status"] for row in rows] == ["failed", "queued"]
    assert rows[0]["error"]["code"] == "plan_failed"
    assert "ZeroDivision" not in str(rows[0]["error"])


def test_the_account_may_refuse_a_retry_and_the_episode_says_so(monkeypatch: Any) -> None:
    def behave(kind: str, spec: dict[str, Any], ctx: Any) -> None:
        if kind == "voice":
            raise DomainError("No breath.", code="no_breath", remedy="Breathe.")

    install(monkeypatch, behave)
    series = a_series(1)
    batch = admitted(series)
    attend()
    drain()
    attend()
    budget.cap_set(creator_id=series.creator_id, cap_micros=0, now=timezone.now())
    tell("retry", batch)
    attend()
    [row] = view(batch)["episodes"]
    assert (row["status"], row["error"]["code"]) == ("failed", "budget_exceeded")
    assert status(batch) == "ended"


def test_an_order_waits_for_the_one_before_but_for_pause_and_cancel() -> None:
    series = a_series(2)
    batch = admitted(series, pilot=True)
    attend()
    Render.objects.filter(batch=batch, status="queued").update(
        status="failed", error_code="x", finished_at=timezone.now()
    )
    tell("go", batch)
    with pytest.raises(Conflict) as refused:
        tell("retry", batch)
    assert (refused.value.code, refused.value.details) == ("batch_busy", {"order": "go"})
    tell("pause", batch)
    tell("resume", batch)
    tell("cancel", batch)
    attend()
    assert counts(batch) == {"failed": 1, "cancelled": 1}


def test_a_render_that_is_stopped_by_hand_counts_as_ended() -> None:
    batch = admitted(a_series(1))
    attend()
    scheduler.cancel_render(render=Render.objects.get(batch=batch), now=timezone.now())
    attend()
    assert (status(batch), counts(batch)) == ("ended", {"cancelled": 1})


def test_percent_counts_seconds_and_not_episodes(tiny: list[str]) -> None:
    series = a_series(2)
    first = episodes(series)[0]
    batch = admitted(series)
    attend()
    items = list(batch.items.order_by("position"))
    Render.objects.filter(episode=first).update(percent=50)
    whole = items[0].estimated_seconds + items[1].estimated_seconds
    assert view(batch)["percent"] == round(50 * items[0].estimated_seconds / whole, 1)
    assert items[0].estimated_seconds > items[1].estimated_seconds


def queries(count: int) -> int:
    batch = admitted(a_series(count))
    attend()
    view(batch)
    with CaptureQueriesContext(connection) as asked:
        view(batch)
    return len(asked)


def test_a_view_of_twenty_asks_as_much_as_a_view_of_two() -> None:
    assert queries(2) == queries(20) <= 6


def admission_queries(count: int) -> int:
    series = a_series(count)
    admitted_price(series)
    with CaptureQueriesContext(connection) as asked:
        admitted(series)
    return len(asked)


def test_admitting_twenty_asks_as_much_as_admitting_two() -> None:
    assert admission_queries(2) == admission_queries(20) <= 30


def test_an_idle_round_asks_little_however_many_batches_run() -> None:
    for _ in range(3):
        admitted(a_series(1))
    attend()
    with CaptureQueriesContext(connection) as asked:
        attend()
    assert len(asked) == 2


def test_only_episodes_of_this_creator_are_touched() -> None:
    mine, theirs = admitted(a_series(1)), admitted(a_series(1))
    attend()
    tell("cancel", mine)
    attend()
    assert (counts(mine), counts(theirs)) == ({"cancelled": 1}, {"queued": 1})
    assert Episode.objects.count() == 2
