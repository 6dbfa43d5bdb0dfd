"""A grant for who may watch, every way to unlock for who may not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Episode, Master, Series
from feeds.models import Progress
from feeds.playback import playback_open
from media.grants import verify
from payments.models import Entitlement
from tests.builders import make_episode, make_guest, make_published, make_series
from tests.feeds.shelf import NOW, withdraw

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


def play(api: Any, user: Any, episode: Episode) -> Any:
    return api(user).post(f"{ROOT}/episodes/{episode.uid}/playback")


def test_a_free_episode_is_granted_with_everything_a_player_needs(api: Any) -> None:
    viewer, episode = make_guest(), make_published(make_series(free_episodes=1))
    answer = play(api, viewer, episode)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    granted = answer.json()
    assert set(granted) == {
        "master_url", "renditions", "subtitles", "poster_url", "duration_ms", "position_ms", "expires_at",
        "refresh_after",
    }
    root, token, name = granted["master_url"].removeprefix("/").split("/")
    assert (root, name) == ("m", "master.m3u8")
    claims = verify(token, now=timezone.now())
    master = episode.master
    assert master is not None
    assert (claims.subject, claims.prefix, claims.scope) == (str(viewer.subject), master.prefix, "play")
    assert granted["renditions"] == [
        {
            "name": "720p", "url": f"/m/{token}/720p.mp4", "width": 720, "height": 1280, "bitrate": 900_000,
            "codecs": "avc1.64001f,mp4a.40.2",
        }
    ]
    assert granted["subtitles"] == [{"language": "en", "url": f"/m/{token}/captions.vtt"}]
    assert granted["poster_url"] == f"/m/{token}/poster.jpg"
    assert (granted["duration_ms"], granted["position_ms"]) == (45_000, 0)


def test_a_locked_episode_is_refused_with_every_way_to_unlock_it(api: Any) -> None:
    series = make_series(free_episodes=1, price_coins=60)
    make_published(series, 1)
    locked = make_published(series, 2)
    refused = play(api, make_guest(), locked)
    assert refused.status_code == 402
    error = refused.json()["error"]
    assert error["code"] == "payment_required"
    assert error["details"]["price_coins"] == 60
    assert error["details"]["shortfall"] == 60
    assert {"balance", "rest_of_series", "packs"} <= set(error["details"])


def test_who_has_unlocked_it_plays_and_nobody_else_does(api: Any) -> None:
    viewer, locked = make_guest(), make_published(make_series(free_episodes=0))
    right = Entitlement.objects.create(user=viewer, episode=locked, source="gift")
    assert play(api, viewer, locked).status_code == 200
    assert play(api, make_guest(), locked).status_code == 402
    Entitlement.objects.filter(pk=right.pk).update(revoked_at=NOW)
    assert play(api, viewer, locked).status_code == 402


def test_what_is_not_out_has_no_playback_even_if_it_was_bought(api: Any) -> None:
    viewer = make_guest()
    draft, gone, closed = make_episode(), make_published(), make_published()
    withdraw(gone.uid)
    Series.objects.filter(pk=closed.series_id).update(status=Series.Status.WITHDRAWN)
    for episode in (draft, gone, closed):
        Entitlement.objects.create(user=viewer, episode=episode, source="gift")
        refused = play(api, viewer, episode)
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("free_episodes", [0, 1])
def test_a_grant_costs_two_questions_at_most(free_episodes: int) -> None:
    viewer, episode = make_guest(), make_published(make_series(free_episodes=free_episodes))
    Entitlement.objects.create(user=viewer, episode=episode, source="gift")
    with CaptureQueriesContext(connection) as captured:
        playback_open(user=viewer, uid=episode.uid, now=NOW)
    assert len(captured) == (1 if free_episodes else 2)


def test_a_viewer_goes_on_where_they_stopped_and_a_finished_episode_starts_anew() -> None:
    viewer, episode = make_guest(), make_published()
    stop = Progress.objects.create(
        user=viewer, series=episode.series, episode=episode, position_ms=12_000, next_number=1, occurred_at=NOW
    )
    assert playback_open(user=viewer, uid=episode.uid, now=NOW).position_ms == 12_000
    assert playback_open(user=make_guest(), uid=episode.uid, now=NOW).position_ms == 0
    stop.next_number = 2
    stop.save()
    assert playback_open(user=viewer, uid=episode.uid, now=NOW).position_ms == 0


@pytest.mark.parametrize(("duration_ms", "seconds"), [(45_000, 600), (1_200_000, 6_000), (40_000_000, 86_400)])
def test_a_grant_outlives_its_episode_five_times_but_never_a_day(duration_ms: int, seconds: int) -> None:
    episode = make_published()
    Master.objects.filter(pk=episode.master_id).update(duration_ms=duration_ms)
    granted = playback_open(user=make_guest(), uid=episode.uid, now=NOW)
    life = granted.expires_at - NOW
    assert timedelta(seconds=seconds - 1) <= life <= timedelta(seconds=seconds)
    assert NOW < granted.refresh_after < granted.expires_at


def test_a_new_master_gets_its_own_grant() -> None:
    viewer, episode = make_guest(), make_published()
    before = playback_open(user=viewer, uid=episode.uid, now=NOW)
    again = Master.objects.create(
        episode=episode, version=2, profile="animatic", prefix="masters/another", duration_ms=1_000, width=720,
        height=1280, fps=24, size_bytes=1,
    )
    Episode.objects.filter(pk=episode.pk).update(master=again)
    after = playback_open(user=viewer, uid=episode.uid, now=NOW)
    token = after.master_url.split("/")[2]
    assert verify(token, now=NOW).prefix == "masters/another"
    assert (after.renditions, after.duration_ms) == ((), 1_000)
    assert before.master_url != after.master_url
