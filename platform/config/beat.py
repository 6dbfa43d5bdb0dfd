"""What beat rings, and how often in seconds. All of it is safe to run twice, anywhere, and to miss."""

from typing import Any

from config import env

DAY = 86_400

SCHEDULE: dict[str, dict[str, Any]] = {
    "generation-sweep": {"task": "generation.sweep", "schedule": env.number("RW_SWEEP_SECONDS", 5)},
    "generation-admit-batches": {"task": "generation.admit_batches", "schedule": env.number("RW_SWEEP_SECONDS", 5)},
    "generation-collect-artifacts": {"task": "generation.collect_artifacts", "schedule": DAY},
    "catalog-release-due": {"task": "catalog.release_due", "schedule": 30},
    "moderation-open-pending": {"task": "moderation.open_pending", "schedule": 15},
    "accounts-forget-expired": {"task": "accounts.forget_expired_tokens", "schedule": DAY},
    "payments-process-events": {"task": "payments.process_events", "schedule": 15},
}
