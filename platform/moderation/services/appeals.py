"""Creators' appeals."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import Conflict, NotFound
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
