"""Real threads on a real server: however many ask at once, an account never goes over its cap and loses no entry."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from common.errors import Conflict
from generation import budget, scheduler
from generation.budget import BudgetExceeded, moves
from generation.models import Batch, BatchItem, ComputeAccount, ComputeEntry, Render, Step
from generation.services import render_cancel
from tests.builders import make_creator, make_episode, make_series, make_user
from tests.generation.test_scheduler_races import at_once
from tests.generation.tiny import deliver, drain, install, request_for, take, written

pytestmark = pytest.mark.django_db(transaction=True)


def told(number: int) -> str:
    """Stories of one price and of no common step."""
    return f"INT. ROOM {number} - NIGHT\n\nMARA waits at door {number}.\n\nMARA\nIt is door {number}.\n"


def episodes_of_one_creator(count: int) -> list[Any]:
    series = make_series(make_creator())
    return [written(told(10 + n), make_episode(series, number=n + 1)) for n in range(count)]


def figures(creator_id: int) -> tuple[int, int]:
    """(counted + held, cap)."""
    view = budget.account_view(creator_id)
    return view["counted_micros"] + view["held_micros"], view["cap_micros"]


def items(count: int) -> list[BatchItem]:
    made = []
    for number, episode in enumerate(episodes_of_one_creator(count)):
        batch = Batch.objects.create(
            creator=episode.series.creator, series=episode.series, profile="animatic", report={}
        )
        text = episode.screenplays.get()
        made.append(BatchItem.objects.create(batch=batch, episode=episode, screenplay=text, position=number))
    return made


def holding(item: BatchItem, micros: int) -> Callable[[], None]:
    """Asks for the item's price without the creator's lock: the account's lock is all that stands in the way."""
    creator_id = item.batch.creator_id
    return lambda: budget.hold_item(creator_id=creator_id, item=item, micros=micros, now=timezone.now())


def test_requests_at_once_are_admitted_up_to_the_cap_and_no_further() -> None:
    episodes = episodes_of_one_creator(6)
    creator_id = episodes[0].series.creator_id
    first = request_for(episodes[0])
    price = budget.account_view(creator_id)["held_micros"]
    budget.cap_set(creator_id=creator_id, cap_micros=3 * price, now=timezone.now())
    answers = at_once(*[lambda e=e: request_for(e) for e in episodes[1:]])
    assert [type(answer) for answer in answers if not isinstance(answer, Render)] == [BudgetExceeded] * 3
    assert figures(creator_id) == (3 * price, 3 * price)
    assert Render.objects.count() == 3
    assert Render.objects.filter(pk=first.pk).exists()
    assert budget.audit() == []


def test_holds_at_once_never_go_over_the_cap() -> None:
    asked = items(8)
    creator_id = asked[0].batch.creator_id
    budget.cap_set(creator_id=creator_id, cap_micros=350, now=timezone.now())
    answers = at_once(*[holding(item, 100) for item in asked])
    assert sum(isinstance(answer, BudgetExceeded) for answer in answers) == 5
    assert answers.count(None) == 3
    assert figures(creator_id) == (300, 350)
    assert budget.audit() == []


def test_without_the_lock_the_same_requests_go_over_the_cap(monkeypatch: Any) -> None:
    """The control: it is the account's lock that holds the cap, not luck."""
    asked = items(2)
    creator_id = asked[0].batch.creator_id
    budget.cap_set(creator_id=creator_id, cap_micros=150, now=timezone.now())
    both_have_looked = Barrier(2)

    def unlocked(who: int) -> ComputeAccount:
        account = ComputeAccount.objects.get(pk=who)
        both_have_looked.wait(timeout=30)
        return account

    monkeypatch.setattr(moves, "lock_account", unlocked)
    assert at_once(*[holding(item, 100) for item in asked]) == [None, None]
    assert sum(BatchItem.objects.values_list("held_micros", flat=True)) == 200  # of 150
    assert {row["problem"] for row in budget.audit()} == {
        "held_is_not_the_sum_of_entries", "held_is_not_what_work_holds"
    }


def test_first_holds_at_once_make_one_account() -> None:
    asked = items(4)
    assert at_once(*[holding(item, 10) for item in asked]) == [None] * 4
    assert budget.account_view(asked[0].batch.creator_id)["held_micros"] == 40
    assert budget.audit() == []


def test_results_at_once_are_all_charged_and_none_twice() -> None:
    [episode] = episodes_of_one_creator(1)
    lines = "".join(f"MARA\nNumber {n}, and not the last.\n\n" for n in range(8))
    written(f"INT. ROOM - DAY\n\nMARA waits.\n\n{lines}", episode)
    request_for(episode)
    leases = [take() for _ in range(Step.objects.filter(queue="voice", status="ready").count())]
    held = dict(Step.objects.values_list("pk", "held_micros"))
    Step.objects.update(leased_at=timezone.now() - timedelta(minutes=1))
    twice = [lambda lease=lease: deliver(lease) for lease in leases for _ in range(2)]
    assert sum(answer is True for answer in at_once(*twice)) == len(leases) >= 8
    settled = dict(ComputeEntry.objects.filter(kind="settle").values_list("step_id", "spent_micros"))
    assert settled == {lease.step_id: held[lease.step_id] for lease in leases}
    assert budget.audit() == []


def test_one_step_is_not_both_charged_and_let_go() -> None:
    for episode in episodes_of_one_creator(5):
        render = request_for(episode)
        lease = take()
        done, cancelled = at_once(
            lambda lease=lease: deliver(lease),
            lambda render=render: render_cancel(render=render, by=make_user(), now=timezone.now()),
        )
        assert cancelled.status == "cancelled"
        kinds = list(ComputeEntry.objects.filter(step_id=lease.step_id).values_list("kind", flat=True))
        assert kinds == ["settle" if done else "release"]
        assert budget.audit() == []


def test_everything_at_once_keeps_the_books_and_the_cap(monkeypatch: Any) -> None:
    """Workers, requests, cancels and a cap that is set again and again, while somebody looks all the time."""
    install(monkeypatch)
    episodes = episodes_of_one_creator(6)
    creator_id = episodes[0].series.creator_id
    request_for(episodes[0])
    cap = 4 * budget.account_view(creator_id)["held_micros"]
    budget.cap_set(creator_id=creator_id, cap_micros=cap, now=timezone.now())
    over = Event()
    seen: list[tuple[int, int]] = []
    refused: list[Any] = []

    def look() -> None:
        while not over.is_set():
            seen.append(figures(creator_id))
        connection.close()

    def ask(mine: list[Any]) -> None:
        for episode in mine:
            try:
                render = request_for(episode)
                if episode.number % 2:
                    render_cancel(render=render, by=make_user(), now=timezone.now())
            except Conflict:  # no room, or done before it could be cancelled
                refused.append(episode)

    def renew() -> None:
        for _ in range(6):
            budget.cap_set(creator_id=creator_id, cap_micros=cap, now=timezone.now())

    with ThreadPoolExecutor(1) as watcher:
        watching = watcher.submit(look)
        answers = at_once(drain, drain, lambda: ask(episodes[1:]), lambda: ask(episodes[:0:-1]), renew)
        over.set()
        watching.result()
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert 0 < max(total for total, _ in seen) <= cap
    drain()
    scheduler.sweep(now=timezone.now())
    assert budget.audit() == []
    assert budget.account_view(creator_id)["held_micros"] == 0
