"""Going on: the card of each series, and what comes after an episode."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import Episode, Series
from feeds.models import Progress
from feeds.services import events_record
from tests.builders import make_episode, make_guest, make_master, make_published, make_series
from tests.feeds.shelf import NOW, fill_shelf, withdraw

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


def watch(user: User, episode: Episode, position_ms: int, *, ago: float = 0.0) -> None:
    told = {
        "id": str(uuid.uuid4()), "type": "play_end", "episode": str(episode.uid), "position_ms": position_ms,
        "watched_ms": position_ms, "occurred_at": (NOW - timedelta(seconds=ago)).isoformat(),
    }
    assert events_record(user=user, events=[told], sent_at=NOW, device_id="", now=NOW).accepted == 1


def cards(api: Any, user: User) -> list[tuple[str, int]]:
    found = api(user).get(f"{ROOT}/continue").json()["results"]
    return [(card["episode"]["uid"], card["position_ms"]) for card in found]


def test_a_half_watched_episode_goes_on_where_it_stopped(api: Any) -> None:
    viewer, episode = make_guest(), make_published()
    watch(viewer, episode, 20_000)
    answer = api(viewer).get(f"{ROOT}/continue")
    assert answer["Cache-Control"] == "private, no-store"
    card = answer.json()["results"][0]
    assert set(card) == {"series", "episode", "position_ms", "access", "viewer", "next", "stopped_at"}
    assert (card["episode"]["uid"], card["position_ms"]) == (str(episode.uid), 20_000)
    assert card["series"]["uid"] == str(episode.series.uid)
    assert card["access"] == {"state": "free", "price_coins": 0}
    assert datetime.fromisoformat(card["stopped_at"]) == NOW


def test_a_finished_episode_goes_on_with_the_next_one_from_its_start(api: Any) -> None:
    viewer, series = make_guest(), make_series(free_episodes=1, price_coins=60)
    first, second = make_published(series, 1), make_published(series, 2)
    watch(viewer, first, 43_000)
    card = api(viewer).get(f"{ROOT}/continue").json()["results"][0]
    assert (card["episode"]["uid"], card["position_ms"]) == (str(second.uid), 0)
    assert card["access"] == {"state": "locked", "price_coins": 60}
    assert card["next"] is None


def test_a_series_has_one_card_and_the_latest_comes_first(api: Any) -> None:
    viewer, one, other = make_guest(), make_series(), make_series()
    first, third = make_published(one, 1), make_published(one, 3)
    elsewhere = make_published(other, 1)
    watch(viewer, first, 10_000, ago=300)
    watch(viewer, elsewhere, 5_000, ago=200)
    watch(viewer, third, 7_000, ago=100)
    assert cards(api, viewer) == [(str(third.uid), 7_000), (str(elsewhere.uid), 5_000)]


def test_a_gap_in_the_numbers_is_stepped_over(api: Any) -> None:
    viewer, series = make_guest(), make_series()
    first, second, third = (make_published(series, number) for number in (1, 2, 3))
    watch(viewer, first, 45_000)
    withdraw(second.uid)
    assert cards(api, viewer) == [(str(third.uid), 0)]


def test_a_finished_series_a_withdrawn_one_and_another_viewers_have_no_card(api: Any) -> None:
    viewer, stranger = make_guest(), make_guest()
    ended, gone, single = make_published(), make_published(), make_published()
    watch(viewer, ended, 45_000)
    watch(viewer, gone, 10_000)
    watch(viewer, single, 10_000)
    Series.objects.filter(pk=gone.series_id).update(status=Series.Status.WITHDRAWN)
    withdraw(single.uid)
    watch(stranger, make_published(), 10_000)
    assert cards(api, viewer) == []


def test_a_finished_series_comes_back_with_its_next_episode(api: Any) -> None:
    viewer, series = make_guest(), make_series()
    watch(viewer, make_published(series, 1), 45_000)
    assert cards(api, viewer) == []
    new = make_published(series, 2)
    assert cards(api, viewer) == [(str(new.uid), 0)]


def test_cards_come_in_pages_at_three_questions_each(api: Any) -> None:
    viewer = make_guest()
    for place, series in enumerate(fill_shelf(30, free_episodes=0)):
        watch(viewer, Episode.objects.get(series=series, number=1), 5_000, ago=place)
    client, cursor, seen = api(viewer), "", []
    for _ in range(3):
        with CaptureQueriesContext(connection) as captured:
            page = client.get(f"{ROOT}/continue", {"limit": 10, "cursor": cursor}).json()
        assert len(captured) == 3
        seen += [card["series"]["title"] for card in page["results"]]
        cursor = page["next"]
    assert seen == [f"Story {n}" for n in range(30)]
    assert cursor is None
    assert client.get(f"{ROOT}/continue?cursor=x").json()["error"]["code"] == "bad_cursor"


def following(api: Any, user: User, episode: Episode) -> dict[str, Any]:
    answer = api(user).get(f"{ROOT}/episodes/{episode.uid}/next")
    assert answer.status_code == 200
    return dict(answer.json())


def test_the_next_episode_comes_with_its_access(api: Any) -> None:
    series = make_series(free_episodes=1, price_coins=60)
    first, second = make_published(series, 1), make_published(series, 2)
    found = following(api, make_guest(), first)
    assert set(found) == {"episode", "access", "viewer", "reason", "release_at"}
    assert found["episode"]["uid"] == str(second.uid)
    assert found["access"] == {"state": "locked", "price_coins": 60}
    assert (found["reason"], found["release_at"]) == (None, None)


def test_after_the_last_one_is_the_end_and_drafts_are_not_betrayed(api: Any) -> None:
    series = make_series()
    last = make_published(series, 1)
    make_episode(series, 2)
    nothing = {"episode": None, "access": None, "viewer": None, "reason": "end", "release_at": None}
    assert following(api, make_guest(), last) == nothing


def test_a_scheduled_episode_is_not_released_yet(api: Any) -> None:
    series = make_series()
    last, coming = make_published(series, 1), make_episode(series, 2)
    release = NOW + timedelta(days=1)
    Episode.objects.filter(pk=coming.pk).update(
        status=Episode.Status.SCHEDULED, master=make_master(coming), release_at=release
    )
    found = following(api, make_guest(), last)
    assert (found["episode"], found["reason"]) == (None, "not_released")
    assert datetime.fromisoformat(found["release_at"]) == release
    scheduled = api(make_guest()).get(f"{ROOT}/episodes/{coming.uid}/next")
    assert scheduled.status_code == 404


def test_an_episode_withdrawn_while_it_was_watched_still_has_a_next(api: Any) -> None:
    series = make_series()
    first, second = make_published(series, 1), make_published(series, 2)
    withdraw(first.uid)
    assert following(api, make_guest(), first)["episode"]["uid"] == str(second.uid)


def test_autoplay_runs_through_a_series_once_and_ends(api: Any) -> None:
    series = make_series()
    episodes = [make_published(series, number) for number in (1, 2, 3, 5)]
    viewer, at, path = make_guest(), episodes[0], []
    for _ in range(10):
        found = following(api, viewer, at)
        if found["episode"] is None:
            break
        at = Episode.objects.get(uid=found["episode"]["uid"])
        path.append(at.number)
    assert path == [2, 3, 5]


def test_progress_belongs_to_its_viewer(api: Any) -> None:
    episode = make_published()
    watch(make_guest(), episode, 20_000)
    other = make_guest()
    assert cards(api, other) == []
    assert Progress.objects.count() == 1
