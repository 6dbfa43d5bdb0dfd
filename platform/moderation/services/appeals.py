"""Creators' appeals. Lock order: appeal, review, episode, series."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from catalog import services as catalog
from catalog.models import Episode
from common.errors import Conflict, Forbidden, NotFound
from common.transitions import move
from creators.selectors import is_member
from moderation.models import Appeal, AuditEntry, Review
from moderation.services.audit import audit


@transaction.atomic
def appeal_create(*, review: Review, by: User, text: str, now: datetime) -> Appeal:
    """Ask for a rejection to be looked at again: once a review, by a member of its creator.

    Raises `NotFound` for anyone else, `Conflict` if it was not rejected or was appealed before.
    """
    if not is_member(user=by, creator_id=review.episode.series.creator_id):
        raise NotFound()
    locked = Review.objects.select_for_update(no_key=True).get(pk=review.pk)
    if locked.status != Review.Status.REJECTED or Appeal.objects.filter(review=locked).exists():
        raise Conflict("Only a rejection can be appealed, and only once.", code="not_appealable")
    appeal = Appeal.objects.create(review=locked, appellant=by, text=text)
    audit(
        action=AuditEntry.Action.APPEAL_MADE, by=by, episode_uid=review.episode.uid, review_uid=review.uid, now=now
    )
    return appeal


@transaction.atomic
def appeal_decide(*, appeal: Appeal, outcome: Appeal.Status, by: User, note: str, now: datetime) -> Appeal:
    """Grant an appeal, which passes the master on the spot, or uphold the rejection. `note` is for the creator.

    Raises `Forbidden` for whoever rejected it, `Conflict` if it was decided before or another master came since.
    """
    if appeal.review.decided_by_id == by.pk:
        raise Forbidden("You made this decision: somebody else has to look at it.", code="own_decision")
    if not move(appeal, expect=Appeal.Status.OPEN, to=outcome, updated_at=now):
        raise Conflict("This appeal has been decided already.", code="already_decided")
    granted = outcome == Appeal.Status.GRANTED
    if granted:
        _overturn(appeal.review, by=by, note=note, now=now)
    audit(
        action=AuditEntry.Action.APPEAL_GRANTED if granted else AuditEntry.Action.APPEAL_UPHELD, by=by, now=now,
        episode_uid=appeal.review.episode.uid, review_uid=appeal.review.uid, note=note,
    )
    return appeal


def _overturn(review: Review, *, by: User, note: str, now: datetime) -> None:
    turned: dict[str, Any] = {"reason_code": "", "note": note, "decided_by": by, "decided_at": now, "updated_at": now}
    if not move(review, expect=Review.Status.REJECTED, to=Review.Status.APPROVED, **turned):
        raise Conflict("This review is no rejection any more.", code="already_decided")
    episode = Episode.objects.select_for_update(no_key=True).get(pk=review.episode_id)
    if episode.master_id != review.master_id:
        raise Conflict(
            "A newer version has been submitted since.", code="episode_moved_on",
            remedy="Judge the newer version; the appeal against this one can only be turned down.",
        )
    catalog.episode_reconsider(episode=episode, now=now)
