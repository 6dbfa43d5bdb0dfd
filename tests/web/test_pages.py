"""The viewer's pages: there in both languages, with nothing inline, nothing from elsewhere and no way that ends."""

from __future__ import annotations

import json
import re
import uuid
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.builders import make_published, make_series

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
STATIC = (ROOT / "platform" / "web" / "static", ROOT / "platform" / "common" / "static")
PAGES = ["/", "/search", "/list", "/wallet", "/offline"]
NAMING = [("href", "link"), ("href", "use")]
OPEN_GRAPH = re.compile(r'property="og:([a-z:]+)" content="([^"]*)"')


class Elements(HTMLParser):
    """Every element of a page with its attributes; `texts` are the contents of scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)


@pytest.fixture
def page(client: Client) -> Any:
    def fetch(path: str, language: str = "en", status: int = 200) -> str:
        answer = client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == status, path
        return answer.content.decode()

    return fetch


def all_pages() -> list[str]:
    episode = make_published(make_series(synopsis="A letter comes."))
    return [*PAGES, f"/s/{episode.series.uid}", f"/s/{episode.series.uid}/1"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_answers_with_a_policy_that_allows_nothing_inline(client: Client, language: str) -> None:
    for path in all_pages():
        answer = client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == 200, path
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert f'<html lang="{language}"' in answer.content.decode()


def test_no_page_holds_an_inline_script_style_or_handler(page: Any) -> None:
    for path in [*all_pages()]:
        for tag, attributes in Elements(page(path)).found:
            assert tag != "style", path
            assert "style" not in attributes, (path, tag)
            assert not [name for name in attributes if name.startswith("on")], (path, tag)
            if tag == "script":
                assert attributes.get("type") in ("module", "application/json"), path
                assert attributes.get("src") or attributes["type"] == "application/json"


def test_every_file_that_a_page_names_is_ours_and_there(page: Any) -> None:
    for path in all_pages():
        named = [
            value for tag, attributes in Elements(page(path)).found
            for name, value in attributes.items()
            if value and attributes.get("rel") != "canonical" and (name == "src" or (name, tag) in NAMING)
        ]
        assert named
        for address in named:
            assert address.startswith("/"), (path, address)
            if address.startswith("/static/"):
                name = address.removeprefix("/static/").partition("#")[0]
                assert any((folder / name).is_file() for folder in STATIC), (path, address)


def test_every_module_imports_only_what_is_there() -> None:
    folder = STATIC[0] / "web"
    modules = list(folder.glob("*.js"))
    assert len(modules) > 15
    for module in modules:
        text = module.read_text()
        for name in re.findall(r'^import .*?"(.+?)";', text, re.MULTILINE):
            assert (folder / name).is_file(), (module.name, name)
        assert "innerHTML" not in text
        assert "http://" not in text.replace("http://www.w3.org", "")
        assert "https://" not in text


def test_every_icon_that_is_used_is_drawn() -> None:
    drawn = set(re.findall(r'symbol id="([a-z-]+)"', (STATIC[1] / "rw" / "icons.svg").read_text()))
    scripts = "\n".join(path.read_text() for path in (STATIC[0] / "web").glob("*.js"))
    pages = "\n".join(path.read_text() for path in (ROOT / "platform" / "web" / "templates").rglob("*.html"))
    quoted = r'(?<!List\.)(?:icon|add|entry|panel|Panel)\((?:\w+, )?"([a-z-]+)"|drawing: "([a-z-]+)"|icon="([a-z-]+)"'
    used = {name for names in re.findall(quoted, scripts + pages) for name in names if name}
    used |= set(re.findall(r"icons.svg' %}#([a-z-]+)", pages))
    assert len(used) > 20
    assert used - {"follow", "like", "save"} <= drawn  # those three name a button first


def test_every_word_that_a_script_says_is_there_in_both_languages(page: Any) -> None:
    said = set()
    for module in (STATIC[0] / "web").glob("*.js"):
        said |= set(re.findall(r'\bsay\("([a-z_]+)"', module.read_text()))
    english, chinese = words(page("/")), words(page("/", "zh-hans"))
    assert said <= set(english)
    assert set(english) == set(chinese)
    same = {key for key in english if english[key] == chinese[key]}
    assert same == set()


def words(html: str) -> dict[str, str]:
    found = re.search(r'<script id="words" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_a_shared_link_shows_the_series_poster_and_no_frame_of_a_locked_episode(page: Any, settings: Any) -> None:
    series = make_series(free_episodes=1, title='Rain & "Ash" <3', synopsis="Who wrote it?")
    make_published(series, 1)
    locked = make_published(series, 2)
    html = page(f"/s/{series.uid}/2")
    tags = dict(OPEN_GRAPH.findall(html))
    assert tags["image"] == f"{settings.PUBLIC_BASE_URL}/api/v1/series/{series.uid}/poster.jpg"
    assert tags["url"] == f"{settings.PUBLIC_BASE_URL}/s/{series.uid}/2"
    assert tags["title"] == "Rain &amp; &quot;Ash&quot; &lt;3 · Episode 2"
    assert f"episodes/{locked.uid}/poster" not in html
    assert "masters/" not in html


def test_an_episode_that_is_not_out_leads_to_its_series_and_no_series_to_a_way_on(client: Client, page: Any) -> None:
    series = make_published().series
    assert client.get(f"/s/{series.uid}/99")["Location"] == f"/s/{series.uid}"
    assert 'href="/search"' in page(f"/s/{uuid.uuid4()}", status=404)
    assert "没有内容" in page("/nowhere", "zh-hans", status=404)


def test_the_language_switch_keeps_the_page_and_the_choice(client: Client) -> None:
    answer = client.post("/lang/", {"language": "zh-hans", "next": "/wallet"})
    assert (answer.status_code, answer["Location"]) == (302, "/wallet")
    assert '<html lang="zh-hans"' in client.get("/wallet").content.decode()


def test_the_manifest_and_its_icons_make_it_installable(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["display"], manifest["start_url"], manifest["scope"]) == ("standalone", "/", "/")
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    for icon in manifest["icons"]:
        assert any((folder / icon["src"].removeprefix("/static/")).is_file() for folder in STATIC)


def test_the_worker_keeps_the_shell_and_never_media_or_the_api(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    listed = re.search(r"const SHELL = (\[.*?\]);", answer.content.decode())
    assert listed
    for path in json.loads(listed[1].replace("OFFLINE", '"/offline"')):
        assert path == "/offline" or path.startswith("/static/")
