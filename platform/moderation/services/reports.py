"""Viewers' reports."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from catalog.models import Episode
from moderation.models import Reason, Report


def report_create(*, episode: Episode, by: User, reason_code: Reason, note: str, now: datetime) -> Report:
    """Note that `by` finds something wrong. Reporting the same episode again changes the words and opens it again."""
    words = {"reason_code": reason_code, "note": note, "status": Report.Status.OPEN, "updated_at": now}
    report, _ = Report.objects.update_or_create(episode=episode, reporter=by, defaults=words)
    return report
