"""The swipe page in a real browser, against a running platform: it plays, swipes, sells and goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import DESK, PHONE

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(600)]

ON = ".card:not([inert]):not(.tail)"
PLAYING = f'{ON}[data-state="playing"]'
VIDEO = f"document.querySelector('{ON} video')"
SIZES = [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")]
Visit = Callable[..., Any]
Keep = Callable[[Any, str], None]


def episode_on(page: Any) -> str:
    return str(page.get_attribute(ON, "data-episode"))


def swipe(page: Any, key: str = "ArrowDown") -> str:
    """One card on; returns when its picture moves."""
    before = episode_on(page)
    page.keyboard.press(key)
    page.wait_for_function(
        f"before => document.querySelector('{ON}')?.dataset.episode !== before && {VIDEO}?.currentTime > 0.05",
        arg=before,
    )
    return episode_on(page)


def to_locked(page: Any) -> None:
    """The third episode of the series that is on, through the sheet of episodes."""
    page.click(f'{ON} [data-control="episodes"]')
    page.click('dialog[data-sheet="episodes"] .cell.locked >> nth=0')
    page.wait_for_selector('dialog[data-sheet="unlock"] .button.gold')


@pytest.mark.parametrize("size", SIZES)
def test_the_film_plays_by_itself_and_has_sound(visit: Visit, keep: Keep, size: dict[str, int]) -> None:
    page = visit("/", size)
    page.wait_for_selector(PLAYING)
    first = page.evaluate(f"{VIDEO}.currentTime")
    page.wait_for_function(f"then => {VIDEO}.currentTime > then + 1", arg=first)
    keep(page, f"feed-{size['width']}")
    assert page.evaluate(f"{VIDEO}.webkitAudioDecodedByteCount") > 0
    assert page.locator(f"{ON} .bar input").get_attribute("aria-valuetext") is not None


REFUSE_SOUND = """
    const play = HTMLMediaElement.prototype.play;
    addEventListener('pointerdown', () => { window.touched = true; }, true);
    HTMLMediaElement.prototype.play = function () {
        if (this.muted || window.touched) return play.call(this);
        return Promise.reject(new DOMException('a touch first', 'NotAllowedError'));
    };
"""


def test_a_browser_that_wants_a_touch_first_gets_a_silent_film_and_a_tap_brings_the_sound(visit: Visit) -> None:
    page = visit("/offline")
    page.add_init_script(REFUSE_SOUND)  # as on a phone; here the test's own questions count as touches
    page.goto(page.url.replace("/offline", "/"))
    page.wait_for_selector(PLAYING)
    assert page.evaluate(f"{VIDEO}.muted") is True
    page.click("#tap-for-sound")
    page.wait_for_function(f"() => {VIDEO}.muted === false && !{VIDEO}.paused")
    assert page.is_hidden("#tap-for-sound")
    swipe(page)
    assert page.evaluate(f"{VIDEO}.muted") is False


def test_twenty_swipes_bring_twenty_films_without_repeat_or_stall(visit: Visit) -> None:
    page = visit("/")
    page.wait_for_selector(PLAYING)
    seen = [episode_on(page), *[swipe(page) for _ in range(20)]]
    assert len(set(seen)) == 21
    assert page.locator(".card video").count() <= 3
    assert swipe(page, "ArrowUp") == seen[-2]


def test_the_feed_ends_with_ways_on_and_not_in_a_wall(visit: Visit, keep: Keep) -> None:
    page = visit("/")
    page.wait_for_selector(PLAYING)
    for _ in range(23):
        swipe(page)
    page.keyboard.press("ArrowDown")
    page.wait_for_selector('.tail[data-state="end"] a[href="/search"]')
    page.wait_for_timeout(800)
    keep(page, "end-390")
    page.keyboard.press("ArrowUp")
    page.wait_for_selector(PLAYING)


@pytest.mark.parametrize("size", SIZES)
def test_refused_bought_unlocked_and_played(visit: Visit, keep: Keep, size: dict[str, int]) -> None:
    page = visit("/", size)
    page.wait_for_selector(PLAYING)
    to_locked(page)
    episode = episode_on(page)
    assert page.evaluate(f"{VIDEO} === null")  # not a byte of it came
    keep(page, f"unlock-{size['width']}")
    assert "60 coins" in page.inner_text("dialog .unlock-price")
    assert "$0.99" in page.inner_text("dialog .pack >> nth=0")
    page.click("dialog .button.gold")
    page.wait_for_url("**/twin/checkout/**")
    assert "Test store" in page.inner_text(".test-mark")
    keep(page, f"checkout-{size['width']}")
    page.click("#pay")
    page.wait_for_url("**/s/**/3")
    page.wait_for_selector(PLAYING, timeout=60_000)
    assert episode_on(page) == episode
    page.wait_for_function(f"() => {VIDEO}.currentTime > 0.5")
    page.goto(page.url.partition("/s/")[0] + "/wallet")
    page.wait_for_selector("#balance b:has-text('40')")
    assert page.locator(".history li").count() == 2


LATE_OBSERVER = """
    const Real = IntersectionObserver;
    IntersectionObserver = class extends Real {
        constructor(report, options) {
            const tell = (entries) => entries.length && report(entries);
            super((entries) => {
                tell(entries.filter((entry) => entry.target.matches('.tail')));
                setTimeout(() => tell(entries.filter((entry) => !entry.target.matches('.tail'))), 3000);
            }, options);
        }
    };
"""


def test_a_shared_link_stays_on_its_episode_where_the_browser_is_late_to_report_it(visit: Visit) -> None:
    page = visit("/")
    page.wait_for_selector(PLAYING)
    shared = page.get_attribute(f'{ON} [data-control="title"]', "href") + "/2"
    page.add_init_script(LATE_OBSERVER)  # a full main thread: the tail is reported, the card before it not yet
    page.route("**/api/v1/feed?*", lambda route: (time.sleep(1), route.continue_()))  # and the feed comes after that
    page.goto(page.url.rstrip("/") + shared)
    page.wait_for_selector(PLAYING)
    page.wait_for_selector(".card:nth-of-type(3)")  # the feed behind it has come
    page.wait_for_function(f"() => {VIDEO}.currentTime > 1")
    assert episode_on(page) == page.locator(".card").first.get_attribute("data-episode")


def test_a_cancelled_payment_takes_nothing_and_offers_again(visit: Visit) -> None:
    page = visit("/")
    page.wait_for_selector(PLAYING)
    to_locked(page)
    page.click("dialog .button.gold")
    page.wait_for_url("**/twin/checkout/**")
    page.click("#cancel")
    page.wait_for_selector("dialog .notice:has-text('Nothing was charged')")
    assert page.locator("dialog .pack").count() == 5


def test_the_next_episode_comes_by_itself_right_behind_this_one(visit: Visit) -> None:
    page = visit("/")
    page.wait_for_selector(PLAYING)
    order = page.eval_on_selector_all(".card[data-episode]", "cards => cards.map(card => card.dataset.episode)")
    title = page.inner_text(f"{ON} h2")
    page.wait_for_function(
        f"first => document.querySelector('{ON}')?.dataset.episode !== first && {VIDEO}?.currentTime > 0.2",
        arg=order[0], timeout=60_000,
    )
    assert page.inner_text(f"{ON} h2") == title
    assert "2 / 4" in page.inner_text(f'{ON} [data-control="episodes"]')
    assert swipe(page) == order[1]  # and after it the feed goes on where it was


def test_everything_works_from_the_keyboard(visit: Visit) -> None:
    page = visit("/", DESK)
    page.wait_for_selector(PLAYING)
    muted = page.evaluate(f"{VIDEO}.muted")
    page.keyboard.press("m")
    assert page.evaluate(f"{VIDEO}.muted") is not muted
    page.keyboard.press(" ")
    page.wait_for_selector(f'{ON}[data-state="paused"]')
    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"{VIDEO}.currentTime") > 4.5
    page.keyboard.press("l")
    page.wait_for_selector(f'{ON} [data-control="like"][aria-pressed="true"]')
    page.keyboard.press("c")
    page.wait_for_selector(f"{ON} .cue:not(:empty)")
    assert page.get_attribute("#captions", "aria-pressed") == "true"
    swipe(page)
    assert page.inner_text("#live").count(". ") >= 2
    assert page.evaluate("document.querySelectorAll('.card[data-episode]:not([inert])').length") == 1


def test_a_like_and_the_list_are_there_on_the_next_visit(visit: Visit) -> None:
    page = visit("/")
    page.wait_for_selector(PLAYING)
    address = page.get_attribute(f"{ON} h2 a", "href")
    page.click(f'{ON} [data-control="like"]')
    page.click(f'{ON} [data-control="save"]')
    page.wait_for_timeout(500)
    page.goto(page.url.rstrip("/") + address + "/1")
    page.wait_for_selector(f'{ON} [data-control="like"][aria-pressed="true"]')
    page.goto(page.url.partition("/s/")[0] + "/list")
    page.wait_for_selector(f'.tile[href="{address}"]')


def test_a_grant_that_ended_is_renewed_and_the_film_goes_on_where_it_was(visit: Visit) -> None:
    page = visit("/")
    page.wait_for_selector(PLAYING)
    page.keyboard.press(" ")
    page.wait_for_selector(f'{ON}[data-state="paused"]')
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/playback") else None)
    page.evaluate(f"{VIDEO}.currentTime = 3; {VIDEO}.src = '/m/ended.grant.token/720p.mp4'")
    page.wait_for_function(f"() => !{VIDEO}.src.includes('ended') && {VIDEO}.readyState >= 2")
    assert len(asked) == 1
    page.wait_for_function(f"() => {VIDEO}.currentTime >= 2.9")


def test_a_feed_that_fails_says_so_and_comes_back(visit: Visit, keep: Keep, theatre: Any) -> None:
    page = visit("/offline")
    page.route("**/api/v1/feed*", lambda route: route.fulfill(status=500, body="{}"))
    page.goto(theatre.url + "/")
    page.wait_for_selector('.tail[data-state="error"] .button')
    keep(page, "error-390")
    page.unroute("**/api/v1/feed*")
    page.click('.tail[data-state="error"] .button')
    page.wait_for_selector(PLAYING)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
@pytest.mark.parametrize("name", ["search", "list", "wallet", "offline"])
def test_every_page_fits_its_screen(visit: Visit, keep: Keep, size: dict[str, int], language: str, name: str) -> None:
    page = visit(f"/{name}", size, language)
    page.wait_for_timeout(1_200)
    keep(page, f"{name}-{language[:2]}-{size['width']}")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    small = page.evaluate(
        "[...document.querySelectorAll('button, a.button, input:not([type=radio])')]"
        ".filter(one => one.offsetParent && one.offsetHeight < 36).map(one => one.outerHTML.slice(0, 80))"
    )
    assert small == []
