"""The price before the render: what of what is there already, how long, how much, and whether the account has it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from generation import budget
from generation.engines import CARDS
from generation.engines.profiles import PROFILES
from generation.models import ComputeAccount, Render, Step, StepAttempt
from generation.quotes import previous_plan, render_quote
from tests.generation.tiny import drain, long_story, request_for, story, written

pytestmark = pytest.mark.django_db


def quote(episode: Any, profile: str = "animatic") -> dict[str, Any]:
    return render_quote(episode=episode, profile=profile, now=timezone.now())


def test_a_first_quote_is_everything_and_adds_up() -> None:
    episode = written()
    said = quote(episode)
    assert said["steps_to_run"] == said["steps_total"] == sum(kind["steps"] for kind in said["kinds"])
    assert [kind["kind"] for kind in said["kinds"]] == [
        "voice", "shot", "ladder", "sound", "join", "poster", "package"
    ]
    assert said["cost_micros"] == sum(kind["micros"] for kind in said["kinds"]) > 0
    assert said["estimated_seconds"] == pytest.approx(sum(kind["seconds"] for kind in said["kinds"]), abs=0.5)
    assert said["shots_touched"] == list(range(1, said["shots_total"] + 1))
    assert {row["why"] for row in said["reasons"]} == {"new"}
    assert (said["gpu_minutes"], said["steps_shared"], said["shots_dragged"]) == (0, 0, [])
    assert said["budget"]["enough"]
    assert (Render.objects.count(), Step.objects.count()) == (0, 0)


def test_what_is_said_is_what_is_held() -> None:
    episode = written()
    said = quote(episode)
    request_for(episode)
    account = ComputeAccount.objects.get(pk=episode.series.creator_id)
    assert account.held_micros == said["cost_micros"]


def test_what_is_made_for_another_render_already_is_not_paid_again() -> None:
    episode = written()
    request_for(episode)
    said = quote(episode)
    assert said["steps_to_run"] == said["steps_shared"] == said["steps_total"]
    assert (said["cost_micros"], said["budget"]["enough"]) == (0, True)
    edited = quote(written(story("It has his name on it."), episode))
    assert edited["steps_to_run"] - edited["steps_shared"] == 7
    assert edited["cost_micros"] > 0


def test_a_quote_says_whether_the_account_has_enough(tiny: list[str]) -> None:
    episode = written()
    cost = quote(episode)["cost_micros"]
    creator = episode.series.creator_id
    for cap, enough in ((cost - 1, False), (cost, True), (None, True)):
        budget.cap_set(creator_id=creator, cap_micros=cap, now=timezone.now())
        said = quote(episode)["budget"]
        assert (said["cap_micros"], said["enough"]) == (cap, enough)
    budget.cap_set(creator_id=creator, cap_micros=cost, now=timezone.now())
    request_for(episode)
    drain()
    assert quote(episode)["budget"]["enough"]  # nothing is left to do, whatever the cap


def test_a_gpu_engine_is_counted_in_gpu_minutes(monkeypatch: Any) -> None:
    from dataclasses import replace

    queue = next((name for name in budget.rates().machines if budget.on_gpu(name)), "")
    assert queue, "the price list knows a machine with a GPU"
    monkeypatch.setitem(CARDS, "animatic", replace(CARDS["animatic"], queue=queue, affinity="some-model"))
    said = quote(written())
    shots = next(kind for kind in said["kinds"] if kind["kind"] == "shot")
    assert said["gpu_minutes"] == pytest.approx(shots["seconds"] / 60, abs=0.02)


def test_a_linked_profile_names_the_shots_that_an_edit_drags_along(tiny: list[str], monkeypatch: Any) -> None:
    from dataclasses import replace

    linked = replace(PROFILES["animatic"], name="linked", continuity="last_frame")
    monkeypatch.setitem(PROFILES, "linked", linked)
    episode = written(TALK.format(line="Two!"))
    request_for(episode, "linked")
    drain()
    assert quote(written(TALK.format(line="Twice!"), episode), "linked")["shots_dragged"] != []
    said = quote(episode, "linked")
    first = said["shots_touched"][0]
    assert said["shots_dragged"] == said["shots_touched"][1:]
    assert said["shots_dragged"] == list(range(first + 1, said["shots_total"] + 1))
    assert said["reasons"][0] == {"shot": first, "why": "words"}
    before = StepAttempt.objects.count()
    request_for(episode, "linked")
    assert drain() == said["steps_to_run"] == StepAttempt.objects.count() - before
    plain = quote(episode)
    assert (plain["shots_dragged"], {row["why"] for row in plain["reasons"]}) == ([], {"new"})


TALK = """INT. ROOM - DAY

MARA looks at the door.

MARA
One.

JONAS
{line}

MARA
Three?
"""


def test_what_was_asked_for_last_is_read_from_the_rows(tiny: list[str]) -> None:
    episode = written()
    assert previous_plan(episode=episode, profile="animatic") is None
    render = request_for(episode)
    plan = previous_plan(episode=episode, profile="animatic")
    assert plan is not None
    assert list(plan.clips) == list(
        render.links.filter(step__kind="shot").order_by("position").values_list("step__key", flat=True)
    )
    assert previous_plan(episode=episode, profile="linked") is None


def test_a_long_episode_is_quoted_in_as_few_queries_as_a_short_one(
    tiny: list[str], django_assert_max_num_queries: Any
) -> None:
    short, long = written(), written(long_story(30))
    request_for(short)
    request_for(long)
    for episode in (short, long):
        with django_assert_max_num_queries(14) as asked:
            quote(episode)
    assert len(asked) > 3
