"""The queue as the console shows it: what waits longest comes first, and every neighbour is one index step away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from moderation.models import Finding, Review

PLACE_MAX = 500


def with_findings(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Reviews with `blocks` and `warnings`, counted only for the rows that a page shows."""
    return reviews.select_related("episode__series__creator", "master").annotate(
        blocks=_number(Finding.Severity.BLOCK), warnings=_number(Finding.Severity.WARNING)
    ).defer("master__evidence")


def _number(severity: str) -> Any:
    found = Finding.objects.filter(review=OuterRef("pk"), severity=severity).order_by().values("review")
    counted = found.annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def pending() -> QuerySet[Review]:
    """Reviews that wait, the longest waiting first (a uid grows with the time it was made)."""
    return Review.objects.filter(status=Review.Status.PENDING).order_by("uid")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a review stands among those that wait; `number` is 0 for one that has been decided."""

    number: int
    waiting: str
    previous: UUID | None
    following: UUID | None


def place_of(review: Review) -> Place:
    """Four bounded queries. The ends of the queue are neighbours, so that nobody walks into a wall."""
    others = pending().exclude(pk=review.pk).values_list("uid", flat=True)
    after = others.filter(uid__gt=review.uid).first() or others.first()
    before = others.filter(uid__lt=review.uid).order_by("-uid").first() or others.order_by("-uid").first()
    ahead = pending().filter(uid__lte=review.uid)[: PLACE_MAX + 1].count()
    total = pending()[: PLACE_MAX + 1].count()
    return Place(
        number=ahead if review.status == Review.Status.PENDING else 0,
        waiting=f"{PLACE_MAX}+" if total > PLACE_MAX else str(total), previous=before, following=after,
    )


def next_after(review: Review | None) -> UUID | None:
    """The next open review after this one, or the first of the queue."""
    rows = pending().values_list("uid", flat=True)
    return (rows.filter(uid__gt=review.uid).first() if review else None) or rows.first()


def history_of_creator(review: Review) -> list[Review]:
    """The last decisions about anything of the same creator."""
    return list(
        Review.objects.filter(episode__series__creator=review.episode.series.creator_id)
        .exclude(status=Review.Status.PENDING)
        .exclude(pk=review.pk)
        .select_related("episode__series", "decided_by")
        .order_by(F("decided_at").desc())[:8]
    )


def waiting_since(review: Review) -> datetime:
    """When its master was submitted; reviews are opened seconds later."""
    return review.master.submitted_at or review.created_at
