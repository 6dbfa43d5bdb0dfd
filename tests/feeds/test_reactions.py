"""Likes, the list and refusals: repeatable, private, and respected by the next page at no further query."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import Series
from feeds.models import Like, NotInterested, Progress, Saved
from feeds.reactions import series_admit, series_refuse
from feeds.services import feed_page
from payments.models import Entitlement
from tests.builders import make_guest, make_published, make_series
from tests.feeds.shelf import NOW, fill_shelf, hook_of, withdraw

pytestmark = pytest.mark.django_db


def shown(user: User, cursor: str | None = None, limit: int = 10) -> list[str]:
    page = feed_page(user=user, cursor=cursor, limit=limit, now=NOW)
    return [item.card.episode.series.title for item in page.items]


def stop_at(user: User, series: Series, position_ms: int = 9_000) -> None:
    episode = hook_of(series)
    Progress.objects.create(
        user=user, series=series, episode=episode, position_ms=position_ms, next_number=episode.number, occurred_at=NOW
    )


def test_liking_twice_is_liking_once_and_unliking_twice_is_not_liking(api: Any) -> None:
    episode, viewer = make_published(), make_guest()
    path = f"/api/v1/episodes/{episode.uid}/like"
    assert [api(viewer).put(path).status_code for _ in range(2)] == [204, 204]
    assert Like.objects.filter(user=viewer, episode=episode).count() == 1
    assert [api(viewer).delete(path).status_code for _ in range(2)] == [204, 204]
    assert Like.objects.count() == 0


def test_a_like_can_be_taken_back_after_the_episode_was_withdrawn(api: Any) -> None:
    episode, viewer = make_published(), make_guest()
    api(viewer).put(f"/api/v1/episodes/{episode.uid}/like")
    withdraw(episode.uid)
    assert api(viewer).put(f"/api/v1/episodes/{episode.uid}/like").status_code == 404
    assert api(viewer).delete(f"/api/v1/episodes/{episode.uid}/like").status_code == 204
    assert Like.objects.count() == 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("put", "episodes/{uid}/like"), ("put", "series/{uid}/save"), ("post", "series/{uid}/not-interested"),
        ("get", "series/{uid}/viewer"), ("get", "episodes/{uid}/card"),
    ],
)
def test_what_is_not_there_is_not_found_and_nothing_is_kept(api: Any, method: str, path: str) -> None:
    answer = getattr(api(make_guest()), method)("/api/v1/" + path.format(uid=uuid.uuid4()))
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert (Like.objects.count(), Saved.objects.count(), NotInterested.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("path", ["episodes/{}/like", "series/{}/save", "series/{}/not-interested"])
def test_nobody_is_let_in_without_a_token(api: Any, path: str) -> None:
    assert api().delete("/api/v1/" + path.format(uuid.uuid4())).status_code == 401
    assert api().get("/api/v1/list").status_code == 401


def test_the_list_shows_the_latest_first_page_by_page_and_only_ones_own(api: Any) -> None:
    series, viewer, other = fill_shelf(3), make_guest(), make_guest()
    for one in series:
        assert api(viewer).put(f"/api/v1/series/{one.uid}/save").status_code == 204
    api(other).put(f"/api/v1/series/{series[0].uid}/save")
    first = api(viewer).get("/api/v1/list?limit=2").json()
    rest = api(viewer).get(f"/api/v1/list?limit=2&cursor={first['next']}").json()
    assert [row["series"]["title"] for row in first["results"]] == ["Story 2", "Story 1"]
    assert ([row["series"]["title"] for row in rest["results"]], rest["next"]) == (["Story 0"], None)
    api(viewer).delete(f"/api/v1/series/{series[2].uid}/save")
    assert len(api(viewer).get("/api/v1/list").json()["results"]) == 2
    assert len(api(other).get("/api/v1/list").json()["results"]) == 1


def test_a_series_that_is_shown_no_more_leaves_the_list_and_comes_back_with_it(api: Any) -> None:
    [series], viewer = fill_shelf(1), make_guest()
    api(viewer).put(f"/api/v1/series/{series.uid}/save")
    Series.objects.filter(pk=series.pk).update(status=Series.Status.WITHDRAWN)
    assert api(viewer).get("/api/v1/list").json()["results"] == []
    Series.objects.filter(pk=series.pk).update(status=Series.Status.ACTIVE)
    assert len(api(viewer).get("/api/v1/list").json()["results"]) == 1


def test_feed_continue_and_next_say_what_the_viewer_has_said(api: Any) -> None:
    [series], viewer = fill_shelf(1, episodes=2), make_guest()
    hook = hook_of(series)
    client = api(viewer)
    client.put(f"/api/v1/episodes/{hook.uid}/like")
    client.put(f"/api/v1/series/{series.uid}/save")
    client.post(f"/api/v1/creators/{series.creator.uid}/follow")
    assert client.get("/api/v1/feed").json()["items"][0]["viewer"] == {"liked": True, "saved": True, "following": True}
    following = client.get(f"/api/v1/episodes/{hook.uid}/next").json()
    assert following["viewer"] == {"liked": False, "saved": True, "following": True}
    stop_at(viewer, series)
    assert client.get("/api/v1/continue").json()["results"][0]["viewer"]["liked"] is True
    other = api(make_guest()).get("/api/v1/feed").json()["items"][0]["viewer"]
    assert other == {"liked": False, "saved": False, "following": False}


def test_marks_cost_no_query_more() -> None:
    fill_shelf(12)
    few, many = make_guest(), make_guest()
    for one in Series.objects.all():
        Like.objects.create(user=many, episode=hook_of(one))
        Saved.objects.create(user=many, series=one)
    with CaptureQueriesContext(connection) as without:
        shown(few)
    with CaptureQueriesContext(connection) as with_marks:
        shown(many)
    assert len(with_marks) == len(without)


def test_a_refused_series_is_gone_from_the_next_page_on() -> None:
    series, viewer = fill_shelf(6), make_guest()
    first = feed_page(user=viewer, cursor=None, limit=2, now=NOW)
    series_refuse(user=viewer, series=series[2], now=NOW)  # planned already, not served yet
    assert shown(viewer, first.next_cursor) == ["Story 3", "Story 1", "Story 0"]
    assert "Story 2" in shown(make_guest())


def test_a_refused_series_is_no_card_to_continue_either(api: Any) -> None:
    series, viewer = fill_shelf(2), make_guest()
    stop_at(viewer, series[0])
    series_refuse(user=viewer, series=series[0], now=NOW)
    assert shown(viewer) == ["Story 1"]
    assert api(viewer).get("/api/v1/continue").json()["results"] == []


def test_a_refusal_can_be_taken_back_and_a_series_never_shown_may_come_again(api: Any) -> None:
    series, viewer = fill_shelf(2), make_guest()
    path = f"/api/v1/series/{series[0].uid}/not-interested"
    assert [api(viewer).post(path).status_code for _ in range(2)] == [204, 204]
    assert NotInterested.objects.filter(user=viewer).count() == 1
    assert [api(viewer).delete(path).status_code for _ in range(2)] == [204, 204]
    assert shown(viewer) == ["Story 1", "Story 0"]


def test_taking_a_refusal_back_does_not_show_again_what_was_shown() -> None:
    series, viewer = fill_shelf(1), make_guest()
    assert shown(viewer) == ["Story 0"]
    series_refuse(user=viewer, series=series[0], now=NOW)
    series_admit(user=viewer, uid=series[0].uid, now=NOW)
    assert shown(viewer) == []


def test_what_is_mine_in_a_series_is_told_in_few_queries(api: Any, django_assert_max_num_queries: Any) -> None:
    series = make_series(free_episodes=1)
    episodes = [make_published(series, number) for number in (1, 2, 3)]
    viewer = make_guest()
    client = api(viewer)
    client.put(f"/api/v1/episodes/{episodes[1].uid}/like")
    client.put(f"/api/v1/series/{series.uid}/save")
    Entitlement.objects.create(user=viewer, episode=episodes[2], source="gift")
    Progress.objects.create(
        user=viewer, series=series, episode=episodes[0], position_ms=44_000, next_number=2, occurred_at=NOW
    )
    with django_assert_max_num_queries(5):
        mine = client.get(f"/api/v1/series/{series.uid}/viewer").json()
    assert mine == {
        "viewer": {"saved": True, "following": False}, "not_interested": False, "liked": [str(episodes[1].uid)],
        "unlocked": [str(episodes[2].uid)], "resume": {"episode": str(episodes[1].uid), "number": 2, "position_ms": 0},
    }


def test_an_episode_by_its_link_is_a_card_with_access_marks_and_place(api: Any) -> None:
    [series], viewer = fill_shelf(1, episodes=2, free_episodes=1), make_guest()
    stop_at(viewer, series, 12_000)
    card = api(viewer).get(f"/api/v1/episodes/{hook_of(series).uid}/card").json()
    assert set(card) == {"series", "episode", "position_ms", "access", "viewer", "next"}
    assert (card["position_ms"], card["access"]["state"], card["next"]["state"]) == (12_000, "free", "locked")
    assert "masters/" not in str(card)

