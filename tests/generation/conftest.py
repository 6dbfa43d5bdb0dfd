"""Fixtures of rendering."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.builders import make_creator, make_episode, make_series, make_user
from tests.generation.tiny import install, written


@pytest.fixture(autouse=True)
def shelf_of_its_own(settings: Any, tmp_path: Path) -> None:
    """Whatever a test stores lies in its own folder."""
    local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "shelf")}}
    settings.STORAGES = settings.STORAGES | {"default": local}


@pytest.fixture
def tiny(monkeypatch):
    """What the steps ran, in order."""
    ran: list[str] = []
    install(monkeypatch, lambda kind, spec, ctx: ran.append(kind))
    return ran


@pytest.fixture
def studio(api):
    """A member's client and an episode with a screenplay."""
    owner = make_user()
    episode = written(episode=make_episode(make_series(make_creator(owner))))
    return api(owner), episode
