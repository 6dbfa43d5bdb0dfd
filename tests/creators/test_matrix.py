"""Role x object: who may do what with a studio account, every cell of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from accounts.models import User
from creators.models import Creator, Follow, Member
from tests.builders import make_creator, make_guest, make_moderator, make_user

ROLES = ("nobody", "guest", "stranger", "moderator", "editor", "owner")
pytestmark = pytest.mark.django_db


@dataclass
class House:
    """One studio with an owner, an editor and another editor, and everybody who is no member."""

    creator: Creator
    people: dict[str, User | None]
    other: User
    newcomer: User


@pytest.fixture
def house() -> House:
    owner, editor, other = make_user(), make_user(), make_user()
    creator = make_creator(owner)
    for person in (editor, other):
        Member.objects.create(creator=creator, user=person, role=Member.Role.EDITOR)
    make_creator(stranger := make_user())
    people = {"nobody": None, "guest": make_guest(), "stranger": stranger, "moderator": make_moderator(),
              "editor": editor, "owner": owner}  # fmt: skip
    return House(creator, people, other, make_user(email="newcomer@example.org"))


# action: (method, path, body, what each role of ROLES is answered)
ACTIONS: dict[str, tuple[str, str, dict[str, Any] | None, tuple[int, ...]]] = {
    "list mine": ("get", "studio/creators", None, (401, 403, 200, 200, 200, 200)),
    "open another": ("post", "studio/creators", {"name": "New", "handle": "brand-new"}, (401, 403, 201, 201, 201, 201)),
    "look": ("get", "studio/creators/{uid}", None, (401, 403, 404, 404, 200, 200)),
    "see members": ("get", "studio/creators/{uid}/members", None, (401, 403, 404, 404, 200, 200)),
    "add": (
        "post", "studio/creators/{uid}/members", {"email": "newcomer@example.org"}, (401, 403, 404, 404, 403, 201),
    ),
    "promote": ("patch", "studio/creators/{uid}/members/{other}", {"role": "owner"}, (401, 403, 404, 404, 403, 200)),
    "remove another": ("delete", "studio/creators/{uid}/members/{other}", None, (401, 403, 404, 404, 403, 204)),
    "remove the last owner": (
        "delete", "studio/creators/{uid}/members/{owner}", None, (401, 403, 404, 404, 403, 409),
    ),
    "demote the last owner": (
        "patch", "studio/creators/{uid}/members/{owner}", {"role": "editor"}, (401, 403, 404, 404, 403, 409),
    ),
    "leave": ("delete", "studio/creators/{uid}/members/{self}", None, (401, 403, 404, 404, 204, 409)),
    "see it as anyone": ("get", "creators/{uid}", None, (200,) * 6),
    "follow": ("post", "creators/{uid}/follow", None, (401, 204, 204, 204, 204, 204)),
    "unfollow": ("delete", "creators/{uid}/follow", None, (401, 204, 204, 204, 204, 204)),
}  # fmt: skip
CELLS = [(action, role, ACTIONS[action][3][n]) for action in ACTIONS for n, role in enumerate(ROLES)]


def state() -> tuple[Any, ...]:
    return (
        sorted(Member.objects.values_list("creator_id", "user_id", "role")),
        sorted(Creator.objects.values_list("id", "name", "handle")),
        sorted(Follow.objects.values_list("user_id", "creator_id")),
    )


@pytest.mark.parametrize(("action", "role", "expected"), CELLS, ids=[f"{a}-{r}-{e}" for a, r, e in CELLS])
def test_each_role_does_what_it_may_and_a_refusal_changes_nothing(
    api: Any, house: House, action: str, role: str, expected: int
) -> None:
    method, path, body, _ = ACTIONS[action]
    person = house.people[role]
    owner = house.people["owner"]
    assert owner is not None
    address = "/api/v1/" + path.format(
        uid=house.creator.uid, other=house.other.uid, owner=owner.uid, self=person.uid if person else uuid.uuid4()
    )
    before = state()
    answer = getattr(api(person), method)(address, body)
    assert answer.status_code == expected, answer.content
    if expected >= 400:
        assert state() == before
        assert set(answer.json()["error"]) == {"code", "message", "remedy", "details", "request_id"}
    elif method != "get" and action != "unfollow":
        assert state() != before


@pytest.mark.parametrize("action", [name for name, spec in ACTIONS.items() if "{uid}" in spec[1]])
def test_what_is_not_there_answers_like_what_is_not_yours(api: Any, house: House, action: str) -> None:
    method, path, body, answers = ACTIONS[action]
    stranger = house.people["stranger"]
    assert stranger is not None
    ids = {"other": house.other.uid, "owner": stranger.uid, "self": stranger.uid}
    missing = getattr(api(stranger), method)("/api/v1/" + path.format(uid=uuid.uuid4(), **ids), body)
    assert missing.status_code == 404
    if answers[ROLES.index("stranger")] == 404:
        foreign = getattr(api(stranger), method)("/api/v1/" + path.format(uid=house.creator.uid, **ids), body)
        assert foreign.json()["error"] | {"request_id": ""} == missing.json()["error"] | {"request_id": ""}
