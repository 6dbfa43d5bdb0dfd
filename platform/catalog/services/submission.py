"""Handing an episode to review: the evidence is frozen, and the episode waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from catalog.models import Episode, Master
from common.canonical import canonical, digest
from common.doorbell import ring_after_commit
from common.errors import Conflict, Invalid
from common.transitions import move

MAX_EVIDENCE_BYTES = 4 << 20
SUBMITTABLE = (Episode.Status.DRAFT, Episode.Status.REJECTED)


@transaction.atomic
def episode_submit(
    *, episode: Episode, master: Master, evidence: dict[str, Any], now: datetime, release_at: datetime | None = None
) -> Episode:
    """Put `master` under review with `evidence` (JSON) frozen beside it: DRAFT or REJECTED -> IN_REVIEW.

    With `release_at` it will be shown then, if it has passed; otherwise as soon as it has. Raises `Conflict` if the
    status moved on or the master was submitted before, `Invalid` for bad evidence or a release that lies in the past.
    """
    if master.episode_id != episode.pk:
        raise Invalid("That master belongs to another episode.", code="foreign_master")
    if release_at is not None and release_at <= now:
        raise Invalid("The release lies in the past.", code="release_in_past", remedy="Name a later time, or none.")
    moved = move(
        episode, expect=SUBMITTABLE, to=Episode.Status.IN_REVIEW, master=master, release_at=release_at,
        submitted_at=now, updated_at=now,
    )
    if not moved:
        raise Conflict("Only a draft or a rejected episode can be submitted.", code="not_submittable")
    _freeze(master, evidence, now)
    ring_after_commit("moderation.open_pending")
    return episode


def _freeze(master: Master, evidence: dict[str, Any], now: datetime) -> None:
    """Write the evidence once; the digest is of what the database keeps, so that it can be checked at any time.

    (jsonb has its own spelling of some numbers: what was sent and what is read back may differ as text.)
    """
    try:
        size = len(canonical(evidence))
    except (TypeError, ValueError) as broken:
        raise Invalid("The evidence is no JSON.", code="bad_evidence") from broken
    if not evidence or size > MAX_EVIDENCE_BYTES or _holds_nul(evidence):
        raise Invalid(f"Evidence is 1 to {MAX_EVIDENCE_BYTES} bytes of text.", code="bad_evidence")
    fresh = Master.objects.filter(pk=master.pk, evidence_sha256="")
    if not fresh.update(evidence=evidence, submitted_at=now, updated_at=now):
        raise Conflict(
            "This master was reviewed before.", code="master_already_submitted", remedy="Render it again, then submit."
        )
    kept = Master.objects.values_list("evidence", flat=True).get(pk=master.pk)
    Master.objects.filter(pk=master.pk).update(evidence_sha256=digest(kept))
    master.refresh_from_db(fields=["evidence", "evidence_sha256", "submitted_at", "updated_at"])


def _holds_nul(value: Any) -> bool:
    """PostgreSQL keeps every character but this one."""
    if isinstance(value, dict):
        return any(_holds_nul(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple):
        return any(_holds_nul(part) for part in value)
    return isinstance(value, str) and "\0" in value
