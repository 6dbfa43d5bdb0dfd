"""Who may open which studio page."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

import pytest

from creators.models import Member
from tests.builders import make_creator, make_episode, make_guest, make_moderator, make_series, make_user

pytestmark = pytest.mark.django_db
PAGES = ("home", "series", "episode", "members")


@pytest.fixture
def house() -> dict[str, Any]:
    owner, editor = make_user(), make_user()
    creator = make_creator(owner)
    Member.objects.create(creator=creator, user=editor, role=Member.Role.EDITOR)
    series = make_series(creator, title="Salt and Silver")
    episode = make_episode(series, title="The Pilot")
    paths = {
        "home": "/studio/", "series": f"/studio/series/{series.uid}/", "episode": f"/studio/episodes/{episode.uid}/",
        "members": f"/studio/creators/{creator.uid}/members/",
    }
    return {"owner": owner, "editor": editor, "paths": paths}


@pytest.mark.parametrize("name", PAGES)
def test_anonymous_people_are_sent_to_the_door_that_leads_back(house: Any, browser: Any, name: str) -> None:
    path = house["paths"][name]
    answer = browser().get(f"{path}?x=1")
    assert (answer.status_code, answer["Location"]) == (302, f"/signin/?next={quote(f'{path}?x=1', safe='')}")


@pytest.mark.parametrize("name", PAGES)
def test_a_guest_is_sent_to_register(house: Any, browser: Any, name: str) -> None:
    answer = browser(make_guest()).get(house["paths"][name])
    assert answer.status_code == 302
    assert answer["Location"].startswith("/register/?next=")


@pytest.mark.parametrize("name", ["series", "episode", "members"])
@pytest.mark.parametrize("who", ["stranger", "moderator"])
def test_what_is_not_theirs_is_not_there(house: Any, browser: Any, name: str, who: str) -> None:
    user = make_user() if who == "stranger" else make_moderator()
    theirs = browser(user).get(house["paths"][name])
    nowhere = browser(user).get(f"/studio/series/{uuid.uuid4()}/")
    assert theirs.status_code == nowhere.status_code == 404
    assert b"Salt and Silver" not in theirs.content
    assert b"The Pilot" not in theirs.content


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", ["owner", "editor"])
def test_members_see_their_pages_and_nobody_keeps_them(house: Any, browser: Any, name: str, who: str) -> None:
    answer = browser(house[who]).get(house["paths"][name])
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"


def test_a_stranger_sees_their_own_empty_home(house: Any, browser: Any) -> None:
    answer = browser(make_user()).get("/studio/")
    assert answer.status_code == 200
    assert b"Salt and Silver" not in answer.content
    assert b"Open your studio" in answer.content


def test_only_owners_get_the_tools_of_owners(house: Any, browser: Any) -> None:
    path = house["paths"]["members"]
    assert b'name="role"' in browser(house["owner"]).get(path).content
    assert b'name="role"' not in browser(house["editor"]).get(path).content


@pytest.mark.parametrize("name", PAGES)
def test_pages_take_no_writes(house: Any, browser: Any, name: str) -> None:
    assert browser(house["owner"]).post(house["paths"][name]).status_code == 405


def test_the_address_without_its_slash_leads_there(browser: Any) -> None:
    assert browser().get("/studio")["Location"] == "/studio/"
