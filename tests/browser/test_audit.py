"""Every page at both sizes in both languages: nothing overflows, is cut off or covered, nothing serious for axe.

Screenshots of all of them stay under build/screens/audit, to be looked at.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browser.looking import DESK, PHONE, faults, keep, ours
from tests.live import Platform

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(1500)]

LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
SIZES = {"phone": PHONE, "desk": DESK}
LONG = "An unreasonably long title that somebody pasted twice, an unreasonably long title that somebody pasted twice"

# people with sessions, one studio with an episode and a very long name, and something of each kind in the console
PEOPLE = f"""
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from tests.builders import make_creator, make_episode, make_moderator, make_series, make_user
from catalog.models import Episode, Series
from tests.generation.costly import already_spent

def session(user):
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return store.session_key

maker, newcomer, moderator = (make_user(password="correct-horse-9") for _ in range(3))
moderator.is_staff = moderator.is_superuser = True
moderator.save()
series = make_series(make_creator(maker, name={LONG[:80]!r}), title={LONG!r})
episode = make_episode(series, title={LONG!r})
already_spent(episode)
shown = Series.objects.filter(published_episodes__gt=0).order_by("pk").first()
print(json.dumps({{
    "maker": session(maker), "newcomer": session(newcomer), "moderator": session(moderator),
    "series": str(series.uid), "episode": str(episode.uid), "creator": str(series.creator.uid), "shown": str(shown.uid),
}}))
"""


@pytest.fixture(scope="module")
def cast(theatre: Platform) -> dict[str, str]:
    made = theatre.manage("shell", "-v", "0", "-c", PEOPLE)
    assert made.returncode == 0, made.stderr
    found: dict[str, str] = json.loads(made.stdout.splitlines()[-1])
    return found


PAGES = {
    "viewer": (
        "",
        [
            "/", "/search", "/search?q=letter", "/search?q=zzzz", "/list", "/wallet", "/s/{shown}", "/s/{shown}/1",
            "/s/{shown}/3", "/offline", "/nothing-here", "/signin/", "/register/",
        ],
    ),
    "newcomer": ("newcomer", ["/studio/"]),
    "maker": (
        "maker",
        [
            "/studio/", "/studio/series/{series}/", "/studio/episodes/{episode}/",
            "/studio/creators/{creator}/members/", "/studio/series/{series}/costs/",
            "/studio/episodes/{episode}/costs/",
        ],
    ),
    "moderator": ("moderator", ["/console/"]),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("who", PAGES)
def test_every_page_fits_and_can_be_read(
    chromium: Any, theatre: Platform, cast: dict[str, str], who: str, size: str, language: str
) -> None:
    session, addresses = PAGES[who]
    context = chromium.new_context(viewport=SIZES[size], locale=LANGUAGES[language], service_workers="block")
    if session:
        context.add_cookies([{"name": "sessionid", "value": cast[session], "url": theatre.url}])
    page = context.new_page()
    foreign: list[str] = []
    page.on("request", lambda asked: None if ours(asked.url, theatre.url) else foreign.append(asked.url))
    wrong: dict[str, list[str]] = {}
    for address in addresses:
        path = address.format(**cast)
        page.goto(theatre.url + path, wait_until="load")
        page.wait_for_timeout(700)
        keep(page, f"{who}-{size}-{language}-{address.strip('/').replace('/', '_') or 'home'}", "audit")
        found = faults(page)
        if found:
            wrong[path] = found
    context.close()
    assert wrong == {}
    assert foreign == []
