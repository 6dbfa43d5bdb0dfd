"""Submitted episodes for moderation tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from catalog import services as catalog
from catalog.models import Episode
from moderation import services
from moderation.models import Review
from tests.builders import make_episode, make_master

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CLEAN = {
    "language": "en", "title": "Rain", "screenplay": {"version": 1, "text": "INT. KITCHEN - NIGHT\n\nMARA\nGo."},
    "shots": [{"prompt": "a kitchen at night", "action": "Mara waits.", "lines": [{"speaker": "MARA", "text": "Go."}]}],
    "cast": [{"name": "MARA", "look": "short hair", "consents": []}],
    "models": [{"name": "animatic", "licence": "Apache-2.0"}],
}


def submit(episode: Episode | None = None, *, evidence: dict[str, Any] | None = None, **master: Any) -> Episode:
    """An episode under review; nobody has opened the review yet."""
    episode = episode or make_episode()
    version = episode.masters.count() + 1
    made = make_master(episode, version=version, **master)
    return catalog.episode_submit(episode=episode, master=made, evidence=evidence or CLEAN, now=NOW)


def opened(episode: Episode | None = None, **fields: Any) -> Review:
    """A pending review."""
    episode = submit(episode, **fields)
    services.reviews_open_pending(now=NOW)
    return Review.objects.get(master_id=episode.master_id)
