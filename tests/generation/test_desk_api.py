"""The studio's helpers over HTTP: quotes, shots with pictures, portraits, voices, and saving without overwriting."""

from __future__ import annotations

import io
import wave
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from accounts.models import User
from creators.models import Member
from generation.cast import screenplay_latest
from generation.models import Character, Render, Screenplay, Step
from media.grants import verify
from tests.builders import make_creator, make_episode, make_guest, make_series, make_user
from tests.generation import tiny

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_user()


@pytest.fixture
def episode(owner: User) -> Any:
    return tiny.written(episode=make_episode(make_series(make_creator(owner))))


def matrix(episode: Any) -> list[tuple[str, str]]:
    character = Character.objects.filter(series=episode.series).first()
    return [("post", f"/api/v1/studio/episodes/{episode.uid}/quote"),
            ("get", f"/api/v1/studio/characters/{character.uid}/portrait.jpg")]


def test_only_members_ask(api: Any, episode: Any) -> None:
    render = tiny.asked(episode)
    paths = [*matrix(episode), ("get", f"/api/v1/studio/renders/{render.uid}/shots")]
    for method, path in paths:
        assert getattr(api(), method)(path).status_code == 401
        assert getattr(api(make_guest()), method)(path).status_code == 403
        assert getattr(api(make_user()), method)(path).status_code == 404
    for path in ("/api/v1/studio/voices", "/api/v1/studio/voices/en-us+f2/sample.wav"):
        assert api().get(path).status_code == 401
        assert api(make_guest()).get(path).status_code == 403


def test_an_editor_gets_a_quote_and_nothing_is_stored(api: Any, episode: Any) -> None:
    editor = make_user()
    Member.objects.create(creator=episode.series.creator, user=editor, role="editor")
    answer = api(editor).post(f"/api/v1/studio/episodes/{episode.uid}/quote", {"profile": "animatic"})
    assert answer.status_code == 200
    quote = answer.json()
    assert quote["steps_to_run"] == quote["steps_total"] > 3
    assert quote["shots_touched"] == list(range(1, quote["shots_total"] + 1))
    assert quote["estimated_seconds"] > 0
    assert quote["cost_micros"] > 0
    assert (Render.objects.count(), Step.objects.count()) == (0, 0)


def test_a_quote_counts_what_an_edit_touches(
    api: Any, episode: Any, owner: User, monkeypatch: Any
) -> None:
    tiny.install(monkeypatch)
    tiny.asked(episode)
    tiny.drain()
    path = f"/api/v1/studio/episodes/{episode.uid}/quote"
    assert api(owner).post(path, {}).json()["steps_to_run"] == 0
    tiny.written(tiny.story("It has your name on it."), episode)
    quote = api(owner).post(path, {}).json()
    assert len(quote["shots_touched"]) == 1
    assert 0 < quote["steps_to_run"] < quote["steps_total"]


@pytest.mark.parametrize(
    ("body", "code"), [({"profile": "imax"}, "unknown_profile"), ({"profile": "x" * 41}, "invalid")]
)
def test_a_quote_for_an_unknown_profile_is_refused(
    api: Any, episode: Any, owner: User, body: dict[str, str], code: str
) -> None:
    answer = api(owner).post(f"/api/v1/studio/episodes/{episode.uid}/quote", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_no_text_has_no_quote(api: Any, owner: User) -> None:
    empty = make_episode(make_series(make_creator(owner)))
    answer = api(owner).post(f"/api/v1/studio/episodes/{empty.uid}/quote", {})
    assert answer.json()["error"]["code"] == "no_screenplay"


def test_shots_tell_their_times_before_and_after_they_are_made(
    api: Any, episode: Any, owner: User, monkeypatch: Any
) -> None:
    tiny.install(monkeypatch)
    render = tiny.asked(episode)
    path = f"/api/v1/studio/renders/{render.uid}/shots"
    before = api(owner).get(path).json()["shots"]
    assert [row["number"] for row in before] == list(range(1, len(before) + 1))
    assert not any(row["done"] or row["preview"] for row in before)
    assert before[1]["start_ms"] == before[0]["duration_ms"] == before[0]["shot"]["estimated_ms"]
    tiny.drain()
    after = api(owner).get(path).json()
    assert after["status"] == "done"
    assert all(row["done"] for row in after["shots"])


def test_a_preview_is_signed_for_one_artifact(episode: Any, owner: User) -> None:
    from generation.boards import render_shots
    from generation.models import Artifact

    render = tiny.asked(episode)
    key = Step.objects.filter(kind="shot").values_list("key", flat=True).first()
    Artifact.objects.create(
        creator=render.creator, key=key, kind="shot", prefix="artifacts/ab/" + "ab" * 16, meta={"duration_ms": 2000},
        files=[{"name": "preview.jpg", "size": 1, "sha256": ""}], size_bytes=1, created_at=timezone.now(),
    )
    made = next(row for row in render_shots(render=render, subject="me", now=timezone.now()) if row["done"])
    token, name = made["preview"].removeprefix("/m/").split("/")
    claims = verify(token, now=timezone.now())
    assert (claims.prefix, claims.scope, name) == ("artifacts/ab/" + "ab" * 16, "preview", "preview.jpg")
    assert made["duration_ms"] == 2000


def test_a_portrait_is_drawn_once_and_again_when_the_look_changes(api: Any, episode: Any, owner: User) -> None:
    character = Character.objects.filter(series=episode.series).first()
    path = f"/api/v1/studio/characters/{character.uid}/portrait.jpg"
    first = api(owner).get(path)
    assert (first.status_code, first["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(first.content)).size == (320, 400)
    assert first["Cache-Control"] == "private, no-cache"
    again = api(owner).get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Character.objects.filter(pk=character.pk).update(look="an old man with a white beard")
    changed = api(owner).get(path, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed.content != first.content


def test_drawing_is_limited_and_what_is_kept_is_not(api: Any, episode: Any, owner: User, settings: Any) -> None:
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] | {"draw": "1/hour"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    first, second = Character.objects.filter(series=episode.series)[:2]
    path = "/api/v1/studio/characters/{}/portrait.jpg"
    assert api(owner).get(path.format(first.uid)).status_code == 200
    assert api(owner).get(path.format(second.uid)).status_code == 429
    assert api(owner).get(path.format(first.uid)).status_code == 200


def test_voices_are_listed_by_language(api: Any, owner: User) -> None:
    answer = api(owner).get("/api/v1/studio/voices?language=zh").json()
    assert {row["language"] for row in answer["results"]} == {"zh"}
    assert {row["sex"] for row in answer["results"]} == {"female", "male"}
    assert api(owner).get("/api/v1/studio/voices?language=xx").status_code == 400


def seconds_of(wav: bytes) -> float:
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return file.getnframes() / file.getframerate()


def test_a_voice_says_its_sentence_or_mine(api: Any, owner: User) -> None:
    sample = api(owner).get("/api/v1/studio/voices/cmn+f2/sample.wav")
    assert (sample.status_code, sample["Content-Type"]) == (200, "audio/wav")
    assert 2 < seconds_of(sample.content) < 8
    mine = api(owner).post("/api/v1/studio/voices/en-us+m3/sample.wav", {"text": "Run."})
    assert 0.1 < seconds_of(mine.content) < 2


@pytest.mark.parametrize(("name", "body", "code"), [
    ("en-us+nobody", {"text": "Run."}, "missing_voice"), ("en-us+m3", {"text": "x" * 301}, "invalid"),
    ("en-us+m3", {}, "invalid"), ("en-us+m3", {"text": "a\nb"}, "invalid"),
])
def test_what_cannot_be_said_is_refused(api: Any, owner: User, name: str, body: dict[str, str], code: str) -> None:
    answer = api(owner).post(f"/api/v1/studio/voices/{name}/sample.wav", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_saving_over_a_newer_version_is_refused_and_stores_nothing(api: Any, episode: Any, owner: User) -> None:
    path = f"/api/v1/studio/episodes/{episode.uid}/screenplay"
    first = api(owner).put(path, {"source": tiny.story("One."), "base_version": 1})
    assert (first.status_code, first.json()["version"]) == (200, 2)
    late = api(owner).put(path, {"source": tiny.story("Two."), "base_version": 1})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "newer_version")
    assert late.json()["error"]["details"]["version"] == 2
    assert Screenplay.objects.filter(episode=episode).count() == 2
    same = api(owner).put(path, {"source": tiny.story("One."), "base_version": 1})
    assert (same.status_code, same.json()["version"]) == (200, 2)
    mine = api(owner).put(path, {"source": tiny.story("Two."), "base_version": 2})
    latest = screenplay_latest(episode=episode)
    assert (mine.json()["version"], latest and latest.version) == (3, 3)
