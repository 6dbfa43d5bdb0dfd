"""The console's first page: what waits, since when, and what has been done. Bounded queries only."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from catalog.models import Episode
from moderation.console import counts, queue
from moderation.console.trail import with_names
from moderation.models import AuditEntry, Report, Review
from moderation.previews import review_poster

DAYS = 14
MOST = 999
FACES = 8
LATEST = 8
CHART_HEIGHT = 72
BAR, GAP = 16, 6
Action = AuditEntry.Action
DECISIONS = (Action.REVIEW_APPROVED, Action.REVIEW_REJECTED, Action.EPISODE_TAKEN_DOWN)


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds what the first page shows. Called by Unfold, behind `admin_view`."""
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    days = _days(midnight)
    today = days[timezone.localdate(now)]
    waiting = _waiting(request, now)
    reports = Report.objects.filter(status=Report.Status.OPEN)
    published = Episode.objects.filter(status=Episode.Status.PUBLISHED, published_at__gte=midnight)
    return context | {
        "open_reviews": counts.up_to(Review.objects.filter(status=Review.Status.PENDING), MOST),
        "oldest_review": waiting[0]["since"] if waiting else None,
        "open_reports": counts.up_to(reports, MOST),
        "oldest_report": reports.order_by("uid").values_list("created_at", flat=True).first(),
        "decisions_today": sum(today.values()), "approved_today": today[Action.REVIEW_APPROVED],
        "rejected_today": today[Action.REVIEW_REJECTED], "taken_down_today": today[Action.EPISODE_TAKEN_DOWN],
        "published_today": counts.up_to(published, MOST), "waiting": waiting, "chart": chart(days),
        "latest": with_names(AuditEntry.objects.exclude(actor=None).order_by("-at")[:LATEST]),
    }


def _days(midnight: datetime) -> dict[date, Counter[str]]:
    """Decisions by day and kind, today last; one query over the index on time."""
    first = midnight - timedelta(days=DAYS - 1)
    days: dict[date, Counter[str]] = {first.date() + timedelta(days=n): Counter() for n in range(DAYS)}
    made = AuditEntry.objects.filter(at__gte=first, action__in=DECISIONS)
    for row in made.values("action", day=TruncDate("at")).annotate(n=Count("pk")):
        days.setdefault(row["day"], Counter())[row["action"]] += row["n"]
    return days


def chart(days: dict[date, Counter[str]]) -> dict[str, Any]:
    """Stacked bars as the coordinates of an SVG: x, y, height of each part, the newest day at the right."""
    most = max((sum(counter.values()) for counter in days.values()), default=0) or 1
    bars = []
    for column, (day, counter) in enumerate(sorted(days.items())):
        top, parts = float(CHART_HEIGHT), []
        for action in DECISIONS:
            height = counter[action] * CHART_HEIGHT / most
            top -= height
            if height:
                parts.append({"kind": action.value, "y": f"{top:.1f}", "height": f"{height:.1f}"})
        bars.append({"day": day, "x": column * (BAR + GAP), "parts": parts, "total": sum(counter.values()),
                     "middle": column * (BAR + GAP) + BAR // 2, "named": (len(days) - 1 - column) % 4 == 0})
    return {"bars": bars, "width": len(bars) * (BAR + GAP) - GAP, "height": CHART_HEIGHT, "bar": BAR, "most": most}


def _waiting(request: HttpRequest, now: datetime) -> list[dict[str, Any]]:
    """The faces of those that wait longest."""
    if not isinstance(request.user, User):
        return []
    return [
        {
            "review": review, "since": queue.waiting_since(review),
            "poster": review_poster(master=review.master, by=request.user, now=now),
        }
        for review in queue.with_findings(queue.pending())[:FACES]
    ]
