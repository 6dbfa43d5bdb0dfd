"""The console in a real browser: a morning's work by the keyboard, and nothing asked of anybody else's servers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.looking import DESK, PHONE, faults, keep, ours
from tests.live import Person, Platform, guest, running_platform

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(900)]
PASSWORD = "a-long-enough-password"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with running_platform(tmp_path_factory.mktemp("console"), THROTTLE_GUEST="1000/hour") as started:
        seeded = started.manage("shell", "-c", "from tests.browser.console_seed import fill; fill()")
        assert seeded.returncode == 0, seeded.stderr[-3000:]
        yield started


@pytest.fixture
def complaints() -> list[str]:
    """What the browser had to complain about: refused scripts, faults, requests to elsewhere."""
    return []


@pytest.fixture
def desk(chromium: Any, platform: Platform, complaints: list[str]) -> Iterator[Any]:
    """A page of a signed-in moderator at the console's first page."""
    context = chromium.new_context(viewport=DESK, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    page.on("request", lambda asked: None if ours(asked.url, platform.url) else complaints.append(f"asked {asked.url}"))
    page.goto(f"{platform.url}/console/")
    page.fill("[name=email]", "mod@example.org")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/console/")
    yield page
    context.close()


def _leave(desk: Any, key: str) -> None:
    """Press a key that leads to another review, and wait until that one is there."""
    before = desk.url
    desk.keyboard.press(key)
    desk.wait_for_url(lambda url: url != before)
    desk.wait_for_selector("#review")


def _go_to_one_that_is(desk: Any, blocked: bool) -> None:
    for _ in range(20):
        if bool(desk.locator("[data-blocked]").count()) is blocked:
            return
        _leave(desk, "j")
    raise AssertionError("no such review waits")


def _feed(person: Person) -> set[tuple[str, int]]:
    """Series title and number of everything the feed offers."""
    offered = person.get("feed?limit=50")["items"]
    return {(item["series"]["title"], item["episode"]["number"]) for item in offered}


def test_an_episode_approved_by_the_keyboard_appears_in_the_feed(
    platform: Platform, desk: Any, complaints: list[str]
) -> None:
    desk.goto(f"{platform.url}/console/moderation/review/")
    desk.get_by_role("link", name="Start reviewing").click()
    desk.wait_for_selector("#review")
    while "· 1" not in desk.text_content(".cn-head h2") or desk.locator("[data-blocked]").count():
        _leave(desk, "j")  # a first episode, so that a feed may lead with it
    here = desk.url
    title = desk.text_content(".cn-head h2").split("·")[0].strip()
    assert (title, 1) not in _feed(guest(platform))

    desk.keyboard.press("Space")
    desk.wait_for_function("document.querySelector('#player').currentTime > 0.3")
    desk.keyboard.press("Space")
    desk.keyboard.press("a")
    assert desk.evaluate("document.activeElement.id") == "approve"
    assert desk.url == here
    _leave(desk, "Enter")
    assert f"Approved: {title} · 1" in desk.text_content("#content")
    assert (title, 1) in _feed(guest(platform))
    assert complaints == []


def test_a_reason_is_picked_by_its_number(platform: Platform, desk: Any, complaints: list[str]) -> None:
    desk.goto(f"{platform.url}/console/reviews/next/")
    _go_to_one_that_is(desk, blocked=False)  # the other is for the next test
    here, name = desk.url, desk.text_content(".cn-head h2").strip()
    desk.keyboard.press("r")
    assert desk.locator("#reasons[open]").count() == 1
    desk.keyboard.press("3")
    assert desk.input_value("[name=reason_code]:checked") == "violence"
    desk.keyboard.type("Too much blood in scene 3?")
    assert desk.url == here
    _leave(desk, "Enter")
    assert "Rejected:" in desk.text_content("#content")
    desk.goto(here)
    body = desk.text_content(".cn-decide")
    assert "Violence beyond the rating" in body
    assert "Too much blood in scene 3?" in body
    assert name
    assert complaints == []


def test_a_blocking_finding_sends_the_moderator_to_the_note(platform: Platform, desk: Any) -> None:
    desk.goto(f"{platform.url}/console/reviews/next/")
    _go_to_one_that_is(desk, blocked=True)
    here = desk.url
    desk.keyboard.press("a")
    assert desk.evaluate("document.activeElement.id") == "note"
    assert desk.url == here
    finding = desk.locator(".cn-findings a[data-at]").first
    finding.click()
    desk.wait_for_function("document.querySelector('#player').currentTime > 0")


def test_the_help_opens_and_the_shots_get_their_pictures(desk: Any, platform: Platform, complaints: list[str]) -> None:
    desk.goto(f"{platform.url}/console/reviews/next/")
    desk.wait_for_selector(".cn-shots > li.cn-drawn:last-child")
    desk.keyboard.press("?")
    assert desk.locator("#help[open]").count() == 1
    desk.keyboard.press("Escape")
    assert desk.locator("#help[open]").count() == 0
    _leave(desk, "ArrowRight")
    assert complaints == []


PAGES = [
    "", "moderation/review/", "reviews/next/", "reports/", "moderation/report/", "moderation/appeal/",
    "moderation/auditentry/", "accounts/user/", "catalog/series/", "catalog/episode/", "payments/purchase/",
    "payments/entry/", "payments/wallet/", "generation/render/", "generation/step/", "moderation/review/?q=zzzz",
    "nothing-here/",
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
def test_every_page_fits_and_can_be_read(
    desk: Any, platform: Platform, size: dict[str, int], language: str
) -> None:
    desk.set_viewport_size(size)
    desk.context.add_cookies([
        {"name": "django_language", "value": {"en": "en", "zh": "zh-hans"}[language], "url": platform.url}
    ])
    wrong = {}
    for path in PAGES:
        desk.goto(f"{platform.url}/console/{path}")
        desk.wait_for_timeout(500)
        keep(desk, f"console-{size['width']}-{language}-{path.strip('/').replace('/', '_') or 'home'}", "audit")
        if found := faults(desk):
            wrong[path] = found
    assert wrong == {}
