"""The catalogue's clockwork."""

from celery import shared_task
from django.utils import timezone

from catalog import services


@shared_task(name="catalog.release_due", ignore_result=True)
def release_due() -> None:
    """Show what is due. Rung by beat; a missed or doubled ring changes nothing."""
    services.release_due(now=timezone.now())
