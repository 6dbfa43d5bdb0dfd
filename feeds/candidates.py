"""Where candidates come from. Each source is bounded and walks an index; none counts, sorts or loads the catalogue.

The hooks: newest series first along the catalogue's partial index, past those that this viewer knows. The work grows
with what one viewer has seen, never with what exists.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, CharField, F, Func, OuterRef, QuerySet, Subquery, Value

from catalog.models import Episode
from catalog.selectors import visible_series
from feeds.ranking import CONTINUE, HOOK, Candidate
from feeds.selectors import resumable
from feeds.viewers import Seen

CONTINUE_LOOK_BACK = 5  # so many series in progress are looked at for one card
Found = tuple[str, int | None, int, int, datetime]  # kind, episode, series, creator, when


@dataclass(frozen=True, slots=True)
class Supply:
    """Candidates, and whether there are no more: the catalogue has nothing left that this viewer does not know."""

    candidates: tuple[Candidate, ...]
    dry: bool


class NoneOf(Func):
    """`id <> ALL(array)`: PostgreSQL hashes the array, so that each index entry costs one look-up."""

    template = "(%(expressions)s))"
    arg_joiner = " <> ALL("
    output_field = BooleanField()


def find(*, user_id: int, seen: Seen, without: Iterable[int], limit: int, opening: bool) -> Supply:
    """Up to `limit` hooks of series that are neither seen nor in `without`; when opening, also a card to continue.

    One query.
    """
    taken = set(without)
    rows = hooks(sorted(taken.union(seen.series)))[:limit]
    if opening:
        rows = rows.union(in_progress(user_id)[:CONTINUE_LOOK_BACK], all=True)
    found: list[Found] = list(rows)
    dry = sum(row[0] == HOOK for row in found) < limit
    fresh = [_candidate(row) for row in found if row[0] == HOOK and row[1] is not None]
    going_on = [
        _candidate(row) for row in found
        if row[0] == CONTINUE and row[1] is not None and row[1] not in seen.episodes and row[2] not in taken
    ]
    going_on.sort(key=lambda one: one.published_at, reverse=True)
    return Supply((*going_on[:1], *fresh), dry)


def hooks(known: list[int]) -> QuerySet[Any, Any]:
    """The lowest-numbered published episode of every visible series but the `known`, newest series first."""
    first = Episode.objects.filter(series_id=OuterRef("pk"), status=Episode.Status.PUBLISHED).order_by("number")
    rows = visible_series().annotate(kind=Value(HOOK, CharField()), hook=Subquery(first.values("pk")[:1]))
    if known:
        rows = rows.filter(NoneOf(F("pk"), Value(known, ArrayField(BigIntegerField()))))
    return rows.order_by("-first_published_at", "-uid").values_list(
        "kind", "hook", "pk", "creator_id", "first_published_at"
    )


def in_progress(user_id: int) -> QuerySet[Any, Any]:
    """What this viewer could go on with, latest first."""
    rows = resumable(user_id=user_id).annotate(kind=Value(CONTINUE, CharField()))
    return rows.order_by("-occurred_at", "-pk").values_list(
        "kind", "target", "series_id", "series__creator_id", "occurred_at"
    )


def _candidate(row: Found) -> Candidate:
    kind, episode, series, creator, when = row
    assert episode is not None
    return Candidate(kind, episode, series, creator, when)
