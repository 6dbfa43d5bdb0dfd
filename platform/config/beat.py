"""What beat rings, and how often in seconds. All of it is safe to run twice, anywhere, and to miss."""

from typing import Any

from celery.schedules import crontab

from config import env

# at an hour of the night, and not every so many seconds: a beat that is replaced daily would never come to them
NIGHTLY = {"artifacts": crontab(hour=3, minute=17), "tokens": crontab(hour=3, minute=47)}

SCHEDULE: dict[str, dict[str, Any]] = {
    "generation-sweep": {"task": "generation.sweep", "schedule": env.number("RW_SWEEP_SECONDS", 5)},
    "generation-admit-batches": {"task": "generation.admit_batches", "schedule": env.number("RW_SWEEP_SECONDS", 5)},
    "generation-tend-remote": {"task": "generation.tend_remote", "schedule": 15},
    "generation-collect-artifacts": {"task": "generation.collect_artifacts", "schedule": NIGHTLY["artifacts"]},
    "catalog-release-due": {"task": "catalog.release_due", "schedule": 30},
    "moderation-open-pending": {"task": "moderation.open_pending", "schedule": 15},
    "accounts-forget-expired": {"task": "accounts.forget_expired_tokens", "schedule": NIGHTLY["tokens"]},
    "payments-process-events": {"task": "payments.process_events", "schedule": 15},
}
