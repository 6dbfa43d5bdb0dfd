"""Views, completion, unlocks and money of an episode."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.ids import uuid7
from feeds.models import View, WatchEvent
from feeds.numbers import Audience, audience_of
from payments.models import Entitlement
from payments.numbers import Sales, sales_of
from tests.builders import make_creator, make_published, make_series, make_user
from tests.payments.tills import buy, give_bonus, locked_episode, unlock

pytestmark = pytest.mark.django_db


def watched(episode: Any, user: Any, position_ms: int, kind: str = "play_end") -> None:
    now = timezone.now()
    View.objects.get_or_create(user=user, episode=episode, day=now.date())
    WatchEvent.objects.create(
        user=user, event_id=uuid7(), type=kind, episode=episode, occurred_at=now, claimed_at=now, sent_at=now,
        received_at=now, position_ms=position_ms,
    )


def test_the_audience_counts_viewers_who_came_to_the_end_once() -> None:
    series = make_series()
    first, second, unseen = (make_published(series, number) for number in (1, 2, 3))
    ann, ben = make_user(), make_user()
    length = first.master.duration_ms
    watched(first, ann, length)
    watched(first, ann, length, "progress")
    watched(first, ben, int(length * 0.5))
    View.objects.create(user=ann, episode=first, day=timezone.now().date() - timedelta(days=1))
    watched(second, ben, int(length * 0.94))
    found = audience_of(episode_ids=[first.pk, second.pk, unseen.pk])
    assert found == {first.pk: Audience(views=3, viewers=2, finished=1), second.pk: Audience(1, 1, 0)}
    assert (found[first.pk].completion, found[second.pk].completion) == (0.5, 0.0)
    assert Audience().completion is None


def test_a_like_at_the_end_of_a_film_is_no_viewing() -> None:
    episode, ann = make_published(), make_user()
    watched(episode, ann, episode.master.duration_ms, "like")
    assert audience_of(episode_ids=[episode.pk])[episode.pk].finished == 0


def test_sales_count_what_stands_and_the_money_behind_it(django_assert_num_queries: Any) -> None:
    episode, gift, unsold = (locked_episode(60), locked_episode(60), locked_episode(60))
    ann, ben = make_user(), make_user()
    buy(ann, 100, price_cents=100, fee=30)
    unlock(ann, episode)
    give_bonus(ben, 60)
    unlock(ben, episode)
    Entitlement.objects.create(user=ben, episode=gift, source="gift")
    with django_assert_num_queries(1):
        found = sales_of(episode_ids=[episode.pk, gift.pk, unsold.pk])
    assert found == {episode.pk: Sales(unlocks=2, coins=120, net_micros=420_000)}


def test_what_was_taken_back_is_no_sale() -> None:
    episode, ann = locked_episode(60), make_user()
    buy(ann, 100)
    unlock(ann, episode)
    Entitlement.objects.update(revoked_at=timezone.now())
    assert sales_of(episode_ids=[episode.pk]) == {}
    assert sales_of(episode_ids=[]) == {}


def test_the_series_page_shows_them(browser: Any) -> None:
    owner = make_user()
    episode = make_published(make_series(make_creator(owner)), 1)
    watched(episode, make_user(), episode.master.duration_ms)
    page = browser(owner).get(f"/studio/series/{episode.series.uid}/").content.decode()
    assert "100 %" in page
    assert 'data-label="Views">1</td>' in page
