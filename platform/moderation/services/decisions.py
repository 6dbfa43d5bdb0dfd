"""Decisions. Lock order: review, episode, series; of two people who decide at once, one wins and one is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from catalog import services as catalog
from catalog.models import Episode
from common.errors import Conflict
from common.transitions import move
from moderation.models import AuditEntry, Finding, Reason, Review
from moderation.services.audit import audit
from safety.gate import require_licences


@transaction.atomic
def review_approve(*, review: Review, by: User, now: datetime, note: str = "") -> Review:
    """Pass the master: its episode is shown, or waits for its release.

    Raises `Conflict` if someone decided before, or if a finding blocks and `note` does not say why it may pass;
    `LicenceForbids` for models that no note makes ours to show.
    """
    require_licences(review.master.evidence)
    blocked = list(review.findings.filter(severity=Finding.Severity.BLOCK).values_list("code", flat=True))
    if blocked and not note.strip():
        raise Conflict(
            "A finding stands against this.", code="blocking_findings",
            remedy="Reject it, or say in the note why it may pass.", findings=sorted(set(blocked)),
        )
    _decide(review, Review.Status.APPROVED, by=by, now=now, note=note)
    catalog.episode_approve(episode=_episode_under(review), now=now)
    _write(AuditEntry.Action.REVIEW_APPROVED, review, by, now, note=note, overruled=sorted(set(blocked)))
    return review


@transaction.atomic
def review_reject(*, review: Review, by: User, reason_code: Reason, note: str, now: datetime) -> Review:
    """Send the episode back with a reason; it can be fixed and submitted again. Raises `Conflict`."""
    _decide(review, Review.Status.REJECTED, by=by, now=now, note=note, reason_code=reason_code)
    catalog.episode_reject(episode=_episode_under(review), now=now)
    _write(AuditEntry.Action.REVIEW_REJECTED, review, by, now, note=note, reason_code=reason_code)
    return review


@transaction.atomic
def episode_take_down(*, episode: Episode, by: User, reason_code: Reason, note: str, now: datetime) -> Episode:
    """Withdraw a shown or scheduled episode; its creator cannot bring it back. Raises `Conflict`."""
    catalog.episode_withdraw(episode=episode, by=Episode.WithdrawnBy.MODERATOR, now=now)
    audit(
        action=AuditEntry.Action.EPISODE_TAKEN_DOWN, by=by, episode_uid=episode.uid, now=now,
        reason_code=reason_code, note=note,
    )
    return episode


@transaction.atomic
def episode_restore(*, episode: Episode, by: User, note: str, now: datetime) -> Episode:
    """Show a withdrawn episode again. Raises `Conflict`."""
    withdrawn_by = episode.withdrawn_by
    catalog.episode_restore(episode=episode, now=now)
    audit(
        action=AuditEntry.Action.EPISODE_RESTORED, by=by, episode_uid=episode.uid, now=now, note=note,
        withdrawn_by=withdrawn_by,
    )
    return episode


def _decide(review: Review, to: Review.Status, *, by: User, now: datetime, **also: str) -> None:
    won = move(review, expect=Review.Status.PENDING, to=to, decided_by=by, decided_at=now, updated_at=now, **also)
    if not won:
        raise Conflict("This review has been decided already.", code="already_decided")


def _episode_under(review: Review) -> Episode:
    """The episode, if this master is still the one under review."""
    episode = Episode.objects.select_for_update(no_key=True).get(pk=review.episode_id)
    if episode.master_id != review.master_id:
        raise Conflict("Another master is under review by now.", code="episode_moved_on")
    return episode


def _write(action: AuditEntry.Action, review: Review, by: User, now: datetime, **data: Any) -> None:
    audit(
        action=action, by=by, episode_uid=review.episode.uid, review_uid=review.uid, now=now,
        evidence_sha256=review.master.evidence_sha256, **data,
    )
