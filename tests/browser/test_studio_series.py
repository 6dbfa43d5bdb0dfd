"""Work in the studio, in Chromium, on a whole running platform: price, pause, takes, and a series as a batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import looking
from tests.browser.test_studio import RENDER_MS, Visit
from tests.live import Platform, running_platform

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(900)]
STEPS = """async (render) => {
  const answer = await (await fetch(`/api/v1/studio/renders/${render}`)).json();
  return answer.steps.map((step) => [step.key, step.status]);
}"""
SHORT = """INT. HALL - NIGHT

MARA
{line}

JONAS
Who is there?
"""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    if looking.CHROMIUM is None:
        pytest.skip("no Chromium is installed here (apt-get install chromium)")
    with running_platform(tmp_path_factory.mktemp("series") / "s") as started:
        yield started


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with looking.browser("--autoplay-policy=no-user-gesture-required") as browser:
        yield browser


class Author(Visit):
    """Somebody with an open studio; their newcomer's screens are looked at elsewhere."""

    def begin(self) -> None:
        looked, self.shot = self.shot, lambda name: None  # type: ignore[method-assign]
        super().begin()
        self.shot = looked  # type: ignore[method-assign]

    def write(self, line: str) -> None:
        self.page.fill("#text", SHORT.format(line=line))
        self.page.keyboard.press("Control+s")
        self.page.locator("#saved[data-state=saved]").wait_for()

    def to_series(self) -> None:
        self.page.click(".crumbs a")
        self.page.locator("#check").wait_for()

    def check(self, verdict: str) -> None:
        self.page.click("#check")
        self.page.locator(f".verdict.{verdict}").wait_for()

    def steps(self, render: str) -> dict[str, str]:
        """The states of a render's steps, as the API has them."""
        return dict(self.page.evaluate(STEPS, render))

    def rest(self, render: str) -> dict[str, str]:
        """Wait until what runs is finished; the states of all steps then."""
        for _ in range(60):
            if "leased" not in (steps := self.steps(render)).values():
                return steps
            self.page.wait_for_timeout(1000)
        raise AssertionError("a step of a paused render did not come to its end in a minute")

    def said(self) -> str:
        """The bar, as it stands."""
        return f"{self.page.inner_text('#bar-main')} {self.page.inner_text('#bar-sub')}"


def test_a_render_is_priced_watched_paused_and_resumed_and_one_shot_rolled_again(
    platform: Platform, chromium: Any
) -> None:
    visit = Author(platform, chromium, "en")
    page = visit.page
    visit.begin()
    visit.write("It has my name on it.")
    page.locator("#render:enabled").wait_for()
    before = visit.said()
    assert before.startswith("Ready in about ")
    assert " steps to run · $" in before
    page.click("#plan-toggle")
    assert page.locator(".plan-table tr").count() == 8  # seven kinds, and the sum
    assert page.locator(".plan-shots li").count() == page.locator(".shot").count()
    visit.shot("work-plan")
    page.keyboard.press("Escape")
    page.locator("#plan").wait_for(state="hidden")

    with page.expect_response(lambda answer: answer.url.endswith("/renders")) as asked:
        page.keyboard.press("Control+Enter")
    render = asked.value.json()["uid"]
    page.locator(".shot-frame img[src*='/steps/']").first.wait_for(timeout=RENDER_MS)  # a still of a running shot
    page.click("#pause")
    page.locator("#resume:visible").wait_for()
    assert visit.said().startswith("Paused · ")
    steps = visit.rest(render)
    page.wait_for_timeout(3000)
    assert visit.steps(render) == steps  # nothing new has begun
    assert "paused" in steps.values()
    visit.shot("work-paused")
    page.click("#resume")
    page.locator("#pause:visible").wait_for()
    page.locator("#film").wait_for(timeout=RENDER_MS)

    first, second = (page.locator(f".take[data-number='{number}']") for number in (1, 2))
    first.locator("text=In use").wait_for()
    page.click("#another")
    page.locator(".take[data-number='2'].ready").wait_for(timeout=RENDER_MS)
    assert first.is_visible()
    second.locator(".take-frame").focus()  # whoever has no mouse sees it move as well
    second.locator("video.playing").wait_for()
    second.locator("button", has_text="Use this take").click()
    second.locator("text=In use").wait_for()
    page.locator("#takes-note:visible").wait_for()
    # the clip is there: of all steps only those that put the film together have to run
    assert "5 of " in page.inner_text("#takes-note-text")
    assert "no shot is made anew" in visit.said()
    visit.shot("work-takes")
    page.click("#takes-render")
    page.locator("#bar-main", has_text="Up to date").wait_for(timeout=RENDER_MS)
    first.locator("button", has_text="Use this take").click()
    page.locator("#bar-main", has_text="Everything is made already").wait_for()
    assert page.locator("#render").is_enabled()
    assert visit.wrong == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_series_is_checked_put_right_and_rendered_with_a_pilot(
    platform: Platform, chromium: Any, language: str
) -> None:
    visit = Author(platform, chromium, language)
    page = visit.page
    visit.begin()
    visit.write("Give me the key.")
    visit.to_series()
    page.locator("[data-call$='/episodes']").first.click()
    page.wait_for_url("**/studio/episodes/**")
    empty = page.url
    visit.to_series()
    visit.check("bad")
    assert page.locator(".pre-row").first.locator(".tag.bad").count() == 2  # the worst first: its count, its finding
    assert page.locator("#batch-start").is_disabled()
    visit.shot("preflight-blocked")
    page.goto(empty)
    visit.write("You are late.")
    visit.to_series()
    visit.check("good")
    visit.shot("preflight-ready")
    if language == "zh":
        assert visit.wrong == []
        return

    page.click("#batch-start")
    go = page.locator("[data-act=go]:visible")
    page.locator(".batch-row").nth(1).wait_for()
    visit.shot("batch-pilot")
    go.wait_for(timeout=RENDER_MS)
    waiting = page.locator(".batch-row").nth(1)
    assert "Waits for the pilot" in waiting.inner_text()
    assert "#film" in page.locator(".batch-head a:visible").get_attribute("href")
    visit.shot("batch-go")
    go.click()
    page.locator(".batch-row .tag.good").nth(1).wait_for(timeout=RENDER_MS)
    page.locator(".batch-head h3", has_text="All done").wait_for(timeout=RENDER_MS)
    assert page.inner_text(".batch-percent") == "100 %"
    visit.shot("batch-done")
    assert visit.wrong == []


def test_a_budget_that_is_too_small_is_said_before_the_render_and_raised_where_it_stands(
    platform: Platform, chromium: Any
) -> None:
    visit = Author(platform, chromium, "en")
    page = visit.page
    visit.begin()
    episode = page.url
    visit.write("Nothing is free.")
    visit.to_series()
    page.click("a[href$='#compute']")
    page.fill("#compute-amount", "0.000001")
    page.click("#compute-form .primary")
    page.locator("#compute-cap", has_text="$0.000001").wait_for()
    page.goto(episode)
    page.locator("#bar.bad").wait_for()
    assert "The budget does not cover this" in visit.said()
    assert page.locator("#render").is_disabled()
    visit.shot("work-over-budget")
    page.click("#bar-link")
    page.locator("#compute-left", has_text="$0.000001").wait_for()
    page.fill("#compute-amount", "5")
    page.click("#compute-form .primary")
    page.locator("#compute-left", has_text="$5.00").wait_for()
    visit.shot("compute")
    page.goto(episode)
    page.locator("#render:enabled").wait_for()
    assert "$5.00 of the budget left" in visit.said()
    assert visit.wrong == []
