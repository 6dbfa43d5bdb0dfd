"""How much waits. Counted up to a bound: past it, the exact number helps nobody and would cost a scan."""

from __future__ import annotations

from django.db.models import Model, QuerySet

from moderation.models import Appeal, Report, Review

BADGE_MAX = 99


def up_to(rows: QuerySet[Model], most: int) -> str:
    """The number of rows, or `most+` if there are more; one query that reads at most `most + 1` of them."""
    found = rows[: most + 1].count()
    return f"{most}+" if found > most else str(found)


def open_reviews() -> str:
    return _badge(Review.objects.filter(status=Review.Status.PENDING))


def open_reports() -> str:
    return _badge(Report.objects.filter(status=Report.Status.OPEN))


def open_appeals() -> str:
    return _badge(Appeal.objects.filter(status=Appeal.Status.OPEN))


def _badge(rows: QuerySet[Model]) -> str:
    """Nothing for nothing: an empty badge would only draw the eye."""
    number = up_to(rows, BADGE_MAX)
    return "" if number == "0" else number
