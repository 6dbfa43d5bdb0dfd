"""A video service beside the test, and a card that is in a hurry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from generation.engines.remote import driving
from tests.twins.videos import Videos, videos

CARD = """
name = "twin"
title = "The twin"
model = "twin-1"
sizes = ["96x160", "160x96"]
seconds = [2, 3, 4]
image = true
audio = {audio}
negative = "blurred"
metadata = {metadata}
settles_seconds = 0.6
deadline_seconds = {deadline}
wall = 1
[fields]
seed = "seed"
negative = "negative_prompt"
[licence]
name = "Twin"
url = "https://example.org/licence"
commercial = "yes"
source = "this test"
read_on = "2026-11-24"
verified = true
"""


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Write the house's card; again with other words."""
    made = iter(range(100))

    def write(*, metadata: bool = True, audio: bool = False, deadline: float = 60) -> Path:
        path = tmp_path / f"service-{next(made)}.toml"
        path.write_text(CARD.format(metadata=str(metadata).lower(), audio=str(audio).lower(), deadline=deadline))
        monkeypatch.setenv("RW_REMOTE_CARD", str(path))
        return path

    write()
    return write


@pytest.fixture
def twin(card, monkeypatch: pytest.MonkeyPatch) -> Iterator[Videos]:
    """The service, and an environment that knows it; waiting is ten times as fast."""
    monkeypatch.setattr(driving, "POLL", 0.05)
    monkeypatch.setattr(driving, "AWAY_PAUSE", 0.05)
    monkeypatch.setattr(driving, "AWAY_MOST", 3.0)
    monkeypatch.setattr(driving, "FRESH", 1.0)
    with videos() as service:
        monkeypatch.setenv("RW_REMOTE_URL", service.url)
        monkeypatch.setenv("RW_REMOTE_KEY", service.key)
        yield service
