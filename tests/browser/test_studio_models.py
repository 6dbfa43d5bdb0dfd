"""A creator chooses a diffusion model in the studio, sees what it costs and makes otherwise, and gets a film of it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import looking
from tests.browser.test_studio import RENDER_MS
from tests.browser.test_studio_series import Author
from tests.live import ROOT, Platform, running_platform

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(900)]
PROFILES = "animatic,draft,final,tiny-wan,tiny-cast"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    if looking.CHROMIUM is None:
        pytest.skip("no Chromium is installed here (apt-get install chromium)")
    with running_platform(tmp_path_factory.mktemp("models") / "s", RW_PROFILES=PROFILES) as started:
        fetched = started.manage("models", "fetch", "tiny-wan", "tiny-wan-vace")
        assert fetched.returncode == 0, fetched.stderr
        with (started.state / "gpu.log").open("wb") as out:
            worker = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "worker", "--cpu"], env=started.environment, cwd=ROOT,
                stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
        yield started
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with looking.browser("--autoplay-policy=no-user-gesture-required") as browser:
        yield browser


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_model_makes_and_costs_is_said_before_it_is_asked(
    platform: Platform, chromium: Any, language: str
) -> None:
    visit = Author(platform, chromium, language)
    page = visit.page
    visit.begin()
    visit.write("It has my name on it.")
    page.locator("#render:enabled").wait_for()
    page.select_option("#profile", "final")
    page.locator("#bar-sub", has_text="GPU").or_(page.locator("#plan-toggle:enabled")).first.wait_for()
    page.wait_for_timeout(1500)
    page.click("#plan-toggle")
    page.locator(".plan-notes", has_text="704 x 1280").wait_for()
    assert page.locator(".plan-table tr").count() == 11  # ten kinds, and the sum
    visit.shot("models-plan")
    assert visit.wrong == []
    visit.context.close()


def test_a_film_of_a_diffusion_model_is_watched_while_it_is_made_and_played(platform: Platform, chromium: Any) -> None:
    visit = Author(platform, chromium, "en")
    page = visit.page
    visit.begin()
    visit.write("It has my name on it.")
    page.locator("#render:enabled").wait_for()
    page.select_option("#profile", "tiny-wan")
    page.wait_for_timeout(1500)
    page.keyboard.press("Control+Enter")
    page.locator(".shot-frame img[src*='/m/']").first.wait_for(timeout=RENDER_MS)
    visit.shot("models-rendering")
    page.locator("#film").wait_for(timeout=RENDER_MS)
    page.click("#toggle")
    page.locator("#clock", has_text="0:01").wait_for(timeout=30_000)
    visit.shot("models-film")
    assert visit.wrong == []
    visit.context.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_cast_is_seen_and_approved_before_a_model_is_shown_it(
    platform: Platform, chromium: Any, language: str
) -> None:
    visit = Author(platform, chromium, language)
    page = visit.page
    visit.begin()
    visit.write("It has my name on it.")
    page.locator("#render:enabled").wait_for()
    page.select_option("#profile", "tiny-cast")
    page.locator("#cast:visible").wait_for()
    assert page.locator("#render").is_hidden()
    assert "MARA" in page.inner_text("#bar-main")
    visit.shot("models-cast-first")
    page.click("#cast")
    page.click("#sheets-all:enabled")
    page.locator(".cast-sheet img").first.wait_for(timeout=RENDER_MS)
    people = page.locator(".cast-sheet").count()
    made = "n => document.querySelectorAll('.cast-sheet img').length === n"
    page.wait_for_function(made, arg=people, timeout=RENDER_MS)
    visit.shot("models-cast-made")
    for _ in range(people):
        page.locator(".cast-sheet:not(.approved) button").first.click()
        page.wait_for_timeout(400)
    assert page.locator(".cast-sheet.approved").count() == people
    visit.shot("models-cast-approved")
    page.click("#sheets [data-close]")
    page.locator("#render:enabled").wait_for()
    if language == "en":
        page.click("#render")
        page.locator("#film").wait_for(timeout=RENDER_MS)
    assert visit.wrong == []
    visit.context.close()
