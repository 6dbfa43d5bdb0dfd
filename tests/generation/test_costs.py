"""What episodes cost: every attempt counted once, unused takes and lost workers included, by finished minute."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Episode, Master
from generation import costs, scheduler
from generation.cast import screenplay_save
from generation.models import Render, ShotTake, StepAttempt
from generation.takes import take_request, takes_of
from tests.builders import make_creator, make_episode, make_guest, make_series, make_user
from tests.generation.costly import already_spent, an_episode, counted, finish, spend, story_of
from tests.generation.tiny import request_for, written

pytestmark = pytest.mark.django_db
EMPTY = dict.fromkeys(
    ("attempts", "failed", "lost", "cancelled", "seconds", "gpu_seconds", "wasted_gpu_seconds", "micros",
     "film_micros", "aside_micros", "wasted_micros"), 0
)  # fmt: skip
BILL = tuple(EMPTY)


@pytest.fixture
def member() -> Any:
    return make_user()


@pytest.fixture
def series(member: Any) -> Any:
    return make_series(make_creator(member))


def bill(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in BILL}


def roll(episode: Episode, shot: int = 1) -> ShotTake:
    shots = takes_of(episode=episode, profile="animatic", subject="me", now=timezone.now())
    ref = shots[shot - 1]["shot_ref"]
    return take_request(episode=episode, shot_ref=ref, profile="animatic", by=None, now=timezone.now())


def spoil(worker: str = "gpu-h100/z") -> None:
    """Attempts that leave nothing: one fails, one is lost."""
    assert spend(worker, 30, ending="failed")
    assert spend("gpu-l4/y", 12.5, ending="lost")


def test_an_episode_costs_the_sum_of_its_attempts_by_whatever_machine(api: Any, member: Any, series: Any) -> None:
    episode = an_episode(series, 1)
    spoil()
    finish()
    answer = api(member).get(f"/api/v1/studio/episodes/{episode.uid}/costs").json()
    assert bill(answer) == counted(episode)
    assert (answer["failed"], answer["lost"], answer["aside_micros"]) == (1, 1, 0)
    assert answer["wasted_gpu_seconds"] == 42.5
    assert answer["wasted_micros"] == round(30 * 1322.22) + round(12.5 * 216.67)
    assert answer["micros"] == answer["film_micros"] + answer["wasted_micros"]
    assert (answer["currency"], answer["finished_ms"]) == ("USD", 9000)
    assert answer["per_minute_micros"] == round(answer["micros"] * 60_000 / 9000)


def test_stages_add_up_to_the_whole_and_name_the_machine(api: Any, member: Any, series: Any) -> None:
    episode = an_episode(series, 1)
    spoil()
    finish(worker="plain")
    answer = api(member).get(f"/api/v1/studio/episodes/{episode.uid}/costs").json()
    for name in ("attempts", "micros", "wasted_micros", "failed", "lost"):
        assert sum(stage[name] for stage in answer["stages"]) == answer[name]
    money = [stage["micros"] for stage in answer["stages"]]
    assert money == sorted(money, reverse=True)
    pairs = {(stage["kind"], stage["machine"]) for stage in answer["stages"]}
    assert {("voice", "gpu-h100"), ("voice", "gpu-l4"), ("voice", "voice"), ("package", "encode")} <= pairs
    for attempt in StepAttempt.objects.select_related("step"):
        stage = (attempt.step.kind, attempt.worker.split("/")[0] if "/" in attempt.worker else attempt.step.queue)
        assert stage in pairs


def test_a_take_that_is_not_chosen_is_paid_by_the_finished_minute(api: Any, member: Any, series: Any) -> None:
    episode = an_episode(series, 1)
    finish()
    address = f"/api/v1/studio/episodes/{episode.uid}/costs"
    before = api(member).get(address).json()
    assert before["aside_micros"] == 0
    roll(episode)
    assert finish(seconds=40) == 1
    after = api(member).get(address).json()
    assert bill(after) == counted(episode)
    assert (after["film_micros"], after["aside_micros"]) == (before["film_micros"], round(40 * 166.67))
    assert after["per_minute_micros"] > before["per_minute_micros"]


def test_an_earlier_version_is_set_aside_once_a_newer_one_is_the_film(series: Any) -> None:
    episode = an_episode(series, 1)
    finish()
    first = costs.episode_cost(episode=episode).bill
    screenplay_save(episode=episode, source=story_of(77), by=None, now=timezone.now())
    request_for(episode)
    finish()
    both = costs.episode_cost(episode=episode).bill
    assert both.film_micros + both.aside_micros == both.micros > first.micros
    assert 0 < both.aside_micros <= first.micros
    Episode.objects.filter(pk=episode.pk).update(master=Master.objects.get(episode=episode, version=1))
    again = costs.episode_cost(episode=episode).bill  # what is shown is the film, not what is newest
    assert again.film_micros == first.micros


def test_a_cancelled_attempt_is_waste(series: Any) -> None:
    episode = an_episode(series, 1)
    now = timezone.now()
    assert scheduler.claim(queue="voice", worker="gpu-4090/a", now=now, lease_seconds=30)
    [render] = Render.objects.filter(episode=episode)
    scheduler.cancel_render(render=render, now=now + timedelta(seconds=8))
    bill = costs.episode_cost(episode=episode).bill
    assert (bill.attempts, bill.cancelled, bill.micros, bill.wasted_micros) == (1, 1, 1333, 1333)
    assert bill.wasted_gpu_seconds == 8.0


def test_shared_work_counts_once_for_the_episode_that_asked_first(api: Any, member: Any, series: Any) -> None:
    first = an_episode(series, 1)
    second = written(story_of(1) + "\n\nINT. HALL - DAY\n\nMARA runs.\n", make_episode(series, 2))
    request_for(second)
    finish()
    whole = api(member).get(f"/api/v1/studio/series/{series.uid}/costs").json()
    assert bill(whole) == counted(first, second)
    one, two = whole["episodes"]
    assert (bill(one), bill(two)) == (counted(first), counted(second))
    assert one["attempts"] > two["attempts"] > 0
    assert whole["attempts"] == StepAttempt.objects.count()
    for line, episode in ((one, first), (two, second)):
        alone = api(member).get(f"/api/v1/studio/episodes/{episode.uid}/costs").json()
        assert bill(alone) == bill(line)


def test_a_series_bears_what_its_unfinished_episodes_cost(api: Any, member: Any, series: Any) -> None:
    finished = an_episode(series, 1)
    finish()
    begun = an_episode(series, 2)
    spoil()
    make_episode(series, 3)
    answer = api(member).get(f"/api/v1/studio/series/{series.uid}/costs").json()
    assert bill(answer) == counted(finished, begun)
    assert (answer["finished_ms"], answer["finished_episodes"]) == (9000, 1)
    assert answer["per_minute_micros"] == round(answer["micros"] * 60_000 / 9000)
    assert [(line["number"], line["finished_ms"]) for line in answer["episodes"]] == [(1, 9000), (2, 0), (3, 0)]
    assert [line["per_minute_micros"] is None for line in answer["episodes"]] == [False, True, True]
    assert bill(answer["episodes"][2]) == EMPTY


def test_another_series_of_the_same_creator_is_not_in_it(series: Any) -> None:
    an_episode(series, 1)
    finish()
    other = an_episode(make_series(series.creator), 2)
    finish(seconds=9)
    assert costs.series_cost(series=series).bill.attempts + counted(other)["attempts"] == StepAttempt.objects.count()


def test_what_is_unfinished_has_no_price_for_a_minute(series: Any) -> None:
    episode = make_episode(series)
    already_spent(episode)
    cost = costs.episode_cost(episode=episode)
    assert (cost.per_minute_micros, cost.bill.film_micros) == (None, 0)
    assert cost.bill.aside_micros == round(0.4 * 8) + sum(round(spent * 166.67) for spent in (2.5, 460, 80))
    assert cost.bill.wasted_micros == round(212 * 166.67) + round(97.5 * 388.89)
    assert cost.bill.gpu_seconds == 852.0


def test_nothing_costs_nothing(api: Any, member: Any, series: Any) -> None:
    answer = api(member).get(f"/api/v1/studio/series/{series.uid}/costs").json()
    assert answer == EMPTY | {
        "currency": "USD", "finished_ms": 0, "finished_episodes": 0, "per_minute_micros": None, "stages": [],
        "episodes": [],
    }


def test_a_hundred_episodes_take_as_many_queries_as_one(api: Any, member: Any, series: Any) -> None:
    client, address = api(member), f"/api/v1/studio/series/{series.uid}/costs"
    an_episode(series, 1)
    finish()
    with CaptureQueriesContext(connection) as one:
        assert client.get(address).status_code == 200
    for number in range(2, 101):
        make_episode(series, number)
    for number in range(2, 6):
        request_for(written(story_of(number), Episode.objects.get(series=series, number=number)))
    finish()
    with CaptureQueriesContext(connection) as hundred:
        answer = client.get(address).json()
    assert len(answer["episodes"]) == 100
    assert [line["attempts"] > 0 for line in answer["episodes"]] == [True] * 5 + [False] * 95
    assert len(hundred) == len(one) == 4  # whose series, whether a member, the films, the attempts


def test_attempts_are_listed_newest_first_with_what_each_took(api: Any, member: Any, series: Any) -> None:
    episode = an_episode(series, 1)
    spoil()
    finish()
    other = an_episode(series, 2)
    spend("gpu-4090/a", 1)
    client, address = api(member), f"/api/v1/studio/episodes/{episode.uid}/costs/attempts"
    rows: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        with CaptureQueriesContext(connection) as asked:
            page = client.get(address, {"limit": 7} | ({"cursor": cursor} if cursor else {})).json()
        assert len(asked) == 3
        rows, cursor = rows + page["results"], page["next"]
    assert sum(row["micros"] for row in rows) == counted(episode)["micros"]
    assert len(rows) == counted(episode)["attempts"] == StepAttempt.objects.count() - counted(other)["attempts"]
    lost, failed = rows[-1], rows[-2]
    if failed["outcome"] == "lost":
        lost, failed = failed, lost
    assert {name: failed[name] for name in ("kind", "outcome", "error_code", "machine", "seconds", "micros")} == {
        "kind": "voice", "outcome": "failed", "error_code": "oom", "machine": "gpu-h100", "seconds": 30.0,
        "micros": 39667,
    }
    assert (lost["outcome"], lost["machine"], lost["seconds"]) == ("lost", "gpu-l4", 12.5)
    assert failed["step_label"]
    assert client.get(address, {"cursor": "nonsense"}).status_code == 400


@pytest.mark.parametrize("who", ["stranger", "owner_of_another", "moderator"])
def test_others_find_no_costs_there(api: Any, series: Any, who: str) -> None:
    episode = make_episode(series)
    person = make_user(is_staff=who == "moderator", is_superuser=who == "moderator")
    if who == "owner_of_another":
        make_creator(person)
    client = api(person)
    for place in (f"episodes/{episode.uid}/costs", f"episodes/{episode.uid}/costs/attempts",
                  f"series/{series.uid}/costs"):
        assert client.get(f"/api/v1/studio/{place}").status_code == 404
        assert api().get(f"/api/v1/studio/{place}").status_code == 401
        assert api(make_guest()).get(f"/api/v1/studio/{place}").status_code == 403
