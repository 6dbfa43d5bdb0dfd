"""The pre-flight over stored series: what it costs, what it asks of the database, and that it stores nothing."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Episode, Series
from common.errors import Invalid
from generation import budget, takes
from generation.cast import screenplay_save, story_read
from generation.engines.profiles import get_profile
from generation.models import Character, Render, Screenplay, Step
from generation.plan import Plan
from generation.preflight import Draft, blocking, draft_preflight, series_preflight
from generation.quotes import render_quote
from generation.services import render_plan
from tests.builders import make_creator, make_episode, make_guest, make_series, make_user
from tests.generation import tiny
from tests.generation.serials import a_series, store

pytestmark = pytest.mark.django_db


def surveyed(series: Series, **more: Any) -> dict[str, Any]:
    return series_preflight(series=series, profile="animatic", now=timezone.now(), **more).report


def planned(episode: Episode) -> Plan:
    text = Screenplay.objects.get(episode=episode)
    return render_plan(episode=episode, screenplay=text, profile=get_profile("animatic"))


def test_the_price_is_the_sum_of_quotes_with_shared_steps_counted_once() -> None:
    series = a_series(2)
    first, second = Episode.objects.filter(series=series).order_by("number")
    quotes = [render_quote(episode=each, profile="animatic", now=timezone.now()) for each in (first, second)]
    report = surveyed(series)
    rows, totals = report["episodes"], report["totals"]
    assert rows[0]["cost_micros"] == quotes[0]["cost_micros"]
    assert rows[0]["steps_to_run"] == quotes[0]["steps_to_run"] == rows[0]["steps_total"]
    plans = [planned(each) for each in (first, second)]
    assert rows[1]["steps_shared"] == len(plans[0].keys() & plans[1].keys()) > 2
    assert rows[1]["steps_to_run"] + rows[1]["steps_shared"] == quotes[1]["steps_to_run"]
    assert totals["cost_micros"] == rows[0]["cost_micros"] + rows[1]["cost_micros"] < sum(
        quote["cost_micros"] for quote in quotes
    )
    assert totals["finish_seconds"] > 0
    assert (report["series"], report["title"], report["profile"]) == (str(series.uid), series.title, "animatic")
    assert (Render.objects.count(), Step.objects.count()) == (0, 0)


def test_a_pilot_pays_for_what_it_shares() -> None:
    series = a_series(2)
    second = Episode.objects.get(series=series, number=2)
    rows = surveyed(series, pilot=second)["episodes"]
    assert [row["number"] for row in rows] == [1, 2]
    shared = planned(second).keys() & planned(Episode.objects.get(series=series, number=1)).keys()
    assert [row["steps_shared"] for row in rows] == [len(shared), 0]


def test_what_is_rendered_and_unchanged_costs_nothing(tiny: list[str]) -> None:
    from tests.generation.tiny import drain, request_for, story, written

    series = a_series(2)
    first = Episode.objects.get(series=series, number=1)
    request_for(first)
    drain()
    rows = surveyed(series)["episodes"]
    assert (rows[0]["unchanged"], rows[0]["cost_micros"], rows[0]["steps_to_run"]) == (True, 0, 0)
    assert "unchanged" in [each["code"] for each in rows[0]["findings"]]
    assert not rows[1]["unchanged"]
    written(story("Another line."), first)
    assert not surveyed(series)["episodes"][0]["unchanged"]


def test_what_another_render_is_making_already_is_paid_there() -> None:
    series = a_series(1)
    tiny.request_for(Episode.objects.get(series=series))
    [row] = surveyed(series)["episodes"]
    assert (row["steps_to_run"], row["cost_micros"]) == (0, 0)
    assert row["steps_shared"] == row["steps_total"]
    assert not row["unchanged"]


def test_a_chosen_take_is_in_the_plan(tiny: list[str]) -> None:
    from generation.plan import shot_refs
    from tests.generation.tiny import drain, request_for

    series = a_series(1)
    episode = Episode.objects.get(series=series)
    request_for(episode)
    drain()
    ref = shot_refs(story_read(source=Screenplay.objects.get(episode=episode).source).shots)[0]
    now = timezone.now()
    take = takes.take_request(episode=episode, shot_ref=ref, profile="animatic", by=None, now=now)
    drain()
    takes.take_choose(episode=episode, shot_ref=ref, number=take.number, by=None, now=now)
    assert not surveyed(series)["episodes"][0]["unchanged"]


def queries(count: int) -> int:
    series = a_series(count)
    with CaptureQueriesContext(connection) as asked:
        surveyed(series)
    return len(asked)


def test_twenty_episodes_take_as_many_queries_as_two() -> None:
    surveyed(a_series(1))  # what is kept of machines is kept from here on
    assert queries(2) == queries(20) <= 12


def test_a_text_that_the_parser_refuses_today_blocks_with_its_line() -> None:
    series = a_series(2)
    Screenplay.objects.filter(episode__number=2).update(source="INT. ROOM - DAY\n\nMARA\n\n")
    report = surveyed(series)
    [block] = [each for each in report["episodes"][1]["findings"] if each["severity"] == "block"]
    assert (block["code"], block["line"]) == ("screenplay_no_words", 3)
    assert (report["blocked"], report["episodes"][1]["screenplay_version"]) == (True, 1)


def test_a_voice_that_is_gone_and_a_text_that_is_missing_block() -> None:
    series = a_series(1)
    Character.objects.filter(series=series, name="JONAS").update(voice="en-us+gone")
    make_episode(series, 2)
    report = surveyed(series)
    assert [(each["number"], each["code"]) for each in blocking(report)] == [(1, "missing_voice"), (2, "no_screenplay")]
    assert report["totals"]["cost_micros"] == 0


def test_a_cap_that_is_too_low_blocks() -> None:
    series = a_series(1)
    price = surveyed(series)["totals"]["cost_micros"]
    budget.cap_set(creator_id=series.creator_id, cap_micros=price - 1, now=timezone.now())
    report = surveyed(series)
    assert (report["blocked"], report["budget"]["enough"]) == (True, False)
    assert report["budget"]["available_micros"] == price - 1


def test_who_is_new_is_left_open_when_earlier_episodes_are_left_out() -> None:
    series = a_series(3)
    last = Episode.objects.get(series=series, number=3)
    assert [row["new_characters"] for row in surveyed(series)["episodes"]] == [["MARA", "JONAS"], [], []]
    assert [row["new_characters"] for row in surveyed(series, episodes=[last])["episodes"]] == [None]


@pytest.mark.parametrize(("count", "code"), [(0, "no_episodes"), (201, "too_many_episodes")])
def test_no_episodes_and_too_many_are_refused(count: int, code: str) -> None:
    series = make_series()
    Episode.objects.bulk_create(Episode(series=series, number=number) for number in range(1, count + 1))
    with pytest.raises(Invalid) as refused:
        surveyed(series)
    assert refused.value.code == code


def test_files_are_surveyed_as_they_would_be_stored_and_nothing_is_stored() -> None:
    creator = make_creator()
    fresh = Series(creator=creator, title="The Key", language="en")
    texts = [tiny.story(f"This is envelope number {number}.") for number in (1, 2)]
    drafts = []
    for number, text in enumerate(texts, start=1):
        story = story_read(source=text)
        episode = Episode(series=fresh, number=number, title="")
        drafts.append(Draft(episode, 0, "", story.screenplay, story.shots))
    survey = draft_preflight(series=fresh, drafts=drafts, profile="animatic", now=timezone.now(), stored=False)
    assert (Series.objects.count(), Character.objects.count(), Screenplay.objects.count()) == (0, 0, 0)
    stored = make_series(creator, title="The Key")
    for number, text in enumerate(texts, start=1):
        screenplay_save(episode=make_episode(stored, number), source=text, by=None, now=timezone.now())
    real = surveyed(stored)
    assert survey.report["totals"] == real["totals"]
    assert survey.report["series"] is None
    assert survey.report["blocked"] is False
    assert [row["findings"] for row in survey.report["episodes"]] == [row["findings"] for row in real["episodes"]]


def test_only_members_see_a_preflight_and_bad_questions_are_named(api: Any) -> None:
    owner = make_user()
    series = a_series(2, owner)
    path = f"/api/v1/studio/series/{series.uid}/preflight"
    assert api().get(path).status_code == 401
    assert api(make_guest()).get(path).status_code == 403
    assert api(make_user()).get(path).status_code == 404
    answer = api(owner).get(path, {"profile": "animatic"})
    assert answer.status_code == 200
    assert [row["number"] for row in answer.json()["episodes"]] == [1, 2]
    second = Episode.objects.get(series=series, number=2)
    chosen = api(owner).get(f"{path}?episodes={second.uid}").json()
    assert [row["number"] for row in chosen["episodes"]] == [2]
    other = make_episode()
    bad = {
        "profile=imax": "unknown_profile", "episodes=no": "invalid", f"episodes={other.uid}": "unknown_episode",
        f"episodes={uuid.uuid4()}": "unknown_episode",
        f"episodes={second.uid}&episodes={second.uid}": "duplicate_episode",
    }
    for query, code in bad.items():
        refused = api(owner).get(f"{path}?{query}")
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, code), query


def test_asking_too_often_is_refused(api: Any, settings: Any) -> None:
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] | {"preflight": "1/hour"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    owner = make_user()
    path = f"/api/v1/studio/series/{a_series(1, owner).uid}/preflight"
    assert [api(owner).get(path).status_code for _ in range(2)] == [200, 429]


@pytest.mark.slow
def test_a_hundred_real_episodes_are_surveyed_in_a_few_seconds(capsys: Any) -> None:
    series = make_series()
    text = (tiny.ROOT / "docs/examples/the-letter.fountain").read_text()
    for number in range(1, 101):
        source = text.replace("That's", f"Number {number}, that's").replace("KITCHEN", f"ROOM {number}")
        store(series, number, source)
    began = time.monotonic()
    report = surveyed(series)
    took = time.monotonic() - began
    with capsys.disabled():
        totals = report["totals"]
        print(f"\n100 episodes, {totals['shots']} shots, {totals['steps_total']} steps: surveyed in {took:.2f} s")  # noqa: T201
    assert len(report["episodes"]) == 100
    assert took < 60
