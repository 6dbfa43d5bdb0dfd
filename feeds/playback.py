"""May this viewer play this episode: the one place that decides it, and the grant that follows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.models import User
from catalog.models import Episode, Master
from common.errors import PaymentRequired
from feeds.selectors import playable_episode
from media.grants import MAX_SECONDS, Grant, sign
from media.urls_for import media_path
from payments.paywall import access, ways_to_unlock

GRANT_LENGTHS = 5  # a grant lives five times as long as its episode, so that a pause does not end it


@dataclass(frozen=True, slots=True)
class Playback:
    """Addresses on this host, all below one grant, and where to go on."""

    master_url: str
    renditions: tuple[dict[str, Any], ...]
    subtitles: tuple[dict[str, Any], ...]
    poster_url: str
    duration_ms: int
    position_ms: int
    expires_at: datetime
    refresh_after: datetime


def playback_open(*, user: User, uid: uuid.UUID, now: datetime) -> Playback:
    """A grant if the episode is free, bought, or covered by a pass or membership. At most two queries.

    Raises `NotFound`, or `PaymentRequired` whose details are every way to unlock it.
    """
    episode = playable_episode(uid=uid, user_id=user.pk)
    if not access(user_id=user.pk, episodes=[episode])[episode.pk].allowed:
        refusal = PaymentRequired()
        refusal.details = ways_to_unlock(user=user, episode=episode, now=now)
        raise refusal
    master = episode.master
    assert master is not None  # a constraint of the table: past draft there is one
    seconds = min(max(settings.GRANT_SECONDS, GRANT_LENGTHS * master.duration_ms // 1000), MAX_SECONDS)
    grant = sign(subject=str(user.subject), prefix=master.prefix, scope="play", now=now, seconds=seconds)
    return _playback(episode, master, grant)


def _playback(episode: Episode, master: Master, grant: Grant) -> Playback:
    ladder, captions = episode.ladder, episode.captions  # type: ignore[attr-defined]
    return Playback(
        master_url=media_path(grant.token, Master.PLAYLIST),
        renditions=tuple(_with_url(entry, grant) for entry in ladder),
        subtitles=tuple(_with_url(entry, grant) for entry in captions),
        poster_url=media_path(grant.token, Master.POSTER),
        duration_ms=master.duration_ms,
        position_ms=episode.resume_ms or 0,  # type: ignore[attr-defined]
        expires_at=grant.expires_at,
        refresh_after=grant.refresh_after,
    )


def _with_url(entry: dict[str, Any], grant: Grant) -> dict[str, Any]:
    """The entry with an address in the place of its path."""
    return {name: value for name, value in entry.items() if name != "path"} | {
        "url": media_path(grant.token, entry["path"])
    }
