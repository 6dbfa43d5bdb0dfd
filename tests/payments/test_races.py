"""Everybody at once, on real PostgreSQL, with a control that shows what the lock is for."""

from __future__ import annotations

import random
import threading
import uuid
from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from catalog.models import Episode
from common.errors import PaymentRequired
from payments.models import CoinLot, Entitlement, Entry, Purchase, Wallet
from payments.services import purchase_grant
from tests.builders import make_guest, make_published, make_series, make_user
from tests.payments.tills import (
    at_once,
    books_hold,
    buy,
    give_bonus,
    holds,
    locked_episode,
    make_order,
    payment_for,
    unlock,
)

pytestmark = pytest.mark.django_db(transaction=True)


def statuses(results: list[Any]) -> Counter[str]:
    return Counter(found["status"] if isinstance(found, dict) else type(found).__name__ for found in results)


def test_forty_unlocks_of_one_episode_charge_once() -> None:
    user, episode = make_guest(), locked_episode()
    buy(user, 600)
    results = at_once([partial(unlock, user, episode) for _ in range(40)])
    assert statuses(results) == {"unlocked": 1, "already": 39}
    assert holds(user) == (540, 0, 0)
    assert books_hold()["rights"] == 1


def test_one_key_sent_many_times_at_once_gets_one_answer() -> None:
    user, episode, key = make_user(), locked_episode(), uuid.uuid4().hex
    buy(user, 100)
    results = at_once([partial(unlock, user, episode, key=key) for _ in range(16)])
    assert all(result == results[0] for result in results)
    assert results[0]["status"] == "unlocked"
    assert holds(user) == (40, 0, 0)


def test_coins_for_three_buy_three_of_twelve() -> None:
    user, series = make_user(), make_series(free_episodes=0, price_coins=60)
    episodes = [make_published(series, number) for number in range(1, 13)]
    buy(user, 100)
    give_bonus(user, 95)
    results = at_once([partial(unlock, user, episode) for episode in episodes])
    assert statuses(results) == {"unlocked": 3, "PaymentRequired": 9}
    assert holds(user) == (15, 0, 0)
    assert books_hold()["rights"] == 3


def overlap(user: User, first: Episode, second: Episode) -> Any:
    """The second unlock starts while the first one has charged and not yet committed; returns the second's outcome."""
    charged, outcome = threading.Event(), []

    def later() -> None:
        charged.wait(10)
        try:
            outcome.append(unlock(user, second))
        except Exception as failure:
            outcome.append(failure)
        connection.close()

    thread = threading.Thread(target=later)
    thread.start()
    with transaction.atomic():
        unlock(user, first)
        charged.set()
        thread.join(0.5)
        assert thread.is_alive(), "the second did not wait for the first"
    thread.join()
    return outcome[0]


def two_episodes_and_coins_for_one() -> tuple[User, Episode, Episode]:
    user, series = make_user(), make_series(free_episodes=0, price_coins=60)
    buy(user, 60)
    return user, make_published(series, 1), make_published(series, 2)


def test_with_the_lock_the_second_of_two_overlapping_unlocks_is_told_the_truth() -> None:
    user, first, second = two_episodes_and_coins_for_one()
    outcome = overlap(user, first, second)
    assert isinstance(outcome, PaymentRequired)
    assert outcome.details["shortfall"] == 60
    assert books_hold()["rights"] == 1


@pytest.fixture
def no_lock() -> Any:
    """The same function without its lock, for as long as a test takes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('payments_unlock'::regproc)")
        source = cursor.fetchone()[0]
        assert source.count("FOR NO KEY UPDATE") == 1
        cursor.execute(source.replace("FOR NO KEY UPDATE", ""))
    yield
    with connection.cursor() as cursor:
        cursor.execute(source)


def test_control_without_the_lock_it_spends_coins_that_are_gone_and_only_a_constraint_stops_it(no_lock: None) -> None:
    user, first, second = two_episodes_and_coins_for_one()
    outcome = overlap(user, first, second)
    assert isinstance(outcome, IntegrityError)
    assert books_hold()["rights"] == 1


def test_control_reading_then_writing_without_the_lock_gives_episodes_away() -> None:
    user = make_user()
    buy(user, 120)
    both_have_read = threading.Barrier(2)

    def naive() -> None:
        paid = Wallet.objects.get(user=user).paid
        both_have_read.wait()
        Wallet.objects.filter(user=user).update(paid=paid - 60)

    assert at_once([naive, naive], threads=2) == [None, None]
    assert holds(user) == (60, 0, 0)  # two were charged, one was paid


def test_webhook_and_verify_at_once_grant_a_purchase_once() -> None:
    user = make_user()
    order = make_order(user, coins=100, bonus=10)
    grant = partial(purchase_grant, payment=payment_for(order), now=timezone.now())
    results = at_once([grant] * 24)
    assert Counter(results) == {True: 1, False: 23}
    assert holds(user) == (100, 10, 0)
    assert CoinLot.objects.count() == 2
    assert books_hold()["purchases"] == 1


def test_two_payments_of_one_order_grant_one() -> None:
    order = make_order(make_user(), coins=100)
    jobs = [
        partial(purchase_grant, payment=payment_for(order, txn_id=f"txn_{n}"), now=timezone.now()) for n in (1, 2)
    ]
    results = at_once(jobs, threads=2)
    assert sorted(type(result).__name__ for result in results) == ["PaymentMismatch", "bool"]
    assert (Purchase.objects.count(), CoinLot.objects.count()) == (1, 1)


def test_a_storm_of_grants_and_unlocks_with_duplicates_conserves_every_coin() -> None:
    series, dice = make_series(free_episodes=0, price_coins=60), random.Random(6)
    episodes = [make_published(series, number) for number in range(1, 7)]
    people = [make_guest() for _ in range(10)]
    jobs: list[Any] = []
    for person in people:
        give_bonus(person, 25)
        for _ in range(2):
            payment = payment_for(make_order(person, coins=70, bonus=15))
            jobs += [partial(purchase_grant, payment=payment, now=timezone.now())] * 4
        for episode in episodes:
            jobs += [partial(unlock, person, episode, key=f"{person.uid}-{episode.pk}")] * 2
            jobs += [partial(unlock, person, episode)]
    dice.shuffle(jobs)
    results = at_once(jobs)
    assert {type(result).__name__ for result in results} <= {"bool", "dict", "PaymentRequired"}
    assert sum(result is True for result in results) == 20
    unlocked = Entry.objects.filter(kind="unlock").count()
    assert unlocked == Entitlement.objects.count() > 10
    left = sum(sum(holds(person)[:2]) for person in people)
    assert left == 10 * (25 + 2 * 85) - 60 * unlocked
    assert books_hold()["purchases"] == 20
