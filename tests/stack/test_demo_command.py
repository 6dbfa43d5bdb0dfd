"""`manage.py demo` as a newcomer types it, on a private state folder: real servers, real workers, real pictures."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from stack.demo.people import COINS, MODERATOR, PASSWORD, STUDIO, VIEWER
from tests.live import ROOT, Person, Platform, free_port
from tests.stack.processes import environment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


class Demo:
    """One `manage.py demo --json` that makes the first episode of each series."""

    def __init__(self, state: Path, *options: str) -> None:
        self.port, self.events = free_port(), list[dict[str, Any]]()
        self.state, self.environment = state, environment(state)
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "demo", "--json", "--episodes", "1", "--port", str(self.port),
             *options],
            env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )

    def lines(self) -> Iterator[dict[str, Any]]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.append(json.loads(line))
            yield self.events[-1]

    def until(self, words: str) -> None:
        """Read until a note or a stage says this."""
        for event in self.lines():
            if words in event.get("message", "") or words == event.get("stage"):
                return
        raise AssertionError(f"`demo` ended with {self.process.wait()}: {self.events}")

    def end(self, signo: signal.Signals | None = None) -> int:
        if signo:
            self.process.send_signal(signo)
        list(self.lines())
        code = self.process.wait(60)
        if self.process.stdout:
            self.process.stdout.close()
        return code

    def person(self, email: str) -> Person:
        person = Person(Platform(f"http://127.0.0.1:{self.port}", self.state, self.environment, self.process))  # type: ignore[arg-type]
        person.token = person.post("auth/token", email=email, password=PASSWORD)["access"]
        return person

    def doors(self) -> dict[str, Any]:
        return next(event for event in self.events if event["event"] == "doors")

    def stages(self) -> list[tuple[str, str]]:
        return [(event["series"], event["stage"]) for event in self.events if event["event"] == "episode"]


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    """Starts demos on one private state folder; none outlives the test."""
    demos: list[Demo] = []

    def start(*options: str) -> Demo:
        demos.append(Demo(tmp_path / "state", *options))
        return demos[-1]

    yield start
    for demo in demos:
        if demo.process.poll() is None:
            demo.end(signal.SIGTERM)


def test_a_newcomer_watches_what_the_machine_has_made_and_a_second_run_makes_nothing(
    begun: Callable[..., Demo],
) -> None:
    cut_off = begun()
    cut_off.until("rendering")
    assert cut_off.end(signal.SIGTERM) == 0
    demo = begun()
    demo.until("2 of 2 episodes are published")
    look_around(demo)
    beside = begun()  # typed again in another terminal while the first runs
    assert beside.end() == 0
    assert beside.doors() == demo.doors()
    assert {stage for _, stage in beside.stages()} == {"published"}
    assert demo.end(signal.SIGINT) == 0
    again = begun("--exit-when-done")
    assert again.end() == 0
    assert {stage for _, stage in again.stages()} == {"published"}


def look_around(demo: Demo) -> None:
    """What people find behind the doors."""
    viewer = demo.person(VIEWER.email)
    shown = viewer.get("feed?limit=10")["items"]
    assert {item["series"]["title"] for item in shown} == {"Late for My Funeral", "爱我三万天"}
    for item in shown:
        assert 35_000 <= item["episode"]["duration_ms"] <= 55_000
        grant = viewer.post(f"episodes/{item['episode']['uid']}/playback")
        assert viewer.fetch(grant["master_url"]).text.startswith("#EXTM3U")
    assert viewer.get("wallet")["bonus"] == COINS
    assert demo.person(MODERATOR.email).get("moderation/reviews")["results"] == []
    maker = demo.person(STUDIO.email)
    [studio] = maker.get("studio/creators")["results"]
    mine = maker.get(f"studio/series?creator={studio['uid']}")["results"]
    assert {series["title"] for series in mine} == {item["series"]["title"] for item in shown}
    assert requests.get(demo.doors()["doors"][3]["url"], timeout=10).status_code == 200

