"""The compute account's endpoints: members look, owners decide, strangers find nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from creators.models import Member
from generation import budget
from generation.models import Batch, BatchItem, ComputeAccount, ComputeEntry
from tests.builders import make_creator, make_episode, make_guest, make_moderator, make_series, make_user
from tests.generation.tiny import deliver, request_for, take, written

pytestmark = pytest.mark.django_db
NOTHING = {
    "currency": "USD", "cap_micros": None, "spent_micros": 0, "counted_micros": 0, "held_micros": 0,
    "available_micros": None, "capped": False,
}


@pytest.fixture
def house(api: Any) -> Any:
    """(owner's client, editor's client, creator)."""
    owner, editor = make_user(), make_user()
    creator = make_creator(owner)
    Member.objects.create(creator=creator, user=editor, role=Member.Role.EDITOR)
    return api(owner), api(editor), creator


def address(creator: Any) -> str:
    return f"/api/v1/studio/creators/{creator.uid}/compute"


def accounts() -> list[tuple[Any, ...]]:
    return list(ComputeAccount.objects.values_list("creator_id", "cap_micros", "counted_from_micros", "capped"))


def test_an_account_that_nothing_was_asked_of_is_shown_and_not_stored(house: Any) -> None:
    owner, editor, creator = house
    for client in (owner, editor):
        assert client.get(address(creator)).json() == NOTHING
    assert accounts() == []


def test_an_owner_sets_renews_and_lifts_the_cap(house: Any) -> None:
    owner, _, creator = house
    answer = owner.put(address(creator), {"cap_micros": 5_000_000}, format="json")
    assert (answer.status_code, answer.json()) == (
        200, NOTHING | {"cap_micros": 5_000_000, "available_micros": 5_000_000}
    )
    ComputeAccount.objects.update(spent_micros=7)
    assert owner.put(address(creator), {"cap_micros": 5, "renew": True}, format="json").json() == NOTHING | {
        "cap_micros": 5, "available_micros": 5, "spent_micros": 7,
    }
    assert owner.put(address(creator), {"cap_micros": None}, format="json").json() == NOTHING | {"spent_micros": 7}
    assert accounts() == [(creator.pk, None, 7, False)]


@pytest.mark.parametrize("cap", [-1, 1.5, "many", True, [], {}, 10**15 + 1, 10**30, "1e400"])
def test_a_cap_that_cannot_be_is_named_and_changes_nothing(house: Any, cap: Any) -> None:
    owner, _, creator = house
    owner.put(address(creator), {"cap_micros": 100}, format="json")
    answer = owner.put(address(creator), {"cap_micros": cap, "renew": True}, format="json")
    assert answer.status_code == 400
    assert "cap_micros" in str(answer.json())
    assert accounts() == [(creator.pk, 100, 0, False)]


def test_a_cap_has_to_be_said(house: Any) -> None:
    owner, _, creator = house
    for body in ({}, {"renew": True}):
        answer = owner.put(address(creator), body, format="json")
        assert answer.status_code == 400
        assert "cap_micros" in str(answer.json())
    assert accounts() == []


def test_an_editor_looks_but_does_not_decide(house: Any) -> None:
    _, editor, creator = house
    answer = editor.put(address(creator), {"cap_micros": 1}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "owners_only")
    assert accounts() == []
    assert editor.get(f"{address(creator)}/entries").status_code == 200


@pytest.mark.parametrize("who", ["stranger", "owner_of_another", "moderator"])
def test_others_find_nothing_there(api: Any, house: Any, who: str) -> None:
    _, _, creator = house
    person = make_user(is_staff=who == "moderator", is_superuser=who == "moderator")
    if who == "owner_of_another":
        make_creator(person)
    client = api(person)
    assert client.get(address(creator)).status_code == 404
    assert client.put(address(creator), {"cap_micros": 1}, format="json").status_code == 404
    assert client.get(f"{address(creator)}/entries").status_code == 404
    assert accounts() == []


def test_guests_and_those_who_are_not_signed_in_are_refused(api: Any, house: Any) -> None:
    _, _, creator = house
    for client, status in ((api(), 401), (api(make_guest()), 403)):
        for answer in (
            client.get(address(creator)), client.put(address(creator), {"cap_micros": 1}, format="json"),
            client.get(f"{address(creator)}/entries"),
        ):
            assert answer.status_code == status
    assert accounts() == []


def test_entries_are_listed_newest_first_by_pages_with_what_they_were_for(
    house: Any, django_assert_max_num_queries: Any
) -> None:
    owner, _, creator = house
    episode = written(episode=make_episode(make_series(creator)))
    render = request_for(episode)
    lease = take()
    deliver(lease)
    batch = Batch.objects.create(creator=creator, series=episode.series, profile="animatic", report={})
    item = BatchItem.objects.create(batch=batch, episode=episode, screenplay=render.screenplay, position=0)
    budget.hold_item(creator_id=creator.pk, item=item, micros=5, now=timezone.now())
    with django_assert_max_num_queries(4):
        page = owner.get(f"{address(creator)}/entries?limit=2").json()
    newest, settled = page["results"]
    assert (newest["kind"], newest["held_micros"], newest["batch"], newest["render"]) == (
        "hold", 5, str(batch.uid), None
    )
    assert (settled["kind"], settled["step"], settled["step_kind"], settled["attempt"]) == (
        "settle", lease.key, "voice", 1
    )
    rest = owner.get(f"{address(creator)}/entries", {"limit": 2, "cursor": page["next"]}).json()
    [held] = rest["results"]
    assert (held["kind"], held["render"], held["step"], held["batch"]) == ("hold", str(render.uid), None, None)
    assert rest["next"] is None
    assert owner.get(f"{address(creator)}/entries?cursor=nonsense").status_code == 400


def test_entries_are_those_of_the_account_alone(house: Any) -> None:
    owner, _, creator = house
    request_for(written())
    assert ComputeEntry.objects.count() == 1
    assert owner.get(f"{address(creator)}/entries").json() == {"results": [], "next": None}


def test_a_refused_render_says_what_it_costs_and_what_is_left(house: Any) -> None:
    owner, _, creator = house
    episode = written(episode=make_episode(make_series(creator)))
    owner.put(address(creator), {"cap_micros": 3}, format="json")
    answer = owner.post(f"/api/v1/studio/episodes/{episode.uid}/renders", {"profile": "animatic"}, format="json")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "budget_exceeded")
    assert (error["details"]["available"], error["details"]["cap"]) == (3, 3)
    assert error["details"]["price"] > 3
    assert episode.renders.count() == 0


def test_moderators_see_accounts_and_entries_in_the_console_and_change_none(client: Any, house: Any) -> None:
    creator = house[2]
    request_for(written(episode=make_episode(make_series(creator))))
    deliver(take())
    entry = ComputeEntry.objects.latest("pk")
    client.force_login(make_moderator())
    for page in (
        "computeaccount/", f"computeaccount/{creator.pk}/change/", f"computeaccount/?q={creator.uid}",
        "computeentry/", f"computeentry/{entry.pk}/change/", f"computeentry/?q={creator.uid}",
    ):
        answer = client.get(f"/console/generation/{page}")
        assert answer.status_code == 200
        assert creator.name in answer.content.decode() or "change" in page
    for page in ("computeaccount/add/", f"computeentry/{entry.pk}/delete/"):
        assert client.get(f"/console/generation/{page}").status_code == 403
    before = accounts()
    client.post(f"/console/generation/computeaccount/{creator.pk}/change/", {"cap_micros": 1})
    assert accounts() == before
