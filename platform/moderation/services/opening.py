"""Submitted masters become reviews. The rows themselves are the queue: a lost message loses nothing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from catalog.models import Episode
from moderation import evidence
from moderation.models import AuditEntry, Finding, Review
from moderation.selectors import episodes_without_review
from moderation.services.audit import audit
from safety import text

MAX_A_RUN = 500


def reviews_open_pending(*, now: datetime) -> int:
    """Open a review, with its findings, for each submitted master that has none; returns how many.

    Several processes may run it at once: each takes rows that no other holds.
    """
    opened = 0
    for _ in range(MAX_A_RUN):
        created = _open_next(now)
        if created is None:
            break
        opened += created
    return opened


@transaction.atomic
def _open_next(now: datetime) -> bool | None:
    """Whether a review was opened here (another process may have been quicker); None if nothing waits."""
    waiting = episodes_without_review().select_related("master")
    episode = waiting.select_for_update(skip_locked=True, of=("self",), no_key=True).first()
    if episode is None or episode.master is None:
        return None
    review, created = Review.objects.get_or_create(
        master=episode.master, defaults={"episode": episode, "rules_version": text.VERSION}
    )
    if created:
        _look(review, episode, now)
    return created


def _look(review: Review, episode: Episode, now: datetime) -> None:
    found = evidence.check(review.master.evidence, duration_ms=review.master.duration_ms)
    Finding.objects.bulk_create([
        Finding(
            review=review, code=one.code, severity=one.severity, place=one.place, start=one.start, end=one.end,
            excerpt=one.excerpt,
        )
        for one in found
    ])
    audit(
        action=AuditEntry.Action.REVIEW_OPENED, by=None, episode_uid=episode.uid, review_uid=review.uid, now=now,
        evidence_sha256=review.master.evidence_sha256, findings=len(found), rules_version=review.rules_version,
    )
