"""Viewers' reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from catalog.models import Episode
from common.errors import Conflict
from common.transitions import move
from moderation.models import AuditEntry, Reason, Report
from moderation.services.audit import audit
from moderation.services.decisions import episode_take_down

ACTIONS = {
    Report.Status.UPHELD: AuditEntry.Action.REPORTS_UPHELD,
    Report.Status.DISMISSED: AuditEntry.Action.REPORTS_DISMISSED,
}


def report_create(*, episode: Episode, by: User, reason_code: Reason, note: str, now: datetime) -> Report:
    """Note that `by` finds something wrong. Reporting the same episode again changes the words and opens it again."""
    words = {"reason_code": reason_code, "note": note, "status": Report.Status.OPEN, "updated_at": now}
    report, _ = Report.objects.update_or_create(episode=episode, reporter=by, defaults=words)
    return report


@transaction.atomic
def report_resolve(*, report: Report, outcome: Report.Status, by: User, note: str, now: datetime) -> Report:
    """Uphold or dismiss one report. Raises `Conflict` if somebody was quicker."""
    if not move(report, expect=Report.Status.OPEN, to=outcome, updated_at=now):
        raise _answered()
    _write(report.episode, outcome, by=by, now=now, note=note, reports=[str(report.uid)])
    return report


@transaction.atomic
def reports_resolve(
    *,
    episode: Episode,
    outcome: Report.Status,
    by: User,
    note: str,
    seen: datetime,
    now: datetime,
    take_down: Reason | None = None,
) -> int:
    """Answer all open reports of an episode that were there at `seen`; returns how many. Later ones stay open.

    With `take_down` (upholding only) the episode is withdrawn in the same transaction. Raises `Conflict` if nothing
    of it is open any more, or if the episode has moved on.
    """
    still = Report.objects.select_for_update(no_key=True).filter(
        episode=episode, status=Report.Status.OPEN, updated_at__lte=seen
    )
    found = list(still.order_by("pk"))
    if not found:
        raise _answered()
    if take_down is not None:
        episode_take_down(episode=episode, by=by, reason_code=take_down, note=note, now=now)
    Report.objects.filter(pk__in=[one.pk for one in found]).update(status=outcome, updated_at=now)
    _write(episode, outcome, by=by, now=now, note=note, reports=[str(one.uid) for one in found])
    return len(found)


def _write(episode: Episode, outcome: Report.Status, *, by: User, now: datetime, **data: Any) -> None:
    audit(action=ACTIONS[outcome], by=by, episode_uid=episode.uid, now=now, **data)


def _answered() -> Conflict:
    return Conflict("These reports have been answered already.", code="already_answered")
