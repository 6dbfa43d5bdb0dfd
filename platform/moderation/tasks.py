"""Moderation's clockwork."""

from celery import shared_task
from django.utils import timezone

from moderation import services


@shared_task(name="moderation.open_pending", ignore_result=True)
def open_pending() -> None:
    """Open a review for every submitted master that has none. Rung after submission and by beat."""
    services.reviews_open_pending(now=timezone.now())
