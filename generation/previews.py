"""A creator's look at their own render before anybody else sees it."""

from datetime import datetime
from typing import Any

from catalog.models import Master
from common.errors import Conflict
from generation.models import Render
from media import grants
from media.urls_for import media_path


def render_preview(*, render: Render, subject: str, now: datetime) -> dict[str, Any]:
    """A grant of scope "preview" over the render's master, and the addresses in it. Raises `Conflict` if not done."""
    master = render.master
    if master is None:
        raise Conflict(f"This render is {render.status}.", code="render_not_done", remedy="Wait until it is done.")
    grant = grants.sign(subject=subject, prefix=master.prefix, scope="preview", now=now)
    return {
        "master_url": media_path(grant.token, Master.PLAYLIST),
        "poster": media_path(grant.token, Master.POSTER),
        "contact_sheet": media_path(grant.token, Master.CONTACT_SHEET),
        "renditions": [
            {"name": rung.name, "url": media_path(grant.token, rung.path), "width": rung.width, "height": rung.height}
            for rung in master.renditions.order_by("-height")
        ],
        "subtitles": {row.language: media_path(grant.token, row.path) for row in master.subtitles.all()},
        "expires_at": grant.expires_at,
        "refresh_after": grant.refresh_after,
    }
