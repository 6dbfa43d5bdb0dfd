"""Batches: admitted all or not at all, carried out item by item, told and paid as one."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Episode, Series
from common.errors import Conflict, Invalid
from generation import batches, budget, scheduler
from generation.batches import attending
from generation.budget import BudgetExceeded
from generation.engines.profiles import UnknownProfile
from generation.models import Batch, BatchItem, Character, ComputeAccount, Render, Step
from tests.builders import make_episode
from tests.generation.serials import (
    a_series,
    admitted,
    attend,
    counts,
    episodes,
    price_of,
    status,
    tell,
    view,
)
from tests.generation.tiny import drain, request_for

pytestmark = pytest.mark.django_db
EMPTY = {"waiting": 0, "queued": 0, "running": 0, "paused": 0, "done": 0, "failed": 0, "cancelled": 0}


def stored() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Batch, BatchItem, Render, Step, ComputeAccount))


def test_a_series_is_admitted_made_and_ended(tiny: list[str]) -> None:
    series = a_series(3)
    batch = admitted(series)
    assert (batch.status, counts(batch)) == ("admitting", {"waiting": 3})
    assert batch.report["totals"]["episodes"] == 3
    attend()
    assert (status(batch), counts(batch)) == ("running", {"queued": 3})
    assert list(batch.items.order_by("position").values_list("render__episode", flat=True)) == [
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
    price = price_of(series)
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
    price_of(series)
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
