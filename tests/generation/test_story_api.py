"""The story endpoints: who may, what comes back, and that a refusal changes nothing."""

from __future__ import annotations

import uuid

import pytest

from creators.models import Member
from generation import cast, voices
from generation.models import Character, Look, Screenplay
from tests.builders import make_creator, make_episode, make_guest, make_moderator, make_series, make_user

SOURCE = "Title: Ours\n\nINT. KITCHEN - NIGHT\n\nANNA\nYou lied.\n\nBEN\nI had to.\n"
pytestmark = pytest.mark.django_db


@pytest.fixture
def studio():
    owner, editor = make_user(), make_user()
    creator = make_creator(owner)
    Member.objects.create(creator=creator, user=editor, role=Member.Role.EDITOR)
    series = make_series(creator)
    return {"owner": owner, "editor": editor, "series": series, "episode": make_episode(series)}


def screenplay_path(episode) -> str:
    return f"/api/v1/studio/episodes/{episode.uid}/screenplay"


def series_path(series, rest: str) -> str:
    return f"/api/v1/studio/series/{series.uid}/{rest}"


def put(client, episode, source=SOURCE):
    return client.put(screenplay_path(episode), {"source": source}, format="json")


def test_a_screenplay_is_saved_read_back_and_versioned(api, studio):
    client, episode = api(studio["owner"]), studio["episode"]
    answer = put(client, episode)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["version"], body["title"], body["language"], body["source"]) == (1, "Ours", "en", SOURCE)
    assert "id" not in body
    assert put(client, episode).json()["version"] == 1
    assert put(client, episode, SOURCE + "\nANNA\nGo.\n").json()["version"] == 2
    assert client.get(screenplay_path(episode)).json()["version"] == 2
    assert client.get(screenplay_path(episode) + "?version=1").json() == body


def test_before_the_first_save_there_is_nothing(api, studio):
    assert api(studio["owner"]).get(screenplay_path(studio["episode"])).status_code == 404


@pytest.mark.parametrize("version", ["0", "-1", "x", "1.5", "9" * 30])
def test_a_version_that_is_no_number_is_refused(api, studio, version):
    answer = api(studio["owner"]).get(screenplay_path(studio["episode"]), {"version": version})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_version")


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("", "screenplay_empty", 1),
        ("INT. A - DAY\n\nx\x00", "screenplay_binary", 3),
        ("y" * 262_145, "screenplay_too_big", 1),
        ("INT. A - DAY\n\n" + "[[" * 50_000, "screenplay_invalid", 3),
        ("nothing but words", "screenplay_no_scenes", 1),
        ("INT. A - DAY\n\nANNA\n\nx.", "screenplay_no_words", 3),
    ],
)
def test_bad_text_is_refused_with_line_and_remedy_and_stores_nothing(api, studio, source, code, line):
    client = api(studio["owner"])
    for answer in (
        put(client, studio["episode"], source),
        client.post("/api/v1/studio/breakdown", {"source": source}, format="json"),
    ):
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["details"]) == (400, code, {"line": line})
        assert error["remedy"]
    assert (Screenplay.objects.count(), Character.objects.count()) == (0, 0)


@pytest.mark.parametrize("body", [{}, {"source": None}, {"source": ["x"]}, {"source": {"a": 1}}, []])
def test_a_body_without_text_is_invalid(api, studio, body):
    answer = api(studio["owner"]).put(screenplay_path(studio["episode"]), body, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")


def test_the_preview_shows_the_shots_and_stores_nothing(api):
    answer = api(make_user()).post("/api/v1/studio/breakdown", {"source": SOURCE}, format="json")
    assert answer.status_code == 200
    body, story = answer.json(), cast.story_read(source=SOURCE)
    assert (body["title"], body["language"], body["speakers"]) == ("Ours", "en", ["ANNA", "BEN"])
    assert (body["shot_count"], body["estimated_ms"]) == (len(story.shots), story.estimated_ms)
    assert [shot["number"] for shot in body["shots"]] == list(range(1, len(story.shots) + 1))
    assert [line["text"] for shot in body["shots"] for line in shot["lines"]] == ["You lied.", "I had to."]
    assert (Screenplay.objects.count(), Character.objects.count()) == (0, 0)


def test_characters_are_listed_and_changed(api, studio):
    client, series = api(studio["editor"]), studio["series"]
    put(client, studio["episode"])
    listed = client.get(series_path(series, "characters")).json()
    assert [row["name"] for row in listed["results"]] == ["ANNA", "BEN"]
    assert listed["next"] is None
    first = client.get(series_path(series, "characters"), {"limit": 1}).json()
    rest = client.get(series_path(series, "characters"), {"limit": 1, "cursor": first["next"]}).json()
    assert [row["name"] for row in (*first["results"], *rest["results"])] == ["ANNA", "BEN"]
    path = series_path(series, f"characters/{listed['results'][0]['uid']}")
    voice = voices.available("en")[0]
    change = {"name": "Anna Hale", "aliases": ["Annie"], "look": "red coat", "voice": voice, "seed": 7}
    changed = client.patch(path, change, format="json").json()
    assert {key: changed[key] for key in change} == {**change, "aliases": ["ANNA", "Annie"]}
    assert client.get(path).json() == changed


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"voice": "nobody"}, 400, "missing_voice"),
        ({"name": ""}, 400, "invalid"),
        ({"name": "BEN"}, 409, "name_taken"),
        ({"seed": -1}, 400, "invalid"),
        ({"seed": 2**31}, 400, "invalid"),
        ({"look": "x" * 1001}, 400, "invalid"),
        ({"aliases": ["a"] * 11}, 400, "invalid"),
        ({"aliases": [""]}, 400, "invalid"),
    ],
)
def test_a_bad_change_of_a_character_changes_nothing(api, studio, change, status, code):
    client = api(studio["owner"])
    put(client, studio["episode"])
    before = Character.objects.filter(name="ANNA").values().get()
    answer = client.patch(series_path(studio["series"], f"characters/{before['uid']}"), change, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert Character.objects.filter(pk=before["id"]).values().get() == before


def test_a_character_of_another_series_is_not_here(api, studio):
    client = api(studio["owner"])
    put(client, studio["episode"])
    other = make_series(studio["series"].creator)
    path = series_path(other, f"characters/{Character.objects.first().uid}")
    assert client.get(path).status_code == 404
    assert client.patch(path, {"look": "x"}, format="json").status_code == 404
    assert not Character.objects.exclude(look="").exists()


def test_the_look_is_set_whole(api, studio):
    client, path = api(studio["owner"]), series_path(studio["series"], "look")
    assert client.get(path).json() == {"style": "cinematic", "prompt": "", "negative_prompt": ""}
    look = {"style": "noir", "prompt": "rain", "negative_prompt": "text"}
    assert client.put(path, look, format="json").json() == look
    plain = {"style": "ink", "prompt": "", "negative_prompt": ""}
    assert client.put(path, {"style": "ink"}, format="json").json() == plain
    for bad in ({}, {"style": "not a slug"}, {"style": "x" * 41}, {"style": "ink", "prompt": "x" * 2001}):
        assert client.put(path, bad, format="json").status_code == 400
    assert Look.objects.get().style == "ink"


OBJECT_CALLS = [
    ("get", lambda s: screenplay_path(s["episode"]), None),
    ("put", lambda s: screenplay_path(s["episode"]), {"source": SOURCE + "\nANNA\nMine.\n"}),
    ("get", lambda s: series_path(s["series"], "characters"), None),
    ("get", lambda s: series_path(s["series"], f"characters/{s['character'].uid}"), None),
    ("patch", lambda s: series_path(s["series"], f"characters/{s['character'].uid}"), {"look": "stolen"}),
    ("get", lambda s: series_path(s["series"], "look"), None),
    ("put", lambda s: series_path(s["series"], "look"), {"style": "stolen"}),
]
ROLES = {
    "owner": (lambda s: s["owner"], 200),
    "editor": (lambda s: s["editor"], 200),
    "stranger": (lambda s: make_user(), 404),
    "another creator": (lambda s: make_creator().memberships.get().user, 404),
    "moderator": (lambda s: make_moderator(), 404),
    "guest": (lambda s: make_guest(), 403),
    "nobody": (lambda s: None, 401),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path", "body"), OBJECT_CALLS)
def test_only_members_touch_a_story(api, studio, role, method, path, body):
    Screenplay.objects.create(episode=studio["episode"], version=1, source=SOURCE, shot_count=1, estimated_ms=1)
    studio["character"] = Character.objects.create(series=studio["series"], name="ANNA", seed=1)
    who, status = ROLES[role]
    answer = getattr(api(who(studio)), method)(path(studio), body, format="json")
    assert answer.status_code == status
    if status != 200:
        assert Screenplay.objects.count() == 1
        assert not Look.objects.exists()
        assert not Character.objects.exclude(look="").exists()


@pytest.mark.parametrize(("user", "status"), [(make_user, 200), (make_guest, 403), (lambda: None, 401)])
def test_the_preview_is_for_registered_people(api, user, status):
    assert api(user()).post("/api/v1/studio/breakdown", {"source": SOURCE}, format="json").status_code == status


def test_what_does_not_exist_is_not_found(api):
    client = api(make_user())
    for path in ("episodes/{}/screenplay", "series/{}/characters", "series/{}/look"):
        assert client.get(f"/api/v1/studio/{path.format(uuid.uuid4())}").status_code == 404


def test_listing_characters_asks_a_fixed_number_of_queries(api, studio, django_assert_num_queries):
    client = api(studio["owner"])
    put(client, studio["episode"])
    Character.objects.bulk_create(Character(series=studio["series"], name=f"C{i}", seed=i) for i in range(40))
    with django_assert_num_queries(3):
        assert len(client.get(series_path(studio["series"], "characters"), {"limit": 100}).json()["results"]) == 42
