"""The pages of costs: the sums of the API beside their bars, in both languages, for members only."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation import costs
from studio.costs import episode_lines, stage_lines
from studio.templatetags.studio import cost, worked
from tests.builders import make_creator, make_episode, make_guest, make_series, make_user
from tests.generation.costly import an_episode, finish, spend

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Any:
    return make_user()


@pytest.fixture
def series(owner: Any) -> Any:
    """Two episodes were asked for: one is finished, after a failure; of the other an attempt was lost."""
    made = make_series(make_creator(owner), title="Rain")
    an_episode(made, 1)
    assert spend("gpu-h100/b", 30, ending="failed")
    finish()
    an_episode(made, 2)
    assert spend("gpu-4090/a", 600, ending="lost")
    return made


def text(answer: Any) -> str:
    body = re.sub(r"<script.*?</script>", "", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_the_page_of_a_series_shows_its_sums_its_episodes_and_its_stages(browser: Any, owner: Any, series: Any) -> None:
    answer = browser(owner).get(f"/studio/series/{series.uid}/costs/")
    assert answer.status_code == 200
    told = costs.series_cost(series=series)
    seen = text(answer)
    for amount in (told.bill.micros, told.per_minute_micros, *(one.bill.micros for one in told.episodes),
                   *(stage.bill.micros for stage in told.stages)):
        assert cost(amount, "USD") in seen
    assert f"{round(100 * told.bill.wasted_micros / told.bill.micros)} %" in seen
    assert "not finished" in seen
    assert answer.content.decode().count('class="cost-bar"') == 2 + len(told.stages)
    assert 'style="' not in answer.content.decode()


def test_bars_are_as_long_as_their_money_and_parts_stand_one_after_another(series: Any) -> None:
    told = costs.series_cost(series=series)
    first, second = (line.bar for line in episode_lines(told))
    longest = max(one.bill.micros for one in told.episodes)
    for bar, one in ((first, told.episodes[0]), (second, told.episodes[1])):
        assert bar.film == (0.0, round(100 * one.bill.film_micros / longest, 2))
        assert bar.aside == (bar.film[1], 0.0)
        assert bar.wasted == (bar.film[1], round(100 * one.bill.wasted_micros / longest, 2))
    assert second.wasted == (0.0, 100.0)
    assert second.label == "0 % in the film, 0 % not in it, 100 % wasted"
    assert stage_lines(told.stages)[0].bar.wasted[1] > 0


def test_the_page_of_an_episode_shows_its_attempts(browser: Any, owner: Any, series: Any) -> None:
    first, second = series.episodes.order_by("number")
    seen = text(browser(owner).get(f"/studio/episodes/{first.uid}/costs/"))
    assert "What episode 1 cost" in seen
    assert "Failed" in seen
    assert "gpu-h100" in seen
    seen = text(browser(owner).get(f"/studio/episodes/{second.uid}/costs/"))
    assert "Machine lost" in seen
    assert cost(round(600 * 166.67), "USD") in seen


def test_the_pages_speak_chinese(browser: Any, owner: Any, series: Any) -> None:
    first = series.episodes.get(number=1)
    whole = text(browser(owner, "zh-CN").get(f"/studio/series/{series.uid}/costs/"))
    one = text(browser(owner, "zh-CN").get(f"/studio/episodes/{first.uid}/costs/"))
    for word in ("成本", "每分钟成片", "按剧集", "按环节", "花在哪里", "未完成", "无果", "配音", "打包"):
        assert word in whole
    for word in ("第 1 集的成本", "最近的尝试", "失败", "完成"):
        assert word in one
    for word in ("finished", "Wasted", "Attempts", "Stage", "Cost"):
        assert word not in whole + one


def test_the_series_page_leads_to_its_costs(browser: Any, owner: Any, series: Any) -> None:
    assert f'href="/studio/series/{series.uid}/costs/"' in browser(owner).get(
        f"/studio/series/{series.uid}/"
    ).content.decode()


def test_more_episodes_take_no_more_queries(browser: Any, owner: Any, series: Any) -> None:
    client, address = browser(owner), f"/studio/series/{series.uid}/costs/"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(3, 40):
        make_episode(series, number)
    with CaptureQueriesContext(connection) as many:
        assert client.get(address).status_code == 200
    assert len(many) == len(few) == 6


def test_a_series_on_which_nothing_was_spent_says_so(browser: Any, owner: Any) -> None:
    empty = make_series(make_creator(owner))
    make_episode(empty)
    seen = text(browser(owner).get(f"/studio/series/{empty.uid}/costs/"))
    assert "Nothing has been rendered yet" in seen
    assert "By episode" not in seen


def test_costs_are_for_members_only(browser: Any, series: Any) -> None:
    first = series.episodes.get(number=1)
    for address in (f"/studio/series/{series.uid}/costs/", f"/studio/episodes/{first.uid}/costs/"):
        assert browser(make_user()).get(address).status_code == 404
        assert browser().get(address).status_code == 302
        assert browser(make_guest()).get(address).status_code == 302


@pytest.mark.parametrize(("micros", "said"), [
    (None, "–"), (0, "$0.00"), (3, "< $0.0001"), (12_345, "$0.0123"), (999_999, "$1.0000"),
    (1_234_567_890, "$1,234.57"),
])  # fmt: skip
def test_small_amounts_keep_their_digits(micros: int | None, said: str) -> None:
    assert cost(micros, "USD") == said


def test_another_currency_is_named() -> None:
    assert (cost(2_000_000, "CNY"), cost(2_000_000, "SEK")) == ("¥2.00", "SEK 2.00")


@pytest.mark.parametrize(("seconds", "said"), [(0, "0.0 s"), (99.9, "99.9 s"), (720, "12 min"), (7200, "2.0 h")])
def test_time_at_work_is_told_in_the_unit_that_fits(seconds: float, said: str) -> None:
    assert worked(seconds) == said
