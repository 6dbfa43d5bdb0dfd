"""A Chromium, and a running platform with films in it. Without a Chromium these tests skip, and say so."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import Platform, running_platform

SCREENS = Path(__file__).resolve().parents[2] / "build" / "screens"
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture(scope="module")  # no longer: two Playwrights in one process, or one beside database code, do not go
def chromium() -> Iterator[Any]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium is installed here (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform with 24 published series of four episodes, two of them free; every visitor may come anew."""
    with running_platform(tmp_path_factory.mktemp("theatre"), THROTTLE_GUEST="5000/hour") as platform:
        filled = platform.manage("shell", "-c", "from tests.browser.seed import fill; fill()")
        assert filled.returncode == 0, filled.stderr
        yield platform


@pytest.fixture
def visit(chromium: Any, theatre: Platform) -> Iterator[Callable[..., Any]]:
    """`visit(path, size, language)` is a page of a new visitor; what its console complains of fails the test."""
    contexts, complaints = [], []

    def open_page(path: str = "/", size: dict[str, int] = PHONE, language: str = "en-US", **options: Any) -> Any:
        phone = size is PHONE
        context = chromium.new_context(
            viewport=size, locale=language, has_touch=phone, is_mobile=phone, service_workers="block", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
        page.goto(theatre.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Callable[[Any, str], None]:
    """`keep(page, name)` leaves a screenshot under build/screens."""

    def shoot(page: Any, name: str) -> None:
        SCREENS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(SCREENS / f"{name}.png"))

    return shoot
