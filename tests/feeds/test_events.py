"""What clients report: taken once, by our clock, and only what we can believe."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import Episode
from creators.models import Member
from feeds.models import Progress, View, ViewerSeen, WatchEvent
from feeds.services import Outcome, events_record, feed_page
from tests.builders import make_episode, make_guest, make_published, make_series, make_user
from tests.feeds.shelf import NOW, fill_shelf, hook_of, withdraw

pytestmark = pytest.mark.django_db
EVENTS = "/api/v1/events"


def event(episode: Episode, type: str = "progress", *, ago: float = 0.0, **fields: Any) -> dict[str, Any]:
    at = (NOW - timedelta(seconds=ago)).isoformat()
    return {"id": str(uuid.uuid4()), "type": type, "episode": str(episode.uid), "occurred_at": at} | fields


def record(user: User, *events: Any, sent_at: datetime = NOW, now: datetime = NOW) -> Outcome:
    return events_record(user=user, events=events, sent_at=sent_at, device_id="phone", now=now)


def state() -> list[Any]:
    return [
        list(table.objects.order_by("pk").values_list())
        for table in (WatchEvent, View, Progress, ViewerSeen)
    ]


def test_a_batch_is_stored_with_who_what_where_and_when() -> None:
    viewer, series = make_guest(), fill_shelf(1)[0]
    item = feed_page(user=viewer, cursor=None, limit=1, now=NOW).items[0]
    told = event(item.card.episode, "play_end", ago=60, token=item.token, position_ms=20_000, watched_ms=19_000)
    assert record(viewer, told) == Outcome(1, 0, ())
    stored = WatchEvent.objects.get()
    assert (stored.user, stored.episode, stored.type) == (viewer, hook_of(series), "play_end")
    assert (str(stored.event_id), stored.device_id, stored.received_at) == (told["id"], "phone", NOW)
    assert (stored.kind, stored.position, stored.occurred_at) == ("hook", 0, NOW - timedelta(seconds=60))
    assert (stored.position_ms, stored.watched_ms) == (20_000, 19_000)
    assert stored.feed is not None


def test_a_batch_sent_again_changes_nothing() -> None:
    viewer, episode = make_guest(), make_published()
    batch = [event(episode, "play_start"), event(episode, position_ms=9_000, watched_ms=9_000)]
    assert record(viewer, *batch) == Outcome(2, 0, ())
    before = state()
    later = NOW + timedelta(hours=2)
    assert record(viewer, *batch, sent_at=later, now=later) == Outcome(0, 2, ())
    assert state() == before


def test_an_id_twice_in_a_batch_is_taken_once() -> None:
    viewer, told = make_guest(), event(make_published())
    assert record(viewer, told, told, told) == Outcome(1, 2, ())
    assert WatchEvent.objects.count() == 1


def test_two_viewers_may_use_the_same_id() -> None:
    told = event(make_published())
    assert record(make_guest(), told).accepted == 1
    assert record(make_guest(), told).accepted == 1


def test_a_wrong_clock_is_corrected_by_the_time_of_sending() -> None:
    viewer, episode = make_guest(), make_published()
    wrong = NOW - timedelta(days=400)
    record(viewer, event(episode, occurred_at=(wrong - timedelta(minutes=5)).isoformat()), sent_at=wrong)
    stored = WatchEvent.objects.get()
    assert stored.occurred_at == NOW - timedelta(minutes=5)
    assert (stored.claimed_at, stored.sent_at) == (wrong - timedelta(minutes=5), wrong)


def test_a_forged_and_a_borrowed_token_are_refused_and_the_rest_is_taken() -> None:
    viewer, stranger = make_guest(), make_guest()
    fill_shelf(2, creators=2)
    first, second = feed_page(user=viewer, cursor=None, limit=2, now=NOW).items
    borrowed = event(first.card.episode, token=first.token)
    swapped = event(second.card.episode, token=first.token)
    forged = event(first.card.episode, token="A" * 50)
    assert [one.code for one in record(stranger, borrowed).rejected] == ["bad_token"]
    outcome = record(viewer, swapped, forged, event(first.card.episode, "like", token=first.token))
    assert (outcome.accepted, sorted(one.code for one in outcome.rejected)) == (1, ["bad_token", "bad_token"])
    assert WatchEvent.objects.get().type == "like"
    assert not Progress.objects.exists()


def test_what_was_never_out_is_unknown_and_what_was_withdrawn_is_not() -> None:
    viewer = make_guest()
    draft, gone = make_episode(), make_published()
    withdraw(gone.uid)
    nowhere = event(draft) | {"episode": str(uuid.uuid4())}
    outcome = record(viewer, event(draft), nowhere, event(gone))
    assert outcome.accepted == 1
    assert [one.code for one in outcome.rejected] == ["unknown_episode"] * 2
    assert WatchEvent.objects.get().episode == gone


@pytest.mark.parametrize(("watched", "views"), [(2_999, 0), (3_000, 1), (40_000, 1)])
def test_three_seconds_are_a_view(watched: int, views: int) -> None:
    record(make_guest(), event(make_published(), "play_end", watched_ms=watched))
    assert View.objects.count() == views


def test_one_watching_is_one_view_however_often_it_is_reported() -> None:
    viewer, episode = make_guest(), make_published()
    at = NOW.replace(hour=12)
    played = [
        event(episode, watched_ms=n * 5_000, occurred_at=(at + timedelta(seconds=5 * n)).isoformat()) for n in range(8)
    ]
    record(viewer, *played[:4], sent_at=at + timedelta(minutes=1), now=at + timedelta(minutes=1))
    record(viewer, *played[4:], sent_at=at + timedelta(minutes=1), now=at + timedelta(minutes=1))
    assert list(View.objects.values_list("user", "episode", "day")) == [(viewer.pk, episode.pk, at.date())]


def test_the_next_day_is_another_view() -> None:
    viewer, episode = make_guest(), make_published()
    record(viewer, event(episode, watched_ms=5_000), event(episode, watched_ms=5_000, ago=86_400))
    assert View.objects.count() == 2


def test_a_preload_or_an_impression_is_no_view() -> None:
    episode = make_published()
    record(make_guest(), event(episode, "impression", watched_ms=9_000), event(episode, "play_start", watched_ms=9_000))
    assert not View.objects.exists()


def test_makers_watching_their_own_story_are_no_views_but_are_remembered() -> None:
    maker, episode = make_user(), make_published()
    Member.objects.create(creator=episode.series.creator, user=maker, role=Member.Role.EDITOR)
    record(maker, event(episode, "play_end", position_ms=9_000, watched_ms=9_000))
    assert not View.objects.exists()
    assert Progress.objects.get().position_ms == 9_000


def test_the_later_stop_wins_whatever_the_order_of_arrival() -> None:
    viewer, series = make_guest(), make_series()
    first, second = make_published(series, 1), make_published(series, 2)
    record(viewer, event(second, ago=10, position_ms=5_000), event(first, ago=100, position_ms=40_000))
    record(viewer, event(first, ago=50, position_ms=44_000))
    stop = Progress.objects.get()
    assert (stop.episode, stop.position_ms, stop.next_number) == (second, 5_000, 2)
    record(viewer, event(first, "play_end", ago=5, position_ms=1_000))
    stop.refresh_from_db()
    assert (stop.episode, stop.position_ms, stop.next_number) == (first, 1_000, 1)


def test_of_two_stops_at_one_moment_the_furthest_wins() -> None:
    viewer, episode = make_guest(), make_published()
    record(viewer, event(episode, position_ms=5_000), event(episode, position_ms=7_000))
    record(viewer, event(episode, position_ms=6_000))
    assert Progress.objects.get().position_ms == 7_000


def test_95_percent_is_the_end_and_a_position_past_it_is_capped() -> None:
    viewer, episode = make_guest(), make_published()
    record(viewer, event(episode, position_ms=10**9))
    stop = Progress.objects.get()
    assert (stop.position_ms, stop.next_number) == (45_000, 2)


def test_a_like_or_an_impression_moves_no_progress() -> None:
    episode = make_published()
    record(make_guest(), event(episode, "like", position_ms=9_000), event(episode, "impression", position_ms=9_000))
    assert not Progress.objects.exists()


def test_what_was_watched_elsewhere_is_no_hook_any_more() -> None:
    series, viewer = fill_shelf(3), make_guest()
    record(viewer, event(hook_of(series[1]), "play_start"))
    page = feed_page(user=viewer, cursor=None, limit=10, now=NOW)
    assert {item.card.episode.series_id for item in page.items} == {series[0].pk, series[2].pk}


def test_history_cannot_be_changed() -> None:
    record(make_guest(), event(make_published()))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        WatchEvent.objects.update(watched_ms=1)
    assert WatchEvent.objects.get().watched_ms == 0


def test_a_batch_costs_the_same_questions_whether_it_holds_one_event_or_500() -> None:
    episodes = [hook_of(one) for one in fill_shelf(20)]
    costs = []
    for size in (1, 500):
        batch = [event(episodes[n % 20], position_ms=n, watched_ms=5_000) for n in range(size)]
        viewer = make_guest()
        with CaptureQueriesContext(connection) as captured:
            assert record(viewer, *batch).accepted == size
        costs.append(len([query for query in captured if "SAVEPOINT" not in query["sql"]]))
    assert costs == [7, 7]


def post(client: Any, **body: Any) -> Any:
    return client.post(EVENTS, body, format="json")


def test_the_answer_names_what_was_refused(api: Any) -> None:
    good, bad = event(make_published()), {"id": "x", "type": "explode"}
    answer = post(api(make_guest()), sent_at=NOW.isoformat(), events=[good, bad, good])
    assert answer.status_code == 202
    assert answer.json() == {"accepted": 1, "duplicates": 1, "rejected": [{"id": "x", "code": "bad_type"}]}


@pytest.mark.parametrize(
    "body",
    [
        {}, [], "x", {"events": []}, {"sent_at": "soon", "events": []}, {"sent_at": "2026-05-01T00:00:00Z"},
        {"sent_at": "2026-05-01T00:00:00Z", "events": {}}, {"sent_at": "2026-05-01T00:00:00Z", "events": "e"},
        {"sent_at": "2026-05-01T00:00:00Z", "events": [], "device_id": "d" * 65},
        {"sent_at": "2026-05-01T00:00:00Z", "events": [], "device_id": "\x00"},
        {"sent_at": "2026-05-01T00:00:00Z", "events": [{}] * 501},
    ],
)
def test_a_frame_that_is_wrong_is_refused_whole(api: Any, body: Any) -> None:
    refused = api(make_guest()).post(EVENTS, body, format="json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid")
    assert not ViewerSeen.objects.exists()


def test_an_empty_batch_is_fine(api: Any) -> None:
    answer = post(api(make_guest()), sent_at=NOW.isoformat(), events=[])
    assert answer.json() == {"accepted": 0, "duplicates": 0, "rejected": []}


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 40_000, b"NaN"])
def test_a_body_that_is_no_json_is_said(api: Any, body: bytes) -> None:
    refused = api(make_guest()).post(EVENTS, body, content_type="application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "parse_error")


def test_a_batch_past_its_size_is_refused_unread(api: Any) -> None:
    told = event(make_published()) | {"junk": "x" * 256 * 1024}
    body = json.dumps({"sent_at": NOW.isoformat(), "events": [told]})
    refused = api(make_guest()).post(EVENTS, body, content_type="application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "batch_too_big")
    assert not WatchEvent.objects.exists()


def test_too_many_batches_a_minute_wait(api: Any, settings: Any) -> None:
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates | {"events": "2/day"}}
    client = api(make_guest())
    codes = [post(client, sent_at=NOW.isoformat(), events=[]).status_code for _ in range(3)]
    assert codes == [202, 202, 429]
