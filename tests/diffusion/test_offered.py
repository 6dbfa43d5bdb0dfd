"""A house offers the profiles that it has machines for, and no others."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from generation.models import Render
from tests.builders import make_creator, make_episode, make_series, make_user
from tests.generation.tiny import written

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked() -> Any:
    user = make_user()
    series = make_series(creator=make_creator(owner=user))
    episode = written(episode=make_episode(series=series))
    client = APIClient()
    client.force_authenticate(user)
    return lambda what, profile: client.post(
        f"/api/v1/studio/episodes/{episode.uid}/{what}", {"shot_ref": "a" * 64, "profile": profile}, format="json"
    )


@pytest.mark.parametrize("what", ["quote", "renders", "takes"])
def test_a_profile_without_machines_is_refused_and_nothing_is_made(asked: Any, what: str) -> None:
    answer = asked(what, "final")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unknown_profile")
    assert answer.json()["error"]["remedy"] == "Choose one of: animatic."
    assert not Render.objects.exists()


def test_one_that_is_offered_is_priced_with_its_gpu_and_what_it_makes_otherwise(asked: Any, settings: Any) -> None:
    settings.PROFILES = ["animatic", "final"]
    quote = asked("quote", "final").json()
    assert quote["gpu_minutes"] > 1
    assert {kind["kind"] for kind in quote["kinds"]} >= {"prompt", "keyframe", "latents", "shot"}
    [size] = [note for note in quote["notes"] if note["code"] == "size"]
    assert size["shots"] == list(range(1, quote["shots_total"] + 1))
    assert size["values"] == {"model": "Wan 2.2 TI2V-5B", "made": "704 x 1280", "wanted": "720 x 1280"}
    assert asked("quote", "animatic").json()["notes"] == []
