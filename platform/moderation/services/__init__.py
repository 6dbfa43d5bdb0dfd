"""What moderation does. Every decision is a compare-and-swap, and leaves an audit entry in the same transaction."""

from moderation.services.appeals import appeal_create
from moderation.services.decisions import episode_restore, episode_take_down, review_approve, review_reject
from moderation.services.opening import reviews_open_pending
from moderation.services.reports import report_create

__all__ = [
    "appeal_create", "episode_restore", "episode_take_down", "report_create", "review_approve", "review_reject",
    "reviews_open_pending",
]
