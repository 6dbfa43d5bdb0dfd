"""What moderation does. Every decision is a compare-and-swap, and leaves an audit entry in the same transaction."""

from moderation.services.appeals import appeal_create, appeal_decide
from moderation.services.decisions import episode_restore, episode_take_down, review_approve, review_reject
from moderation.services.opening import reviews_open_pending
from moderation.services.people import account_close, account_reopen, moderator_appoint, moderator_dismiss
from moderation.services.reports import report_create, report_resolve, reports_resolve

__all__ = [
    "account_close", "account_reopen", "appeal_create", "appeal_decide", "episode_restore", "episode_take_down",
    "moderator_appoint", "moderator_dismiss", "report_create", "report_resolve", "reports_resolve", "review_approve",
    "review_reject", "reviews_open_pending",
]
