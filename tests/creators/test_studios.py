"""Studio accounts, their handles, members and followers."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from common.errors import NotFound
from creators import selectors, services
from creators.errors import LastOwner, OwnersOnly, RegistrationRequired
from creators.handles import RESERVED
from creators.models import Creator, Follow, Member
from tests.builders import make_creator, make_guest, make_user

STUDIOS = "/api/v1/studio/creators"
pytestmark = pytest.mark.django_db


def members(creator: Creator) -> dict[str, str]:
    return {str(m.user.uid): m.role for m in Member.objects.filter(creator=creator).select_related("user")}


def test_who_opens_a_studio_owns_it(api: Any) -> None:
    person = make_user()
    answer = api(person).post(STUDIOS, {"name": "夜班工作室", "handle": "Night-Office"})
    assert answer.status_code == 201
    creator = Creator.objects.get()
    assert answer.json() == {
        "uid": str(creator.uid), "name": "夜班工作室", "handle": "night-office", "role": "owner",
        "created_at": answer.json()["created_at"],
    }
    assert members(creator) == {str(person.uid): "owner"}


@pytest.mark.parametrize(
    "handle",
    ["", "ab", "x" * 41, "-abc", "abc-", "a--b", "a_b", "a b", "a.b", "夜班", "ａｂｃ", "a/b", "123", "studio", "ADMIN",
     "me", None, ["abc"], "a\nbc", "a\x00bc"],
)  # fmt: skip
def test_a_handle_that_cannot_be_had_opens_nothing(api: Any, handle: Any) -> None:
    answer = api(make_user()).post(STUDIOS, {"name": "X", "handle": handle})
    assert answer.status_code == 400
    assert list(answer.json()["error"]["details"]["fields"]) == ["handle"]
    assert Creator.objects.count() == 0


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "a\x07b", "a\u202eb", None])
def test_a_name_that_cannot_be_shown_opens_nothing(api: Any, name: Any) -> None:
    answer = api(make_user()).post(STUDIOS, {"name": name, "handle": "night-office"})
    assert answer.status_code == 400
    assert list(answer.json()["error"]["details"]["fields"]) == ["name"]
    assert Creator.objects.count() == 0


def test_a_handle_is_had_once_in_any_case_of_letters(api: Any) -> None:
    assert api(make_user()).post(STUDIOS, {"name": "A", "handle": "night"}).status_code == 201
    again = api(make_user()).post(STUDIOS, {"name": "B", "handle": "NIGHT"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "handle_taken")
    assert Creator.objects.count() == Member.objects.count() == 1


def test_reserved_handles_are_spelled_like_handles() -> None:
    assert {word for word in RESERVED if word != word.lower() or not word.isalnum()} == set()
    assert {"admin", "studio", "api", "reelwright", "support", "moderator"} <= RESERVED


def test_a_guest_opens_no_studio_even_past_the_view() -> None:
    with pytest.raises(RegistrationRequired):
        services.creator_create(user=make_guest(), name="A", handle="night")
    assert Creator.objects.count() == 0


def test_my_studios_are_listed_newest_first_with_my_role_in_two_queries(
    api: Any, django_assert_num_queries: Any
) -> None:
    person = make_user()
    own = [make_creator(person) for _ in range(3)]
    shared = make_creator()
    Member.objects.create(creator=shared, user=person, role="editor")
    make_creator()
    client = api(person)
    with django_assert_num_queries(1):
        page = client.get(STUDIOS, {"limit": 3}).json()
    assert [(row["uid"], row["role"]) for row in page["results"]] == [
        (str(shared.uid), "editor"), (str(own[2].uid), "owner"), (str(own[1].uid), "owner"),
    ]
    rest = client.get(STUDIOS, {"limit": 3, "cursor": page["next"]}).json()
    assert ([row["uid"] for row in rest["results"]], rest["next"]) == ([str(own[0].uid)], None)


def test_members_are_listed_in_a_constant_number_of_queries(api: Any, django_assert_num_queries: Any) -> None:
    owner = make_user(display_name="Owner")
    creator = make_creator(owner)
    for _ in range(20):
        Member.objects.create(creator=creator, user=make_user(), role="editor")
    client = api(owner)
    with django_assert_num_queries(2):
        page = client.get(f"{STUDIOS}/{creator.uid}/members", {"limit": 15}).json()
    assert len(page["results"]) == 15
    assert page["results"][0] | {"created_at": ""} == {
        "user": str(owner.uid), "display_name": "Owner", "email": owner.email, "role": "owner", "created_at": "",
    }
    rest = client.get(f"{STUDIOS}/{creator.uid}/members", {"cursor": page["next"]}).json()
    assert (len(rest["results"]), rest["next"]) == (6, None)


@pytest.mark.parametrize("query", [{"cursor": "rubbish"}, {"limit": "0"}, {"limit": "101"}, {"limit": "x"}])
def test_a_bad_page_is_bad_input(api: Any, query: dict[str, str]) -> None:
    assert api(make_user()).get(STUDIOS, query).status_code == 400


def test_adding_a_member_twice_adds_one(api: Any) -> None:
    owner, friend = make_user(), make_user(email="friend@example.org")
    creator = make_creator(owner)
    path = f"{STUDIOS}/{creator.uid}/members"
    answers = [api(owner).post(path, {"email": "FRIEND@example.org"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    other_role = api(owner).post(path, {"email": "friend@example.org", "role": "owner"})
    assert (other_role.status_code, other_role.json()["error"]["code"]) == (409, "already_member")
    assert members(creator) == {str(owner.uid): "owner", str(friend.uid): "editor"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"email": "nobody@example.org"}, 404, "no_such_account"),
        ({"email": "closed@example.org"}, 404, "no_such_account"),
        ({"email": "rubbish"}, 400, "invalid"),
        ({"email": ""}, 400, "invalid"),
        ({}, 400, "invalid"),
        ({"email": "friend@example.org", "role": "king"}, 400, "invalid"),
    ],
)
def test_adding_somebody_who_cannot_be_added_adds_nobody(
    api: Any, body: dict[str, str], status: int, code: str
) -> None:
    owner = make_user()
    creator = make_creator(owner)
    make_user(email="friend@example.org")
    make_user(email="closed@example.org", is_active=False)
    answer = api(owner).post(f"{STUDIOS}/{creator.uid}/members", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert members(creator) == {str(owner.uid): "owner"}


def test_an_owner_may_leave_once_there_is_another(api: Any) -> None:
    owner, heir = make_user(), make_user()
    creator = make_creator(owner)
    Member.objects.create(creator=creator, user=heir, role="editor")
    path = f"{STUDIOS}/{creator.uid}/members"
    stuck = api(owner).delete(f"{path}/{owner.uid}")
    assert (stuck.status_code, stuck.json()["error"]["code"]) == (409, "last_owner")
    assert api(owner).patch(f"{path}/{heir.uid}", {"role": "owner"}).json()["role"] == "owner"
    assert api(owner).delete(f"{path}/{owner.uid}").status_code == 204
    assert members(creator) == {str(heir.uid): "owner"}
    assert api(owner).get(f"{STUDIOS}/{creator.uid}").status_code == 404


def test_a_person_who_is_no_member_cannot_be_changed_or_removed(api: Any) -> None:
    owner, outsider = make_user(), make_user()
    creator = make_creator(owner)
    path = f"{STUDIOS}/{creator.uid}/members/{outsider.uid}"
    assert api(owner).patch(path, {"role": "owner"}).status_code == 404
    assert api(owner).delete(path).status_code == 404
    assert members(creator) == {str(owner.uid): "owner"}


def test_the_role_is_asked_again_under_the_lock() -> None:
    """Somebody looked while they were an owner, and acts after they were removed."""
    owner, other, victim = make_user(), make_user(), make_user()
    creator = make_creator(owner)
    for person, role in ((other, "owner"), (victim, "editor")):
        Member.objects.create(creator=creator, user=person, role=role)
    seen_earlier = selectors.creator_for_member(user=other, uid=creator.uid)
    services.member_change_role(creator=creator, by=owner, user_uid=other.uid, role="editor")
    with pytest.raises(OwnersOnly):
        services.member_remove(creator=seen_earlier, by=other, user_uid=victim.uid)
    services.member_remove(creator=creator, by=owner, user_uid=other.uid)
    with pytest.raises(NotFound):
        services.member_add(creator=seen_earlier, by=other, email=str(victim.email), role="owner")
    assert members(creator) == {str(owner.uid): "owner", str(victim.uid): "editor"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["leave", "remove each other", "step down"])
def test_two_owners_who_go_at_once_leave_one(how: str) -> None:
    for _ in range(5):
        one, two = make_user(), make_user()
        creator = make_creator(one)
        Member.objects.create(creator=creator, user=two, role="owner")
        start, outcomes = threading.Barrier(2), []

        def go(
            by: User, target: User, creator: Creator = creator, start: Any = start, outcomes: list[str] = outcomes
        ) -> None:
            start.wait()
            try:
                if how == "step down":
                    services.member_change_role(creator=creator, by=by, user_uid=by.uid, role="editor")
                else:
                    services.member_remove(creator=creator, by=by, user_uid=target.uid)
                outcomes.append("done")
            except (LastOwner, NotFound) as refused:
                outcomes.append(type(refused).__name__)
            finally:
                connection.close()

        pairs = [(one, two), (two, one)] if how == "remove each other" else [(one, one), (two, two)]
        threads = [threading.Thread(target=go, args=pair) for pair in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == sorted(["done", "NotFound" if how == "remove each other" else "LastOwner"])
        assert list(members(creator).values()).count("owner") == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_owners_would_be_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the race above is real, and only the lock prevents it."""
    one, two = make_user(), make_user()
    creator = make_creator(one)
    Member.objects.create(creator=creator, user=two, role="owner")
    both_have_looked = threading.Barrier(2)
    look = services._require_other_owner

    def look_and_wait(member: Member) -> None:
        look(member)
        both_have_looked.wait(10)

    monkeypatch.setattr(services, "_lock_and_ask_role", lambda creator, by: "owner")
    monkeypatch.setattr(services, "_require_other_owner", look_and_wait)

    def leave(person: User) -> None:
        try:
            services.member_remove(creator=creator, by=person, user_uid=person.uid)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=(person,)) for person in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert members(creator) == {}


def test_following_and_unfollowing_may_be_repeated(api: Any) -> None:
    guest, creator = make_guest(), make_creator(name="Night Office", handle="night-office")
    path = f"/api/v1/creators/{creator.uid}"
    assert api(guest).get(path).json() == {
        "uid": str(creator.uid), "name": "Night Office", "handle": "night-office", "following": False,
    }
    assert [api(guest).post(f"{path}/follow").status_code for _ in range(2)] == [204, 204]
    assert list(Follow.objects.values_list("user_id", "creator_id")) == [(guest.pk, creator.pk)]
    assert api(guest).get(path).json()["following"] is True
    assert api().get(path).json()["following"] is False
    assert [api(guest).delete(f"{path}/follow").status_code for _ in range(2)] == [204, 204]
    assert Follow.objects.count() == 0


def test_the_public_page_tells_nothing_of_the_members(api: Any, django_assert_num_queries: Any) -> None:
    creator = make_creator(make_user(email="secret@example.org"))
    with django_assert_num_queries(1):
        answer = api().get(f"/api/v1/creators/{creator.uid}")
    assert "secret" not in answer.content.decode()
    assert set(answer.json()) == {"uid", "name", "handle", "following"}


def test_membership_as_other_parts_ask_for_it(django_assert_num_queries: Any) -> None:
    person, stranger = make_user(), make_user()
    first, second = make_creator(person), make_creator(person)
    with django_assert_num_queries(4):
        assert selectors.member_creator_ids(user=person) == [first.pk, second.pk]
        assert selectors.member_creator_ids(user=stranger) == []
        assert selectors.is_member(user=person, creator_id=first.pk)
        assert not selectors.is_member(user=stranger, creator_id=first.pk)
    assert selectors.creator_for_member(user=person, uid=second.uid) == second
    with pytest.raises(NotFound):
        selectors.creator_for_member(user=stranger, uid=second.uid)
