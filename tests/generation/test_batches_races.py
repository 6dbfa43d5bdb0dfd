"""Batches under real threads, and after a death at any instant: every item becomes one render, and is paid once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generation import batches, scheduler
from generation.batches import attending
from generation.batches.errors import AlreadyInBatch
from generation.models import Batch, BatchItem, ComputeAccount, Render, RenderEvent, Step
from tests.generation.serials import a_series, account_is_right, admitted, attend, price_of
from tests.generation.test_scheduler_races import at_once
from tests.generation.tiny import drain

pytestmark = pytest.mark.django_db(transaction=True)
SHORT = "INT. HALL - DAY\n\nMARA\n{line} Who is there?\n"


class Killed(BaseException):
    """What a process sees of SIGKILL: nothing, it just does not go on."""


def test_many_who_attend_at_once_make_each_item_one_render(tiny: list[str]) -> None:
    series = a_series(5, shape=SHORT)
    batch = admitted(series)
    assert at_once(*[attend] * 4) == [None] * 4
    attend()
    batch.refresh_from_db()
    assert batch.status == "running"
    assert Counter(Render.objects.values_list("episode", flat=True)) == Counter(
        batch.items.values_list("episode", flat=True)
    )
    assert batch.items.filter(render__isnull=False).count() == 5
    assert account_is_right(series)
    drain()
    attend()
    assert len(tiny) == Step.objects.count()
    assert set(Step.objects.values_list("attempt", flat=True)) == {1}


def test_two_who_ask_for_the_same_episodes_at_once_get_one_batch() -> None:
    series = a_series(2, shape=SHORT)
    price = price_of(series)
    found = at_once(*[lambda: admitted(series)] * 4)
    assert sorted(type(each).__name__ for each in found) == ["AlreadyInBatch"] * 3 + ["Batch"]
    assert all(isinstance(each, AlreadyInBatch | Batch) for each in found)
    assert (Batch.objects.count(), BatchItem.objects.count()) == (1, 2)
    assert ComputeAccount.objects.get().held_micros == price


@pytest.mark.parametrize("instant", ["before the render", "after the render", "before the end"])
def test_whoever_dies_is_followed(monkeypatch: Any, instant: str) -> None:
    """At each item in turn: the next attends to what is left, and nothing is made or held twice."""
    series = a_series(3, shape=SHORT)
    batch = admitted(series)
    price = ComputeAccount.objects.get().held_micros
    real_add, real_all = scheduler.add_render, attending._all_admitted

    def add(**given: Any) -> Render:
        if instant == "before the render":
            raise Killed
        render = real_add(**given)
        if instant == "after the render":
            raise Killed
        return render

    def dying(row: Batch) -> bool:
        raise Killed

    for alive in range(4):
        monkeypatch.setattr(scheduler, "add_render", add)
        monkeypatch.setattr(attending, "_all_admitted", dying)
        with pytest.raises(Killed):
            attend()
        monkeypatch.setattr(scheduler, "add_render", real_add)
        made = Render.objects.count()
        assert made == (3 if instant == "before the end" else alive if alive < 3 else 3)
        assert batch.items.filter(render__isnull=False).count() == made
        assert ComputeAccount.objects.get().held_micros == price
        assert account_is_right(series)
        if made == 3:
            break
        assert attending._next(batch.pk, timezone.now)
    monkeypatch.setattr(attending, "_all_admitted", real_all)
    attend()
    batch.refresh_from_db()
    assert (batch.status, Render.objects.count()) == ("running", 3)


@pytest.mark.parametrize("order", ["pause", "cancel"])
def test_an_order_that_was_cut_off_is_carried_out_by_the_next(monkeypatch: Any, order: str) -> None:
    series = a_series(4, shape=SHORT)
    batch = admitted(series)
    attend()
    getattr(batches, f"batch_{order}")(batch=batch, now=timezone.now())
    real = attending._tell
    told: list[Any] = []

    def tell(*given: Any) -> None:
        if len(told) == 2:
            raise Killed
        told.append(given)
        real(*given)

    monkeypatch.setattr(attending, "_tell", tell)
    with pytest.raises(Killed):
        attend()
    assert Render.objects.filter(status="queued").count() == 2
    monkeypatch.setattr(attending, "_tell", real)
    attend()
    batch.refresh_from_db()
    assert batch.order == ""
    assert set(Render.objects.values_list("status", flat=True)) == {"paused" if order == "pause" else "cancelled"}
    assert account_is_right(series)


def test_a_batch_that_is_paused_and_resumed_while_others_attend_ends_as_it_was_told_last() -> None:
    series = a_series(4, shape=SHORT)
    batch = admitted(series)
    over = threading.Event()

    def attend_on() -> None:
        while not over.is_set():
            batches.attend(clock=timezone.now)

    def tell_on() -> None:
        try:
            for _ in range(3):
                batches.batch_pause(batch=batch, now=timezone.now())
                time.sleep(0.02)
                batches.batch_resume(batch=batch, now=timezone.now())
            batches.batch_pause(batch=batch, now=timezone.now())
        finally:
            over.set()

    assert at_once(attend_on, attend_on, tell_on) == [None] * 3
    attend()
    assert set(Render.objects.filter(batch=batch).values_list("status", "pause_reason")) == {("paused", "creator")}
    assert Render.objects.count() == 4
    assert not Step.objects.filter(status__in=["ready", "blocked"]).exists()


def test_a_cancel_while_items_are_admitted_leaves_nothing_alive() -> None:
    series = a_series(6, shape=SHORT)
    batch = admitted(series)

    def cancel() -> None:
        while not Render.objects.exists():
            time.sleep(0.005)
        batches.batch_cancel(batch=batch, now=timezone.now())

    assert at_once(attend, attend, cancel) == [None] * 3
    attend()
    batch.refresh_from_db()
    assert (batch.status, batch.order) == ("cancelled", "")
    assert batch.finished_at is not None
    assert set(Render.objects.values_list("status", flat=True)) == {"cancelled"}
    assert ComputeAccount.objects.get().held_micros == 0
    assert account_is_right(series)


@pytest.mark.slow
def test_a_hundred_episodes_are_admitted_in_short_transactions(tiny: list[str], capsys: Any) -> None:
    """No transaction grows with the batch: each item is as many statements as the first one."""
    series = a_series(100, shape=SHORT)
    began = time.monotonic()
    batch = admitted(series)
    asked = time.monotonic() - began
    statements, seconds = [], []
    while True:
        with CaptureQueriesContext(connection) as inside:
            start = time.monotonic()
            more = attending._next(batch.pk, timezone.now)
            seconds.append(time.monotonic() - start)
        statements.append(len(inside))
        if not more:
            break
    with capsys.disabled():
        print(  # noqa: T201
            f"\n100 episodes: asked in {asked:.2f} s, admitted in {sum(seconds):.2f} s, "
            f"longest item {max(seconds) * 1000:.0f} ms, {max(statements)} statements at most"
        )
    assert max(statements) <= 40
    assert (Render.objects.count(), RenderEvent.objects.filter(kind="queued").count()) == (100, 100)
    began = time.monotonic()
    drain()
    attend()
    batch.refresh_from_db()
    with capsys.disabled():
        print(f"made in {time.monotonic() - began:.1f} s, {len(tiny)} steps")  # noqa: T201
    assert batch.status == "ended"
    assert len(tiny) == Step.objects.count()
    assert set(Render.objects.values_list("status", flat=True)) == {"done"}
    assert ComputeAccount.objects.get().held_micros == 0
