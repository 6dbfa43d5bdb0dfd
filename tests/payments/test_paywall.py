"""Who may watch, and how else they could."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Series
from catalog.selectors import visible_episode, visible_episodes
from payments.models import Entitlement
from payments.paywall import Access, access, ways_to_unlock
from tests.builders import make_guest, make_published, make_series, make_user
from tests.payments.tills import buy, give_bonus, make_pack, unlock

pytestmark = pytest.mark.django_db


def five_episodes() -> Series:
    """One is free, the fourth costs 15, the rest 60."""
    series = make_series(free_episodes=1, price_coins=60)
    for number in range(1, 6):
        make_published(series, number, price_coins=15 if number == 4 else None)
    return series


def test_access_to_a_page_of_episodes_is_one_query(django_assert_num_queries: Any) -> None:
    user, series = make_guest(), five_episodes()
    episodes = list(visible_episodes().filter(series=series).order_by("number"))
    buy(user, 60)
    unlock(user, episodes[2])
    with django_assert_num_queries(1):
        found = access(user_id=user.pk, episodes=episodes)
    assert [found[episode.pk] for episode in episodes] == [
        Access(True, "free", 0), Access(False, "locked", 60), Access(True, "entitled", 60),
        Access(False, "locked", 15), Access(False, "locked", 60),
    ]


def test_access_asks_nothing_when_all_is_free_or_nobody_is_signed_in(django_assert_num_queries: Any) -> None:
    episodes = list(visible_episodes().filter(series=five_episodes()).order_by("number"))
    with django_assert_num_queries(0):
        assert access(user_id=1, episodes=episodes[:1]) == {episodes[0].pk: Access(True, "free", 0)}
        assert not any(found.allowed for found in access(user_id=None, episodes=episodes[1:]).values())
        assert access(user_id=1, episodes=[]) == {}


def test_a_revoked_right_and_somebody_elses_open_nothing() -> None:
    user, series = make_user(), five_episodes()
    episode = visible_episodes().get(series=series, number=2)
    buy(user, 60)
    unlock(user, episode)
    assert not access(user_id=make_user().pk, episodes=[episode])[episode.pk].allowed
    Entitlement.objects.update(revoked_at=timezone.now())
    assert access(user_id=user.pk, episodes=[episode])[episode.pk] == Access(False, "locked", 60)


def test_the_ways_to_unlock_name_price_balance_shortfall_rest_and_packs(django_assert_num_queries: Any) -> None:
    user, series, pack = make_guest(), five_episodes(), make_pack(position=0, code="a", coins=10, price_cents=9)
    wanted = visible_episode(series.episodes.get(number=3).uid)
    buy(user, 70)
    give_bonus(user, 10)
    unlock(user, visible_episodes().get(series=series, number=2))
    with django_assert_num_queries(3):
        ways = ways_to_unlock(user=user, episode=wanted, now=timezone.now())
    assert ways["balance"] == {"paid": 20, "bonus": 0, "total": 20, "debt": 0}
    assert (ways["episode"], ways["price_coins"], ways["shortfall"]) == (str(wanted.uid), 60, 40)
    assert ways["rest_of_series"] == {"episodes": 3, "price_coins": 135}
    assert {"uid": str(pack.uid), "code": "a", "coins": 10, "bonus": 0, "bonus_days": 90, "price_cents": 9,
            "currency": "USD"} in ways["packs"]


def test_nothing_is_short_when_the_coins_are_there() -> None:
    user, series = make_user(), five_episodes()
    buy(user, 500)
    ways = ways_to_unlock(user=user, episode=visible_episodes().get(series=series, number=4), now=timezone.now())
    assert (ways["price_coins"], ways["shortfall"]) == (15, 0)
