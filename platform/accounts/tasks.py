"""Housekeeping."""

from celery import shared_task
from django.utils import timezone

from accounts.services.tokens import tokens_forget_expired

BATCH = 5000
MOST_BATCHES = 200


@shared_task(name="accounts.forget_expired_tokens", ignore_result=True)
def forget_expired_tokens() -> None:
    """Keeps the blacklist as small as the refresh tokens that could still be tried."""
    now = timezone.now()
    for _ in range(MOST_BATCHES):
        if tokens_forget_expired(now=now, batch=BATCH) < BATCH:
            return
