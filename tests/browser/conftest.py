"""A Chromium, and a running platform with films in it. Without a Chromium these tests skip, and say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser import looking
from tests.browser.looking import DESK, PHONE, SCREENS
from tests.live import Platform, running_platform

__all__ = ["DESK", "PHONE", "SCREENS"]


@pytest.fixture(scope="module")  # no longer: two Playwrights in one process, or one beside database code, do not go
def chromium() -> Iterator[Any]:
    with looking.browser() as browser:
        yield browser


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
def keep() -> Callable[[Any, str], None]:
    """`keep(page, name)` leaves a screenshot under build/screens."""

    return looking.keep
