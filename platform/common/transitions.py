"""The one way a status changes: compare-and-swap in the database."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone


def move(
    row: models.Model, *, expect: str | Iterable[str], to: str, field: str = "status", **also: Any
) -> bool:
    """Set `row.field` to `to` if it still is (one of) `expect`; also sets the columns in `also`.

    Returns whether this caller won. On success the instance in memory is updated too (a column set by an expression is
    read again), on failure it is untouched: another process got there first, and the caller decides what that means.
    """
    expected = [expect] if isinstance(expect, str) else list(expect)
    changes: dict[str, Any] = {field: to, **also}
    if any(f.name == "updated_at" for f in row._meta.fields):
        changes.setdefault("updated_at", timezone.now())
    # `row.__class__`, because the user of a request is a lazy stand-in whose type is another
    won = row.__class__._default_manager.filter(pk=row.pk, **{f"{field}__in": expected}).update(**changes)
    if not won:
        return False
    for name, value in changes.items():
        setattr(row, name, value)
    if computed := [name for name, value in changes.items() if hasattr(value, "resolve_expression")]:
        row.refresh_from_db(fields=computed)
    return True
