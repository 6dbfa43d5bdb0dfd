"""What the pages hold: nothing inline, a fixed number of queries, the numbers of each episode, both languages."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Episode
from creators.models import Creator
from generation.cast import screenplay_save
from moderation.models import Review
from tests.builders import make_creator, make_episode, make_master, make_published, make_series, make_user

pytestmark = pytest.mark.django_db
STORY = "INT. HALLWAY - NIGHT\n\nMARA picks up an envelope.\n\nMARA\nIt has my name on it.\n"
LONG = "An Uncommonly Long Title That Goes On and On, As Titles of Vertical Dramas Sometimes Do, Until the Very End"


class Reader(HTMLParser):
    """Collects what a content policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.foreign: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.inline.append("script")
        if tag == "style" or "style" in given or any(name.startswith("on") for name in given):
            self.inline.append(f"{tag} {given}")
        for name in ("src", "href", "action"):
            if re.match(r"(?:https?:)?//", given.get(name) or ""):
                self.foreign.append(str(given[name]))
        if given.get("id"):
            self.ids.append(str(given["id"]))


@pytest.fixture
def owner() -> Any:
    return make_user()


@pytest.fixture
def creator(owner: Any) -> Creator:
    return make_creator(owner)


def paths(creator: Creator) -> list[str]:
    series = make_series(creator, title=LONG)
    episode = make_episode(series, title=LONG)
    screenplay_save(episode=episode, source=STORY, by=None, now=timezone.now())
    make_published(series, 2)
    return ["/studio/", f"/studio/series/{series.uid}/", f"/studio/episodes/{episode.uid}/",
            f"/studio/creators/{creator.uid}/members/", "/studio/series/00000000-0000-7000-8000-000000000000/"]


def test_pages_hold_nothing_inline_and_ask_nobody_else(browser: Any, owner: Any, creator: Creator) -> None:
    for path in [*paths(creator), "/signin/?next=/studio/", "/register/"]:
        client = browser(owner) if path.startswith("/studio") else browser()
        answer = client.get(path)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        page = Reader()
        page.feed(answer.content.decode())
        assert (page.inline, page.foreign) == ([], []), path
        assert len(page.ids) == len(set(page.ids)), path


def queries(client: Any, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_a_series_page_costs_the_same_with_5_and_with_50_episodes(browser: Any, owner: Any, creator: Creator) -> None:
    client, series = browser(owner), make_series(creator)
    for number in range(1, 6):
        make_published(series, number)
    few = queries(client, f"/studio/series/{series.uid}/")
    for number in range(6, 51):
        make_published(series, number)
    assert queries(client, f"/studio/series/{series.uid}/") == few
    assert few <= 12


def test_the_home_page_costs_the_same_with_3_and_with_20_series(browser: Any, owner: Any, creator: Creator) -> None:
    client = browser(owner)
    for _ in range(3):
        make_published(make_series(creator), 1)
    few = queries(client, "/studio/")
    for _ in range(17):
        make_published(make_series(creator), 1)
    assert queries(client, "/studio/") == few
    assert few <= 10


def test_an_editor_costs_the_same_with_1_and_with_30_versions(browser: Any, owner: Any, creator: Creator) -> None:
    client, episode = browser(owner), make_episode(make_series(creator))
    path = f"/studio/episodes/{episode.uid}/"
    for n in range(30):
        screenplay_save(episode=episode, source=f"{STORY}\nMARA\nAgain, {n}.\n", by=owner, now=timezone.now())
        if n == 0:
            few = queries(client, path)
    assert queries(client, path) == few
    assert few <= 10


def test_episodes_past_a_page_are_behind_a_link(browser: Any, owner: Any, creator: Creator) -> None:
    series = make_series(creator)
    Episode.objects.bulk_create(Episode(series=series, number=number) for number in range(1, 103))
    first = browser(owner).get(f"/studio/series/{series.uid}/").content.decode()
    link = re.search(r'href="(\?cursor=[^"]+)"', first)
    assert link is not None
    second = browser(owner).get(f"/studio/series/{series.uid}/{link.group(1)}").content.decode()
    assert second.count("episode-link") == 2


def test_the_editor_starts_with_the_text_its_versions_and_its_reviews(
    browser: Any, owner: Any, creator: Creator
) -> None:
    episode = make_episode(make_series(creator))
    first = screenplay_save(episode=episode, source=STORY, by=owner, now=timezone.now())
    second = screenplay_save(episode=episode, source=f"{STORY}\n</script><b>", by=owner, now=timezone.now())
    master = make_master(episode)
    Review.objects.create(
        episode=episode, master=master, status="rejected", reason_code="quality", note="The sound is broken.",
        decided_at=timezone.now(), rules_version="1",
    )
    page = browser(owner).get(f"/studio/episodes/{episode.uid}/").content.decode()
    desk = json.loads(re.search(r'<script id="desk" type="application/json">(.*?)</script>', page, re.S).group(1))
    assert desk["source"] == f"{STORY}\n</script><b>"
    assert (desk["version"], [row["version"] for row in desk["versions"]]) == (2, [2, 1])
    assert desk["versions"][1]["ms"] == first.estimated_ms != second.estimated_ms
    assert desk["reviews"] == [{
        "status": "rejected", "version": 1, "note": "The sound is broken.",
        "reason": "Broken picture, sound or captions", "at": desk["reviews"][0]["at"],
    }]
    assert "prefix" not in page
    assert master.prefix not in page


def test_pages_speak_chinese(browser: Any, owner: Any, creator: Creator) -> None:
    for path in paths(creator):
        page = browser(owner, "zh-hans").get(path).content.decode()
        assert 'lang="zh-hans"' in page
        assert "退出登录" in page
    assert "注册账号" in browser(None, "zh-hans").get("/register/").content.decode()


def test_a_title_is_text_and_never_markup(browser: Any, owner: Any, creator: Creator) -> None:
    series = make_series(creator, title="<script>alert(1)</script>")
    make_episode(series, title='"><img src=x>')
    page = browser(owner).get(f"/studio/series/{series.uid}/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
