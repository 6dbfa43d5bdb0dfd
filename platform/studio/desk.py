"""What an episode's editor starts with, as one JSON document. The rest it asks of the API."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from catalog.models import Episode, Series
from generation.boards import renders_of, versions_of
from generation.cast import screenplay_latest
from generation.models import Render, Screenplay
from moderation.models import Review
from moderation.selectors import reviews_of
from studio import labels

MAX_REVIEWS = 10


def document(*, episode: Episode) -> dict[str, Any]:
    """Text, versions, renders and reviews of an episode. Four queries."""
    text = screenplay_latest(episode=episode)
    return {
        "episode": str(episode.uid),
        "series": str(episode.series.uid),
        "creator": str(episode.series.creator.uid),
        "language": episode.series.language,
        "status": episode.status,
        "source": text.source if text else "",
        "version": text.version if text else 0,
        "versions": [_version(row) for row in versions_of(episode=episode)] if text else [],
        "renders": [_render(row) for row in renders_of(episode=episode)],
        "profiles": settings.PROFILES,
        "reviews": [_review(row) for row in reviews_of(episode).order_by("-pk")[:MAX_REVIEWS]],
        "submitted_master": str(episode.master.uid) if episode.master else None,
    }


def batch_document(*, series: Series) -> dict[str, Any]:
    """What rendering a whole series starts with. Asks for nothing."""
    return {"series": str(series.uid), "creator": str(series.creator.uid), "profiles": settings.PROFILES}


def _version(row: Screenplay) -> dict[str, Any]:
    return {
        "version": row.version, "at": row.created_at.isoformat(), "by": str(row.created_by or ""),
        "shots": row.shot_count, "ms": row.estimated_ms,
    }


def _render(row: Render) -> dict[str, Any]:
    return {
        "uid": str(row.uid), "status": row.status, "version": row.screenplay.version, "profile": row.profile,
        "percent": round(row.percent, 1), "at": row.created_at.isoformat(),
        "master": str(row.master.uid) if row.master else None,
        "submitted": bool(row.master and row.master.submitted_at),
    }


def _review(row: Review) -> dict[str, Any]:
    return {
        "status": row.status, "version": row.master.version, "note": row.note,
        "reason": labels.reason(row.reason_code), "at": row.decided_at.isoformat() if row.decided_at else None,
    }
