"""The unlock: what it takes, from what, and everything it refuses."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Episode, Series
from common.errors import Conflict, Invalid, NotFound, PaymentRequired
from payments.models import CoinLot, Entitlement, Entry, IdempotencyRecord, LotUse, Posting
from payments.services import episode_unlock
from tests.builders import make_episode, make_guest, make_published, make_series, make_user
from tests.payments.tills import books_hold, buy, footprint, give_bonus, holds, locked_episode, owe, unlock

pytestmark = pytest.mark.django_db


def test_an_unlock_takes_bonus_by_nearest_expiry_then_paid_in_the_order_it_came() -> None:
    user, episode = make_user(), locked_episode(price=60)
    buy(user, 30)
    buy(user, 100)
    give_bonus(user, 20, days=40)
    give_bonus(user, 5, days=2)
    answer = unlock(user, episode)
    assert [(lot["kind"], lot["channel"], lot["coins"]) for lot in answer["taken"]] == [
        ("bonus", "promo", 5), ("bonus", "promo", 20), ("paid", "web", 30), ("paid", "web", 5),
    ]
    assert answer["status"] == "unlocked"
    assert answer["charged"] == {"bonus": 25, "paid": 35, "total": 60}
    assert answer["balance"] == {"paid": 95, "bonus": 0, "total": 95, "debt": 0}
    assert holds(user) == (95, 0, 0)
    assert books_hold()["rights"] == 1


def test_an_unlock_is_one_entry_with_balanced_postings_under_a_pseudonym() -> None:
    user, episode = make_user(), locked_episode()
    buy(user, 50)
    give_bonus(user, 20)
    unlock(user, episode)
    entry = Entry.objects.get(kind="unlock")
    assert (entry.subject, entry.episode_id) == (user.subject, episode.pk)
    legs = set(Posting.objects.filter(entry=entry).values_list("account", "asset", "amount", "subject"))
    assert legs == {
        ("wallet", "coin.bonus", -20, user.subject), ("spent", "coin.bonus", 20, None),
        ("wallet", "coin.paid", -40, user.subject), ("spent", "coin.paid", 40, None),
    }
    assert Entitlement.objects.get(user=user, episode=episode).entry == entry


def test_an_unlock_is_one_round_trip_to_the_database(django_assert_num_queries: Any, api: Any) -> None:
    user, series = make_user(), make_series(free_episodes=0, price_coins=60)
    first, second = make_published(series, 1), make_published(series, 2)
    buy(user, 200)
    with django_assert_num_queries(1):
        unlock(user, first)
    with django_assert_num_queries(1):
        answer = api(user).post(
            f"/api/v1/episodes/{second.uid}/unlock", {"expected_price": 60}, format="json",
            headers={"Idempotency-Key": uuid.uuid4().hex},
        )
    assert answer.status_code == 200
    assert answer.json()["balance"]["total"] == 80


def test_too_few_coins_are_refused_with_the_shortfall_and_nothing_changes() -> None:
    user, episode = make_user(), locked_episode()
    buy(user, 25)
    give_bonus(user, 10)
    before = footprint()
    with pytest.raises(PaymentRequired) as refused:
        unlock(user, episode)
    assert refused.value.code == "shortfall"
    assert refused.value.details == {"price_coins": 60, "paid": 25, "bonus": 10, "shortfall": 25}
    assert footprint() == before


def test_a_person_without_a_wallet_lacks_the_whole_price() -> None:
    episode, before = locked_episode(), footprint()
    with pytest.raises(PaymentRequired) as refused:
        unlock(make_guest(), episode)
    assert refused.value.details["shortfall"] == 60
    assert footprint() == before


def test_a_changed_price_is_told_and_not_charged() -> None:
    user, episode = make_user(), locked_episode(price=60)
    buy(user, 100)
    Series.objects.filter(pk=episode.series_id).update(price_coins=70)
    before = footprint()
    with pytest.raises(Conflict) as refused:
        unlock(user, episode, price=60)
    assert (refused.value.code, refused.value.details) == ("price_changed", {"price_coins": 70})
    assert footprint() == before
    assert unlock(user, episode, price=70)["charged"]["total"] == 70


def test_an_episodes_own_price_goes_before_the_series_price() -> None:
    user, series = make_user(), make_series(free_episodes=0, price_coins=60)
    episode = make_published(series, 1, price_coins=15)
    buy(user, 100)
    assert unlock(user, episode, price=15)["price_coins"] == 15


def test_unlocking_twice_charges_once_with_any_key_and_any_price() -> None:
    user, episode = make_user(), locked_episode()
    buy(user, 200)
    unlock(user, episode)
    again = unlock(user, episode)
    assert (again["status"], again["charged"]["total"], again["taken"]) == ("already", 0, [])
    Series.objects.filter(pk=episode.series_id).update(price_coins=90)
    assert unlock(user, episode, price=1)["status"] == "already"
    assert holds(user) == (140, 0, 0)
    assert Entry.objects.filter(kind="unlock").count() == 1


def test_the_same_key_and_request_get_the_first_answer_again() -> None:
    user, episode, key = make_user(), locked_episode(), uuid.uuid4().hex
    buy(user, 100)
    first = unlock(user, episode, key=key)
    buy(user, 500)
    before = footprint()
    replay = episode_unlock(user_id=user.pk, episode_uid=episode.uid, expected_price=60, key=key, now=timezone.now())
    assert (replay.answer, replay.replayed) == (first, True)
    assert footprint() == before


def test_a_used_key_refuses_another_request() -> None:
    user, series, key = make_user(), make_series(free_episodes=0), uuid.uuid4().hex
    first, second = make_published(series, 1), make_published(series, 2)
    buy(user, 200)
    unlock(user, first, key=key)
    before = footprint()
    for episode, price in ((second, 60), (first, 61)):
        with pytest.raises(Conflict) as refused:
            unlock(user, episode, price=price, key=key)
        assert refused.value.code == "idempotency_key_reused"
    assert footprint() == before


def test_a_key_belongs_to_one_person() -> None:
    key, episode = uuid.uuid4().hex, locked_episode()
    for user in (make_user(), make_user()):
        buy(user, 60)
        assert unlock(user, episode, key=key)["status"] == "unlocked"


def test_a_refusal_does_not_use_the_key_up() -> None:
    user, episode, key = make_user(), locked_episode(), uuid.uuid4().hex
    with pytest.raises(PaymentRequired):
        unlock(user, episode, key=key)
    buy(user, 60)
    assert unlock(user, episode, key=key)["status"] == "unlocked"


@pytest.mark.parametrize("status", ["draft", "in_review", "rejected", "scheduled", "withdrawn"])
def test_only_what_is_on_show_can_be_unlocked(status: str) -> None:
    user, episode = make_user(), locked_episode()
    Episode.objects.filter(pk=episode.pk).update(status=status)
    buy(user, 100)
    before = footprint()
    with pytest.raises(NotFound):
        unlock(user, episode)
    assert footprint() == before


def test_an_episode_of_a_withdrawn_series_is_not_there() -> None:
    user, episode = make_user(), locked_episode()
    Series.objects.filter(pk=episode.series_id).update(status=Series.Status.WITHDRAWN)
    buy(user, 100)
    with pytest.raises(NotFound):
        unlock(user, episode)
    assert holds(user) == (100, 0, 0)


def test_a_free_episode_costs_nothing_and_leaves_no_right() -> None:
    user, series = make_guest(), make_series(free_episodes=1)
    episode = make_published(series, 1)
    answer = unlock(user, episode, price=0)
    assert (answer["status"], answer["price_coins"], answer["charged"]["total"]) == ("free", 0, 0)
    assert Entitlement.objects.count() == 0
    with pytest.raises(Conflict) as refused:
        unlock(user, episode, price=60)
    assert refused.value.details == {"price_coins": 0}


def test_expired_bonus_coins_do_not_pay() -> None:
    user, episode, now = make_user(), locked_episode(), timezone.now()
    give_bonus(user, 100, days=1, now=now - timedelta(days=2))
    buy(user, 59)
    with pytest.raises(PaymentRequired) as refused:
        unlock(user, episode, now=now)
    assert refused.value.details["shortfall"] == 1
    buy(user, 1)
    assert unlock(user, episode, now=now)["charged"] == {"bonus": 0, "paid": 60, "total": 60}
    books_hold()


def test_debt_blocks_until_a_purchase_has_settled_it() -> None:
    user, episode = make_user(), locked_episode()
    buy(user, 60)
    owe(user, 40)
    before = footprint()
    with pytest.raises(PaymentRequired) as refused:
        unlock(user, episode)
    assert (refused.value.code, refused.value.details) == ("wallet_in_debt", {"debt": 40})
    assert footprint() == before
    buy(user, 50)
    assert holds(user) == (70, 0, 0)
    unlock(user, episode)
    assert holds(user) == (10, 0, 0)
    books_hold()


def test_bonus_coins_repay_no_debt_and_a_small_purchase_repays_a_part() -> None:
    user = make_user()
    owe(user, 40)
    give_bonus(user, 30)
    assert holds(user) == (0, 30, 40)
    buy(user, 15)
    assert holds(user) == (0, 30, 25)
    books_hold()


def test_a_revoked_right_can_be_bought_again() -> None:
    user, episode = make_user(), locked_episode()
    buy(user, 120)
    unlock(user, episode)
    Entitlement.objects.update(revoked_at=timezone.now())
    assert unlock(user, episode)["status"] == "unlocked"
    right = Entitlement.objects.get()
    assert (right.grants, right.revoked_at) == (2, None)
    assert right.entry == Entry.objects.filter(kind="unlock").latest("id")
    assert holds(user) == (0, 0, 0)


def test_the_money_of_a_lot_leaves_with_its_coins_to_the_last_micro() -> None:
    user, series = make_user(), make_series(free_episodes=0, price_coins=7)
    buy(user, 21, price_cents=99, tax=9, fee=13)
    for number in (1, 2, 3):
        unlock(user, make_published(series, number), price=7)
    lot = CoinLot.objects.get()
    shares = list(LotUse.objects.order_by("id").values_list("net_micros", flat=True))
    assert (lot.remaining, lot.open, lot.net_micros) == (0, False, 770_000)
    assert shares == [256_666, 256_667, 256_667]
    books_hold()


@pytest.mark.parametrize("key", ["", "short", "x" * 81, "with space in it", "schlüssel-lang"])
def test_a_missing_or_odd_key_is_refused(key: str) -> None:
    user, episode = make_user(), locked_episode()
    with pytest.raises(Invalid) as refused:
        episode_unlock(user_id=user.pk, episode_uid=episode.uid, expected_price=60, key=key, now=timezone.now())
    assert refused.value.code == "idempotency_key_required"
    assert IdempotencyRecord.objects.count() == 0


@pytest.mark.parametrize("body", [{}, {"expected_price": -1}, {"expected_price": "x"}, {"expected_price": 10**12}, []])
def test_a_bad_body_is_refused_by_the_api(api: Any, body: Any) -> None:
    user, episode = make_user(), locked_episode()
    buy(user, 100)
    before = footprint()
    answer = api(user).post(
        f"/api/v1/episodes/{episode.uid}/unlock", body, format="json", headers={"Idempotency-Key": uuid.uuid4().hex}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")
    assert footprint() == before


def test_the_api_answers_402_409_404_and_a_replay_says_that_it_is_one(api: Any) -> None:
    user, episode, key = make_guest(), locked_episode(), {"Idempotency-Key": uuid.uuid4().hex}
    path, body = f"/api/v1/episodes/{episode.uid}/unlock", {"expected_price": 60}
    poor = api(user).post(path, body, format="json", headers=key)
    assert (poor.status_code, poor.json()["error"]["details"]["shortfall"]) == (402, 60)
    buy(user, 100)
    assert api(user).post(path, {"expected_price": 59}, format="json", headers=key).status_code == 409
    first = api(user).post(path, body, format="json", headers=key)
    second = api(user).post(path, body, format="json", headers=key)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    fresh = {"Idempotency-Key": uuid.uuid4().hex}
    hidden = api(user).post(f"/api/v1/episodes/{make_episode().uid}/unlock", body, format="json", headers=fresh)
    assert hidden.status_code == 404
    assert api().post(path, body, format="json", headers=key).status_code == 401
    assert holds(user) == (40, 0, 0)
