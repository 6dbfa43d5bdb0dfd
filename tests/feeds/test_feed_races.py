"""Several devices of one viewer at the same moment, on a real database."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from feeds import viewers
from feeds.models import FeedSlate, Progress, View, ViewerSeen, WatchEvent
from feeds.services import events_record, feed_page
from tests.builders import make_guest, make_published
from tests.feeds.shelf import NOW, fill_shelf

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            gate.wait(10)
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_devices_that_open_the_feed_together_get_different_episodes() -> None:
    fill_shelf(60)
    viewer = make_guest()
    pages = at_once([lambda: feed_page(user=viewer, cursor=None, limit=10, now=NOW)] * 6)
    served = [item.card.episode.pk for page in pages for item in page.items]
    assert len(served) == len(set(served)) == 60
    assert ViewerSeen.objects.count() == 1


def test_control_without_the_lock_the_same_devices_get_the_same_episodes(monkeypatch: pytest.MonkeyPatch) -> None:
    fill_shelf(60)
    viewer = make_guest()
    feed_page(user=viewer, cursor=None, limit=1, now=NOW)
    read = "SELECT series, episodes FROM feeds_viewerseen WHERE user_id = %s AND %s IS NOT NULL"
    monkeypatch.setattr(viewers, "LOCK", read)
    pages = at_once([lambda: feed_page(user=viewer, cursor=None, limit=9, now=NOW)] * 6)
    served = [item.card.episode.pk for page in pages for item in page.items]
    assert len(set(served)) < len(served)


def test_one_cursor_asked_for_by_two_devices_at_once_is_one_page() -> None:
    fill_shelf(60)
    viewer = make_guest()
    cursor = feed_page(user=viewer, cursor=None, limit=5, now=NOW).next_cursor
    seen: set[int] = set()
    for _ in range(4):
        pages = at_once([lambda at=cursor: feed_page(user=viewer, cursor=at, limit=10, now=NOW)] * 4)
        assert len({tuple(item.token for item in page.items) for page in pages}) == 1
        assert len({page.next_cursor for page in pages}) == 1
        page = {item.card.episode.pk for item in pages[0].items}
        assert len(page) == 10
        assert not page & seen
        seen |= page
        cursor = pages[0].next_cursor
    assert FeedSlate.objects.count() == 1


def test_chains_that_run_side_by_side_never_meet() -> None:
    fill_shelf(120, episodes=1)
    viewer = make_guest()

    def chain() -> list[int]:
        page = feed_page(user=viewer, cursor=None, limit=7, now=NOW)
        served = [item.card.episode.pk for item in page.items]
        while page.next_cursor:
            page = feed_page(user=viewer, cursor=page.next_cursor, limit=7, now=NOW)
            served += [item.card.episode.pk for item in page.items]
        return served

    served = [episode for found in at_once([chain] * 4) for episode in found]
    assert len(served) == len(set(served)) == 120


def test_a_batch_replayed_by_many_at_once_is_taken_once() -> None:
    viewer = make_guest()
    episodes = [make_published() for _ in range(3)]
    batch = [
        {
            "id": str(uuid.uuid4()), "type": "progress", "episode": str(episodes[n % 3].uid), "position_ms": n * 100,
            "watched_ms": 5_000, "occurred_at": NOW.isoformat(),
        }
        for n in range(60)
    ]
    turned = [batch, batch[::-1]] * 4
    outcomes = at_once(
        [
            lambda told=told: events_record(user=viewer, events=told, sent_at=NOW, device_id="", now=NOW)
            for told in turned
        ]
    )
    assert sorted(outcome.accepted for outcome in outcomes) == [0] * 7 + [60]
    assert all(outcome.accepted + outcome.duplicates == 60 for outcome in outcomes)
    assert WatchEvent.objects.count() == 60
    assert View.objects.count() == Progress.objects.count() == 3
    assert sorted(Progress.objects.values_list("position_ms", flat=True)) == [5_700, 5_800, 5_900]


def test_paging_and_reporting_at_once_lose_nothing_of_what_was_seen() -> None:
    fill_shelf(40)
    viewer, watched = make_guest(), make_published()
    told = [
        {"id": str(uuid.uuid4()), "type": "impression", "episode": str(watched.uid), "occurred_at": NOW.isoformat()}
    ]
    page, _ = at_once(
        [
            lambda: feed_page(user=viewer, cursor=None, limit=10, now=NOW),
            lambda: events_record(user=viewer, events=told, sent_at=NOW, device_id="", now=NOW),
        ]
    )
    rest = feed_page(user=viewer, cursor=None, limit=100, now=NOW)
    first = {item.card.episode.pk for item in page.items}
    assert not first & {item.card.episode.pk for item in rest.items}
    assert watched.pk not in {item.card.episode.pk for item in rest.items}
