"""What makers do through HTTP, and who may: role x object."""

from __future__ import annotations

import uuid

import pytest

from catalog.models import Episode, Series
from creators.models import Member
from tests.builders import (
    make_creator,
    make_episode,
    make_guest,
    make_moderator,
    make_published,
    make_series,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    """A creator with an owner and an editor, a draft and a published episode."""
    owner, editor = make_user(), make_user()
    creator = make_creator(owner)
    Member.objects.create(creator=creator, user=editor, role=Member.Role.EDITOR)
    series = make_series(creator, title="Before")
    return {
        "owner": owner, "editor": editor, "guest": make_guest(), "stranger": make_user(), "moderator": make_moderator(),
        "anonymous": None, "creator": creator, "series": series, "draft": make_episode(series, 1, title="Before"),
        "published": make_published(series, 2),
    }


CALLS = {
    "list series": ("get", "studio/series", None),
    "make series": ("post", "studio/series", {"creator": "{creator}", "title": "New", "language": "en"}),
    "get series": ("get", "studio/series/{series}", None),
    "change series": ("patch", "studio/series/{series}", {"title": "After"}),
    "list episodes": ("get", "studio/series/{series}/episodes", None),
    "make episode": ("post", "studio/series/{series}/episodes", {"title": "Third"}),
    "get episode": ("get", "studio/episodes/{draft}", None),
    "change episode": ("patch", "studio/episodes/{draft}", {"title": "After"}),
    "withdraw": ("post", "studio/episodes/{published}/withdraw", None),
}
MAKERS = {"list series": 200, "make series": 201, "make episode": 201}
REFUSED = {"anonymous": 401, "guest": 403}


def call(api, house, role, name):
    method, path, data = CALLS[name]
    uids = {key: str(row.uid) for key, row in house.items() if row is not None}
    data = {key: str(value).format(**uids) for key, value in data.items()} if data else None
    return getattr(api(house[role]), method)("/api/v1/" + path.format(**uids), data, format="json")


def rows():
    return (
        list(Series.objects.order_by("id").values_list("title", "status", "published_episodes")),
        list(Episode.objects.order_by("id").values_list("number", "title", "status")),
    )


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("role", ["owner", "editor"])
def test_members_may(api, house, role, name):
    answer = call(api, house, role, name)
    assert answer.status_code == MAKERS.get(name, 200), answer.content


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("role", ["anonymous", "guest", "stranger", "moderator"])
def test_others_may_not_and_nothing_changes(api, house, role, name):
    before = rows()
    answer = call(api, house, role, name)
    if role in REFUSED:
        assert answer.status_code == REFUSED[role]
    elif name == "list series":
        assert answer.json() == {"results": [], "next": None}
    else:
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert rows() == before


def test_a_stranger_cannot_tell_a_foreign_thing_from_none(api, house):
    client = api(house["stranger"])
    for path in ("studio/series/{}", "studio/series/{}/episodes", "studio/episodes/{}"):
        foreign = client.get("/api/v1/" + path.format(house["draft" if "episodes/" in path else "series"].uid))
        nothing = client.get("/api/v1/" + path.format(uuid.uuid4()))
        errors = [answer.json()["error"] | {"request_id": ""} for answer in (foreign, nothing)]
        assert errors[0] == errors[1]


def test_a_series_is_made_changed_and_listed(api, house):
    client = api(house["editor"])
    made = client.post("/api/v1/studio/series", {
        "creator": str(house["creator"].uid), "title": "雨夜", "language": "zh", "genres": ["romance", "city"],
        "free_episodes": 5, "price_coins": 40, "synopsis": "一场雨。\n第二行。",
    }, format="json")
    assert made.status_code == 201
    path = f"/api/v1/studio/series/{made.json()['uid']}"
    changed = client.patch(path, {"price_coins": 45}, format="json").json()
    assert (changed["title"], changed["price_coins"], changed["free_episodes"]) == ("雨夜", 45, 5)
    listed = client.get("/api/v1/studio/series", {"creator": str(house["creator"].uid)}).json()["results"]
    assert [row["title"] for row in listed] == ["雨夜", "Before"]
    assert client.get("/api/v1/studio/series", {"creator": str(uuid.uuid4())}).status_code == 404


def test_episodes_are_numbered_priced_and_listed_in_few_queries(api, house, django_assert_max_num_queries):
    client, path = api(house["owner"]), f"/api/v1/studio/series/{house['series'].uid}/episodes"
    assert client.post(path, {}, format="json").json()["number"] == 3
    assert client.post(path, {"number": 9, "title": "Ninth"}, format="json").json()["number"] == 9
    assert client.post(path, {"number": 9}, format="json").json()["error"]["code"] == "number_taken"
    with django_assert_max_num_queries(5):
        listed = client.get(path).json()["results"]
    assert [(row["number"], row["costs_coins"]) for row in listed] == [(1, 0), (2, 60), (3, 60), (9, 60)]
    one = f"/api/v1/studio/episodes/{listed[3]['uid']}"
    assert client.patch(one, {"price_coins": 99}, format="json").json()["costs_coins"] == 99
    assert client.patch(one, {"price_coins": 0}, format="json").json()["costs_coins"] == 0
    back = client.patch(one, {"price_coins": None}, format="json").json()
    assert (back["price_coins"], back["costs_coins"]) == (None, 60)


@pytest.mark.parametrize(
    "bad",
    [{"title": ""}, {"title": "x" * 121}, {"title": "a\nb"}, {"title": "a\0"}, {"title": "\u202eevil"},
     {"language": "xx"},
     {"genres": ["nope"]}, {"genres": ["romance"] * 5}, {"genres": "romance"}, {"price_coins": 0}, {"price_coins": -1},
     {"price_coins": 100_001}, {"price_coins": "x"}, {"free_episodes": -1}, {"free_episodes": 99_999},
     {"maturity": 5}, {"synopsis": "x" * 2001}, {"title": None}],
)
def test_a_bad_series_is_refused_and_nothing_changes(api, house, bad):
    before, client = rows(), api(house["owner"])
    good = {"creator": str(house["creator"].uid), "title": "New", "language": "en"}
    assert client.post("/api/v1/studio/series", good | bad, format="json").status_code == 400
    assert client.patch(f"/api/v1/studio/series/{house['series'].uid}", bad, format="json").status_code == 400
    assert rows() == before


@pytest.mark.parametrize(
    "bad", [{"number": 0}, {"number": 2001}, {"number": "x"}, {"title": "x" * 121}, {"title": "a\tb"}, []]
)
def test_a_bad_episode_is_refused_and_nothing_changes(api, house, bad):
    before = rows()
    path = f"/api/v1/studio/series/{house['series'].uid}/episodes"
    assert api(house["owner"]).post(path, bad, format="json").status_code == 400
    assert rows() == before


def test_fields_that_are_not_ours_to_set_are_not_set(api, house):
    client = api(house["owner"])
    client.patch(f"/api/v1/studio/episodes/{house['draft'].uid}", {"status": "published", "number": 7}, format="json")
    path = f"/api/v1/studio/series/{house['series'].uid}"
    client.patch(path, {"published_episodes": 99, "status": "x"}, format="json")
    assert rows() == ([("Before", "active", 1)], [(1, "Before", "draft"), (2, "", "published")])


def test_a_withdrawn_episode_is_gone_for_viewers_and_cannot_be_withdrawn_twice(api, house):
    path = f"/api/v1/studio/episodes/{house['published'].uid}/withdraw"
    answer = api(house["owner"]).post(path).json()
    assert (answer["status"], answer["withdrawn_by"]) == ("withdrawn", "creator")
    assert api(house["guest"]).get(f"/api/v1/episodes/{house['published'].uid}").status_code == 404
    again = api(house["owner"]).post(path)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "episode_moved_on")
    draft = api(house["owner"]).post(f"/api/v1/studio/episodes/{house['draft'].uid}/withdraw")
    assert draft.status_code == 409
