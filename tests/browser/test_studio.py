"""A newcomer in the studio, in Chromium, on a whole running platform: from an empty home to a submitted film."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import looking
from tests.browser.looking import DESK, PHONE, SCREENS, ours
from tests.live import Platform, running_platform

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(900)]
SIZES = {"phone": PHONE, "wide": DESK}
SCENE = """Title: The Key

INT. HALLWAY - NIGHT

A wet envelope lies under the door. MARA picks it up.

MARA
It has my name on it.

JONAS
Do not open it.
"""
RENDER_MS = 600_000


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    if looking.CHROMIUM is None:
        pytest.skip("no Chromium is installed here (apt-get install chromium)")
    with running_platform(tmp_path_factory.mktemp("studio") / "s") as started:
        yield started


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with looking.browser("--autoplay-policy=no-user-gesture-required") as browser:
        yield browser


class Visit:
    """One person's browser window; remembers whatever went wrong in it."""

    def __init__(self, platform: Platform, chromium: Any, language: str) -> None:
        self.platform, self.language = platform, language
        self.context = chromium.new_context(
            viewport={"width": 1440, "height": 900}, locale="zh-CN" if language == "zh" else "en-US"
        )
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("console", lambda line: line.type == "error" and self.wrong.append(f"console: {line.text}"))
        self.page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not ours(request.url, self.platform.url):
            self.wrong.append(f"foreign: {request.url}")

    def go(self, path: str) -> None:
        self.page.goto(f"{self.platform.url}{path}")

    def shot(self, name: str) -> None:
        """A picture at both sizes; see `looking.faults` for what must not be there."""
        wrong = {}
        for size, viewport in SIZES.items():
            self.page.set_viewport_size(viewport)
            self.page.wait_for_timeout(250)
            looking.keep(self.page, f"studio-{name}-{self.language}-{size}")
            if found := looking.faults(self.page):
                wrong[size] = found
        self.page.set_viewport_size(DESK)
        assert wrong == {}, name

    def begin(self) -> None:
        """Register, open a studio, begin a series, add an episode."""
        page = self.page
        self.go("/studio/")
        page.click("a[href^='/register/']")
        page.fill("[name=display_name]", "Mia")
        page.fill("[name=email]", f"mia-{uuid.uuid4().hex[:8]}@example.org")
        page.fill("[name=password]", "correct-horse-9")
        page.click(".door-go")
        page.wait_for_url("**/studio/")
        self.shot("welcome")
        page.fill("[name=name]", "Night Harbour")
        assert page.input_value("[name=handle]") == "night-harbour"
        page.fill("[name=handle]", f"night-{uuid.uuid4().hex[:8]}")
        page.click("form[data-api] .primary")
        page.locator("[data-open=new-series]").first.click()
        page.fill("dialog [name=title]", "The Key")
        page.select_option("dialog [name=language]", self.language)
        page.click("dialog .primary")
        page.wait_for_url("**/studio/series/**")
        self.shot("series-empty")
        page.locator("[data-call$='/episodes']").first.click()
        page.wait_for_url("**/studio/episodes/**")
        self.shot("episode-empty")


def test_a_scene_is_typed_seen_rendered_played_and_submitted(platform: Platform, chromium: Any) -> None:
    visit = Visit(platform, chromium, "en")
    page = visit.page
    visit.begin()
    page.click("#text")
    page.keyboard.insert_text(SCENE)
    page.locator(".shot").nth(2).wait_for()
    assert "Mara" in page.inner_text("#shots") or "MARA" in page.inner_text("#shots")
    assert page.locator(".outline-item").count() == 1
    page.keyboard.press("Control+s")
    page.locator("#saved[data-state=saved]").wait_for()
    page.locator("#render:enabled").wait_for()
    visit.shot("episode-written")

    page.keyboard.press("Control+Enter")
    bars = page.locator(".shot-bar:visible")
    bars.first.wait_for(timeout=60_000)
    page.locator(".shot-frame img[src*='/m/']").first.wait_for(timeout=RENDER_MS)  # while others are in work
    part_way = page.evaluate("document.getElementById('bar-progress').value")
    assert 0 < part_way < 100
    visit.shot("episode-rendering")
    page.locator("#film").wait_for(timeout=RENDER_MS)
    assert page.locator(".beat").count() == page.locator(".shot").count()

    page.click("#toggle")
    page.locator("#clock", has_text="0:01").wait_for(timeout=30_000)
    assert page.evaluate("document.getElementById('video').currentTime") > 0.9
    page.click("#toggle")
    page.locator(".beat").nth(1).click()
    page.locator(".beat").nth(1).and_(page.locator("[aria-current]")).wait_for()
    visit.shot("film")

    page.click(".stage-tabs [data-pane=review]")
    page.click("#submit-go")
    page.locator("#review-wait").wait_for()
    assert page.inner_text("#status") == "In review"
    visit.shot("submitted")
    assert visit.wrong == []


def test_errors_stand_at_their_line_and_two_windows_do_not_overwrite_each_other(
    platform: Platform, chromium: Any
) -> None:
    visit = Visit(platform, chromium, "zh")
    page = visit.page
    visit.begin()
    page.click("[data-example=zh]")
    page.locator(".shot").nth(5).wait_for()
    page.locator("#saved[data-state=saved]").wait_for()
    visit.shot("episode-example")
    page.fill("#text", "没有场景的一句话。")
    page.locator("#problem").wait_for()
    assert page.locator(".ln.error").count() == 1
    visit.shot("episode-error")

    # another machine of the same person: it has the session, but not the draft that this browser keeps
    elsewhere = chromium.new_context(storage_state={"cookies": visit.context.cookies(), "origins": []})
    other = elsewhere.new_page()
    other.goto(page.url)
    other.locator(".shot").nth(5).wait_for()
    page.fill("#text", SCENE)
    page.keyboard.press("Control+s")
    page.locator("#saved[data-state=saved]").wait_for()
    other.fill("#text", SCENE.replace("It has my name on it.", "It is for you."))
    other.keyboard.press("Control+s")
    other.locator("#conflict").wait_for()
    other.click("#conflict-mine")
    other.locator("#saved[data-state=saved]").wait_for()
    assert "v3" in other.inner_text("#saved")
    assert [line for line in visit.wrong if "400" not in line and "409" not in line] == []


def test_the_cast_has_faces_and_voices(platform: Platform, chromium: Any) -> None:
    visit = Visit(platform, chromium, "en")
    page = visit.page
    visit.begin()
    page.click("[data-example=en]")
    page.locator("#saved[data-state=saved]").wait_for()
    page.click(".crumbs a")
    page.locator(".cast-card").first.wait_for()
    page.locator("[data-portrait]").first.scroll_into_view_if_needed()
    with page.expect_response(lambda answer: "sample.wav" in answer.url) as heard:
        page.locator("[data-listen]").first.click()
    assert heard.value.status in (200, 206)
    page.locator("[name=look]").first.fill("an old man with a white beard")
    with page.expect_response(lambda answer: "portrait.jpg?at=" in answer.url) as drawn:
        page.locator(".cast-form button:not([type])").first.click()
    assert drawn.value.status == 200
    visit.shot("series-cast")
    assert visit.wrong == []


def test_screens_are_kept() -> None:
    """What the tests above looked at can be looked at by people."""
    if looking.CHROMIUM is None:
        pytest.skip("no Chromium is installed here (apt-get install chromium)")
    assert len(list(SCREENS.glob("studio-*-wide.png"))) >= 6
