"""One rule for the price, the same wherever it is asked."""

from __future__ import annotations

import pytest
from django.db import connection

from catalog.models import Episode
from catalog.pricing import episode_price, price_expression
from catalog.selectors import visible_episode
from tests.builders import make_episode, make_published, make_series

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("number", "own", "free", "series", "price"),
    [(1, None, 3, 60, 0), (3, 99, 3, 60, 0), (4, None, 3, 60, 60), (4, 99, 3, 60, 99), (4, 0, 3, 60, 0),
     (1, None, 0, 60, 60)],
)
def test_the_price_is_free_then_its_own_then_the_series(number, own, free, series, price):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rw_episode_price(%s, %s, %s, %s)", [number, own, free, series])
        assert cursor.fetchone() == (price,)
    row = make_episode(make_series(free_episodes=free, price_coins=series), number, price_coins=own)
    assert episode_price(row) == price
    assert Episode.objects.annotate(price=price_expression()).get(pk=row.pk).price == price


def test_a_price_that_was_asked_with_the_row_is_not_asked_again(django_assert_num_queries):
    uid = make_published(number=2).uid
    with django_assert_num_queries(1):
        assert episode_price(visible_episode(uid)) == 60


def test_the_rule_may_stand_in_an_index():
    with connection.cursor() as cursor:
        cursor.execute("SELECT provolatile, proparallel FROM pg_proc WHERE proname = 'rw_episode_price'")
        assert cursor.fetchall() == [("i", "s")]
