"""Batches over HTTP: who may, what is answered, and bad input by name."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from creators.models import Member
from generation import batches
from generation.models import Batch, Render
from tests.builders import make_episode, make_guest, make_user
from tests.generation.serials import a_series, episodes

pytestmark = pytest.mark.django_db
ORDERS = ("go", "pause", "resume", "cancel", "retry")


@pytest.fixture
def owner() -> User:
    return make_user()


@pytest.fixture
def series(owner: User) -> Any:
    return a_series(2, owner)


def path(series: Any) -> str:
    return f"/api/v1/studio/series/{series.uid}/batches"


def test_strangers_find_nothing_and_change_nothing(api: Any, series: Any) -> None:
    batch = batches.batch_create(series=series, profile="animatic", by=None, now=timezone.now(), pilot=True)
    one = f"/api/v1/studio/batches/{batch.uid}"
    orders = [("post", f"{one}/{each}") for each in ORDERS]
    for method, address in [("get", path(series)), ("post", path(series)), ("get", one), *orders]:
        assert getattr(api(), method)(address).status_code == 401
        assert getattr(api(make_guest()), method)(address).status_code == 403
        assert getattr(api(make_user()), method)(address).status_code == 404
    assert Batch.objects.count() == 1
    batch.refresh_from_db()
    assert (batch.status, batch.order, batch.paused, batch.go_at) == ("admitting", "", False, None)


def test_an_editor_asks_for_a_batch_watches_it_and_tells_it(api: Any, series: Any) -> None:
    editor = make_user()
    Member.objects.create(creator=series.creator, user=editor, role="editor")
    made = api(editor).post(path(series), {"profile": "animatic", "pilot": True})
    assert made.status_code == 201
    body = made.json()
    assert (body["status"], body["counts"]["waiting"], body["pilot"]) == ("admitting", 2, str(episodes(series)[0].uid))
    one = f"/api/v1/studio/batches/{body['uid']}"
    batches.attend(clock=timezone.now)
    shown = api(editor).get(one).json()
    assert (shown["status"], shown["waits_for_go"], len(shown["episodes"])) == ("pilot", True, 2)
    told = [api(editor).post(f"{one}/{order}") for order in ("pause", "resume", "cancel")]
    assert [answer.status_code for answer in told] == [200] * 3
    assert [answer.json()["order"] for answer in told] == ["pause", "resume", "cancel"]
    assert Batch.objects.get().requested_by == editor
    late = api(editor).post(f"{one}/go")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "batch_ended")


def test_bad_input_is_named_and_nothing_is_stored(api: Any, series: Any, owner: User) -> None:
    first, foreign = str(episodes(series)[0].uid), str(make_episode().uid)
    bad: list[tuple[dict[str, Any], str]] = [
        ({"profile": "imax"}, "unknown_profile"), ({"profile": "x" * 41}, "invalid"),
        ({"episodes": []}, "no_episodes"), ({"episodes": ["no"]}, "invalid"), ({"episodes": "all"}, "invalid"),
        ({"episodes": [first, first]}, "duplicate_episode"), ({"episodes": [first, foreign]}, "unknown_episode"),
        ({"episodes": [str(uuid.uuid4()) for _ in range(201)]}, "too_many_episodes"),
        ({"episodes": [first], "pilot": foreign}, "pilot_not_in_batch"), ({"pilot": "first"}, "invalid"),
        ({"pilot": 7}, "invalid"), ({"pilot": None}, "invalid"),
    ]  # fmt: skip
    for body, code in bad:
        answer = api(owner).post(path(series), body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code), body
    assert api(owner).post(path(series), {"episodes": [first, foreign]}).json()["error"]["details"] == {
        "episodes": [foreign]
    }
    assert (Batch.objects.count(), Render.objects.count()) == (0, 0)


def test_a_preflight_that_blocks_is_answered_with_every_reason(api: Any, series: Any, owner: User) -> None:
    make_episode(series, 3)
    make_episode(series, 4)
    error = api(owner).post(path(series), {}).json()["error"]
    assert error["code"] == "preflight_failed"
    assert [(each["number"], each["code"]) for each in error["details"]["blocking"]] == [
        (3, "no_screenplay"), (4, "no_screenplay"),
    ]
    assert Batch.objects.count() == 0


def test_batches_of_a_series_are_listed_newest_first(api: Any, series: Any, owner: User) -> None:
    first, second = episodes(series)
    uids = [api(owner).post(path(series), {"episodes": [str(each.uid)]}).json()["uid"] for each in (first, second)]
    page = api(owner).get(f"{path(series)}?limit=1").json()
    assert [(row["uid"], row["episodes"], row["done"]) for row in page["results"]] == [(uids[1], 1, 0)]
    rest = api(owner).get(path(series), {"limit": 1, "cursor": page["next"]}).json()
    assert ([row["uid"] for row in rest["results"]], rest["next"]) == ([uids[0]], None)
    assert api(owner).get(f"{path(series)}?limit=0").status_code == 400


def test_batches_count_as_renders_do(api: Any, series: Any, owner: User, settings: Any) -> None:
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] | {"render": "1/hour"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    first, second = episodes(series)
    answers = [api(owner).post(path(series), {"episodes": [str(each.uid)]}) for each in (first, second)]
    assert [answer.status_code for answer in answers] == [201, 429]
    assert Batch.objects.count() == 1
    assert api(owner).get(path(series)).status_code == 200
