"""The feed over HTTP: shapes, permissions, bad input, and no media key in any of it."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Episode, Master
from feeds.models import FeedSlate, Progress, ViewerSeen
from tests.builders import make_guest, make_published, make_series, make_user
from tests.feeds.shelf import fill_shelf

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


def test_a_page_has_the_promised_shape(api: Any) -> None:
    fill_shelf(3, episodes=2, free_episodes=1, price_coins=60)
    answer = api(make_guest()).get(f"{ROOT}/feed?limit=2")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    page = answer.json()
    assert set(page) == {"feed_id", "items", "next_cursor", "exhausted", "reset"}
    assert (len(page["items"]), page["exhausted"], page["reset"]) == (2, False, False)
    item = page["items"][0]
    assert set(item) == {"token", "position", "kind", "series", "episode", "access", "viewer", "next"}
    assert item["access"] == {"state": "free", "price_coins": 0}
    after = Episode.objects.get(series__uid=item["series"]["uid"], number=2)
    assert item["next"] == {"episode": str(after.uid), "number": 2, "state": "locked"}
    assert item["episode"]["duration_ms"] == 40_000
    rest = api(make_guest()).get(f"{ROOT}/feed", {"cursor": page["next_cursor"], "limit": 2}).json()
    assert rest["reset"] is True  # another guest's cursor opens nothing but their own feed


def test_guests_and_registered_viewers_have_a_feed_and_nobody_else(api: Any) -> None:
    for viewer in (make_guest(), make_user()):
        assert api(viewer).get(f"{ROOT}/feed").status_code == 200
    episode = make_published()
    for method, path in (
        ("get", "feed"), ("get", "continue"), ("post", "events"), ("get", f"episodes/{episode.uid}/next"),
        ("post", f"episodes/{episode.uid}/playback"),
    ):
        refused = getattr(api(), method)(f"{ROOT}/{path}")
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "not_authenticated")
    assert ViewerSeen.objects.count() == 2


@pytest.mark.parametrize("limit", ["0", "-1", "101", "ten", "1.5", "١٢٣"])
def test_a_limit_that_is_none_is_said_and_nothing_is_served(api: Any, limit: str) -> None:
    fill_shelf(3)
    refused = api(make_guest()).get(f"{ROOT}/feed", {"limit": limit})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_limit")
    assert not FeedSlate.objects.exists()


@pytest.mark.parametrize("cursor", ["x", "a" * 5000, "%00", "é", "AAAA", "-" * 48])
def test_a_cursor_that_is_none_starts_a_fresh_feed(api: Any, cursor: str) -> None:
    fill_shelf(3)
    page = api(make_guest()).get(f"{ROOT}/feed", {"cursor": cursor}).json()
    assert (page["reset"], len(page["items"])) == (True, 3)


def test_no_answer_but_playback_holds_a_media_key(api: Any) -> None:
    series = make_series(free_episodes=1)
    first, second = make_published(series, 1), make_published(series, 2)
    viewer = make_user()
    Progress.objects.create(
        user=viewer, series=series, episode=first, position_ms=5, next_number=1, occurred_at=timezone.now()
    )
    prefixes = list(Master.objects.values_list("prefix", flat=True))
    asked = (
        "feed", "continue", f"episodes/{first.uid}/next", "series", f"series/{series.uid}",
        f"series/{series.uid}/episodes", f"episodes/{first.uid}", f"episodes/{second.uid}", "search?q=Series",
    )
    client = api(viewer)
    for path in asked:
        answer = client.get(f"{ROOT}/{path}")
        assert answer.status_code == 200, path
        _is_clean(answer.json(), prefixes, path)
    locked = client.post(f"{ROOT}/episodes/{second.uid}/playback")
    assert locked.status_code == 402
    _is_clean(locked.json(), prefixes, "402")
    assert "/m/" in json.dumps(client.post(f"{ROOT}/episodes/{first.uid}/playback").json())


def _is_clean(document: Any, prefixes: list[str], path: str) -> None:
    text = json.dumps(document)
    assert "/m/" not in text, path
    for secret in ("masters/", "m3u8", ".mp4", *prefixes, *(prefix.rsplit("/", 1)[1] for prefix in prefixes)):
        assert secret not in text, (path, secret)


def test_an_unknown_episode_has_no_next_and_no_playback(api: Any) -> None:
    client = api(make_guest())
    for answer in (
        client.get(f"{ROOT}/episodes/{uuid.uuid4()}/next"), client.post(f"{ROOT}/episodes/{uuid.uuid4()}/playback")
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_the_feed_is_described_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    from drf_spectacular.drainage import GENERATOR_STATS
    from drf_spectacular.generators import SchemaGenerator

    from feeds import urls

    GENERATOR_STATS.reset()
    schema = SchemaGenerator(patterns=urls.urlpatterns).get_schema(request=None, public=True)
    assert set(schema["paths"]) == {
        "/feed", "/continue", "/events", "/episodes/{uid}/next", "/episodes/{uid}/playback", "/list",
        "/episodes/{uid}/card", "/episodes/{uid}/like", "/series/{uid}/save", "/series/{uid}/viewer",
        "/series/{uid}/not-interested",
    }
    said = capsys.readouterr().err
    assert "arning" not in said
    assert "rror" not in said
