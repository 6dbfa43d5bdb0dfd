"""Sheets of the cast: nothing is rendered with a look that no person has seen and approved."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from generation.models import Artifact, Character, Render, SheetApproval, Step
from generation.preflight import series_preflight
from tests.builders import make_creator, make_episode, make_series, make_user
from tests.generation.tiny import drain, install, written

pytestmark = pytest.mark.django_db
PROFILE = "tiny-cast"
QUEUES = ("voice", "gpu", "render", "encode")


class Desk:
    """A member at an episode's desk."""

    def __init__(self, user: Any, episode: Any) -> None:
        self.episode, self.client = episode, APIClient()
        self.client.force_authenticate(user)
        self.path = f"/api/v1/studio/episodes/{episode.uid}"

    def sheets(self) -> dict[str, dict[str, Any]]:
        answer = self.client.get(f"{self.path}/sheets", {"profile": PROFILE})
        assert answer.status_code == 200, answer.json()
        return {one["name"]: one for one in answer.json()["sheets"]}

    def ask(self, what: str, **also: Any) -> Any:
        return self.client.post(f"{self.path}/{what}", {"profile": PROFILE, **also}, format="json")

    def make(self, name: str) -> Any:
        return self.ask("sheets", key=self.sheets()[name]["key"])

    def approve(self, name: str) -> Any:
        body = {"profile": PROFILE, "key": self.sheets()[name]["key"]}
        return self.client.put(f"{self.path}/sheets/approval", body, format="json")


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> Desk:
    settings.PROFILES = ["animatic", PROFILE]
    install(monkeypatch)
    user = make_user()
    series = make_series(creator=make_creator(owner=user))
    return Desk(user, written(episode=make_episode(series=series)))


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize("what", ["renders", "takes"])
def test_nothing_is_rendered_with_looks_that_nobody_has_approved(desk: Desk, what: str) -> None:
    also = {}
    if what == "takes":
        shots = desk.client.get(f"{desk.path}/takes", {"profile": PROFILE}).json()["shots"]
        also = {"shot_ref": shots[-1]["shot_ref"]}
    answer = desk.ask(what, **also)
    assert code(answer) == (409, "sheets_unapproved")
    assert not Render.objects.exists()
    assert not Step.objects.exists()


def test_the_quote_and_the_preflight_say_whose_looks_are_missing(desk: Desk) -> None:
    assert desk.ask("quote").json()["unapproved"] == ["JONAS", "MARA"]
    assert desk.client.post(f"{desk.path}/quote", {}, format="json").json()["unapproved"] == []
    report = series_preflight(series=desk.episode.series, profile=PROFILE, now=timezone.now()).report
    assert "Nobody has approved how they look: JONAS, MARA." in str(report)


@pytest.mark.django_db(transaction=True)
def test_a_sheet_is_made_by_itself_seen_approved_and_then_used_by_the_render(desk: Desk) -> None:
    assert {name: one["status"] for name, one in desk.sheets().items()} == {"MARA": "none", "JONAS": "none"}
    made = desk.make("MARA")
    assert made.status_code == 201
    assert desk.sheets()["MARA"]["render"] == made.json()["render"]
    drain(queues=QUEUES)
    assert set(Artifact.objects.values_list("kind", flat=True)) == {"prompt", "sheet"}
    seen = desk.sheets()["MARA"]
    assert (seen["status"], seen["approved"], seen["percent"]) == ("done", False, 100.0)
    assert seen["picture"].endswith("keyframe.png")
    assert desk.approve("MARA").status_code == 200
    assert desk.approve("MARA").status_code == 200  # twice is no error
    assert desk.ask("quote").json()["unapproved"] == ["JONAS"]
    desk.make("JONAS")
    drain(queues=QUEUES)
    desk.approve("JONAS")
    assert desk.ask("renders").status_code == 201
    drain(queues=QUEUES)
    assert Step.objects.filter(kind="sheet").count() == 2  # the ones that were approved
    approval = SheetApproval.objects.get(key=seen["key"])
    assert approval.approved_by is not None


def test_what_nobody_can_have_seen_is_not_approved(desk: Desk) -> None:
    assert code(desk.approve("MARA")) == (409, "sheet_not_made")
    assert not SheetApproval.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_another_look_is_another_sheet_and_going_back_finds_the_approved_one(desk: Desk) -> None:
    desk.make("MARA")
    drain(queues=QUEUES)
    desk.approve("MARA")
    before = Character.objects.get(name="MARA").look
    Character.objects.filter(name="MARA").update(look="a grey coat")
    assert desk.sheets()["MARA"]["approved"] is False
    assert "MARA" in desk.ask("quote").json()["unapproved"]
    Character.objects.filter(name="MARA").update(look=before)
    assert desk.sheets()["MARA"]["approved"] is True


@pytest.mark.django_db(transaction=True)
def test_an_approval_can_be_taken_back(desk: Desk) -> None:
    desk.make("MARA")
    drain(queues=QUEUES)
    desk.approve("MARA")
    key = desk.sheets()["MARA"]["key"]
    answer = desk.client.delete(f"{desk.path}/sheets/approval?key={key}&profile={PROFILE}")
    assert answer.status_code == 204
    assert not SheetApproval.objects.exists()


def test_nobody_else_sees_makes_or_approves_them(desk: Desk) -> None:
    key = desk.sheets()["MARA"]["key"]
    stranger = APIClient()
    stranger.force_authenticate(make_user())
    body = {"profile": PROFILE, "key": key}
    answers = [
        stranger.get(f"{desk.path}/sheets", {"profile": PROFILE}),
        stranger.post(f"{desk.path}/sheets", body, format="json"),
        stranger.put(f"{desk.path}/sheets/approval", body, format="json"),
        stranger.delete(f"{desk.path}/sheets/approval?key={key}&profile={PROFILE}"),
        APIClient().get(f"{desk.path}/sheets", {"profile": PROFILE}),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404, 404, 404, 404, 401]
    assert (Render.objects.count(), SheetApproval.objects.count()) == (0, 0)


def test_a_key_that_the_episode_does_not_need_is_not_there(desk: Desk) -> None:
    assert code(desk.ask("sheets", key="a" * 64)) == (404, "not_found")
    assert desk.ask("sheets", key="nonsense").status_code == 400
    assert not Render.objects.exists()


def test_a_profile_that_is_shown_no_sheets_has_none(desk: Desk) -> None:
    answer = desk.client.get(f"{desk.path}/sheets", {"profile": "animatic"})
    assert answer.json() == {"sheets": []}
