"""What the demo tells while it works, to people and to programs, and what it does beside another."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from accounts.models import User
from catalog.models import Episode
from stack.demo.making import Stage, Work, next_to_begin
from stack.demo.people import PASSWORD, STUDIO, VIEWER
from stack.demo.showing import Bars, JsonLines
from stack.demo.stories import all_stories, in_order
from stack.lock import StackLock
from stack.management.commands.demo import Command
from stack.places import StackError
from stack.status import Status
from tests.stack.demo_ear import Quiet

STORIES = all_stories()
# the same series with episodes of a few shots

STORIES = all_stories()
URL = "http://127.0.0.1:8000"


def stages(*wanted: tuple[Stage, float]) -> list[Work]:
    story, chapter = in_order(STORIES)[0]
    return [Work(story, chapter, Episode(pk=i), stage, percent) for i, (stage, percent) in enumerate(wanted)]


WAITS = (Stage.WAITING, 0.0)


@pytest.mark.parametrize(
    ("works", "expected"),
    [
        ([WAITS, WAITS], 0),
        ([(Stage.RENDERING, 99.0), WAITS], None),  # nothing competes with the first
        ([(Stage.FAILED, 50.0), WAITS], 1),
        ([(Stage.PUBLISHED, 100.0), (Stage.RENDERING, 40.0), WAITS], None),
        ([(Stage.PUBLISHED, 100.0), (Stage.RENDERING, 90.0), WAITS], 2),
        ([(Stage.PUBLISHED, 100.0), (Stage.RENDERING, 90.0), (Stage.REVIEW, 100.0), WAITS], None),
        ([(Stage.PUBLISHED, 100.0)], None),
    ],
)
def test_one_begins_when_the_one_before_nearly_ends(works: list[tuple[Stage, float]], expected: int | None) -> None:
    found = next_to_begin(stages(*works))
    assert (found and found.episode.pk) == expected


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another demo of this state folder is at work."""
    monkeypatch.setenv("RW_STATE_DIR", str(tmp_path))
    lock = StackLock(tmp_path / "demo.lock")
    assert lock.take()
    yield
    lock.release()


@pytest.mark.django_db
def test_a_demo_beside_another_only_opens_the_same(held: None) -> None:
    shows = Quiet()
    assert Command()._demo(Status(1, "manage.py demo", "ready", URL, "", ""), shows, None) == []
    assert shows.said == ["another demo is making the episodes"]
    assert shows.doors_at == [URL]
    assert not User.objects.exists()


def test_a_stack_without_pages_is_refused() -> None:
    with pytest.raises(StackError, match=r"manage\.py render"):
        Command()._demo(Status(1, "manage.py render", "ready", "", "", ""), Quiet(), None)


def test_programs_are_told_each_change_once() -> None:
    lines: list[str] = []
    shows = JsonLines(lines.append)
    [one] = stages((Stage.RENDERING, 10.0))
    shows.works([one])
    shows.works([one])
    one.stage = Stage.PUBLISHED
    shows.works([one])
    shows.doors(URL)
    told = [json.loads(line) for line in lines]
    assert [each.get("stage") for each in told] == ["rendering", "published", None]
    assert told[0] == {
        "event": "episode", "series": "Late for My Funeral", "number": 1, "title": "Till Death",
        "uid": str(one.episode.uid), "stage": "rendering", "note": "",
    }
    paths = ("/", "/studio/", "/console/", "/api/docs/")
    assert [door["url"] for door in told[2]["doors"]] == [f"{URL}{path}" for path in paths]
    assert told[2]["password"] == PASSWORD


def test_people_see_a_line_for_each_change_and_a_table_of_addresses() -> None:
    out = io.StringIO()
    shows = Bars(Console(file=out, width=100))
    [one] = stages((Stage.RENDERING, 10.0))
    with shows.showing():
        shows.works([one])
        shows.works([one])
        shows.doors(URL)
    said = out.getvalue()
    assert said.count("Late for My Funeral 1: Till Death: rendering") == 1
    for words in (f"{URL}/studio/", f"{URL}/console/", f"{URL}/api/docs/", VIEWER.email, STUDIO.email, PASSWORD):
        assert words in said
