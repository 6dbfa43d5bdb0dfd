"""What a reviewer watches: moderation decides that they may, media signs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import User
from catalog.models import Master
from media import grants
from media.urls_for import media_path

REVIEW_SECONDS = 3600  # a reviewer watches twice and reads the evidence


def review_poster(*, master: Master, by: User, now: datetime) -> str:
    """The signed address of a master's poster, for those who may review it."""
    grant = grants.sign(subject=str(by.subject), prefix=master.prefix, scope="review", now=now, seconds=REVIEW_SECONDS)
    return media_path(grant.token, Master.POSTER)


def review_preview(*, master: Master, by: User, now: datetime) -> dict[str, Any]:
    """Signed addresses of everything a decision needs to look at, as `serializers.Preview` shows them."""
    grant = grants.sign(subject=str(by.subject), prefix=master.prefix, scope="review", now=now, seconds=REVIEW_SECONDS)
    best = max(master.renditions.all(), key=lambda rung: rung.bitrate, default=None)
    return {
        "master_url": media_path(grant.token, Master.PLAYLIST),
        "video_url": media_path(grant.token, best.path) if best else "",
        "poster_url": media_path(grant.token, Master.POSTER),
        "contact_sheet_url": media_path(grant.token, Master.CONTACT_SHEET),
        "subtitles": {one.language: media_path(grant.token, one.path) for one in master.subtitles.all()},
        "expires_at": grant.expires_at,
        "refresh_after": grant.refresh_after,
    }
