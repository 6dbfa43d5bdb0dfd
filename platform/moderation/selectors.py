"""What moderators may ask. Reviews come with all that a page shows, in a fixed number of queries."""

from __future__ import annotations

import uuid

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from catalog.models import Episode
from common.errors import NotFound
from moderation.models import Finding, Review

MAX_EARLIER = 50


def episodes_without_review() -> QuerySet[Episode]:
    """Submitted episodes whose master nobody has opened a review for, oldest first."""
    opened = Review.objects.filter(master_id=OuterRef("master_id"))
    return Episode.objects.filter(~Exists(opened), status=Episode.Status.IN_REVIEW).order_by("submitted_at", "id")


def queue(*, status: str) -> QuerySet[Review]:
    """Reviews of a status with their episode, series, creator, and how many findings are loud."""
    return (
        Review.objects.filter(status=status)
        .select_related("episode__series__creator", "master")
        .annotate(
            blocks=Count("findings", filter=Q(findings__severity=Finding.Severity.BLOCK)),
            warnings=Count("findings", filter=Q(findings__severity=Finding.Severity.WARNING)),
        )
    )


def review_by_uid(uid: uuid.UUID) -> Review:
    """One review with findings, master and episode; raises `NotFound`."""
    found = (
        Review.objects.select_related("episode__series__creator", "master", "decided_by")
        .prefetch_related("findings", "master__renditions", "master__subtitles")
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def earlier_decisions(review: Review) -> QuerySet[Review]:
    """Decided reviews of the same episode's other masters, the newest first."""
    decided = Review.objects.filter(episode_id=review.episode_id).exclude(status=Review.Status.PENDING)
    return decided.exclude(pk=review.pk).select_related("master", "decided_by").order_by("-decided_at")[:MAX_EARLIER]


def episode_by_uid(uid: uuid.UUID) -> Episode:
    """Any episode, for those who may see all; raises `NotFound`."""
    found = Episode.objects.select_related("series__creator", "master").filter(uid=uid).first()
    if found is None:
        raise NotFound()
    return found


def reviews_of(episode: Episode) -> QuerySet[Review]:
    """Every review of an episode, for its makers."""
    return Review.objects.filter(episode=episode).select_related("master")
