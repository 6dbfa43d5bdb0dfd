"""Series: made, changed, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from catalog.models import Series
from common.errors import Conflict, Invalid
from common.transitions import move
from creators.models import Creator

EDITABLE = ("title", "synopsis", "language", "genres", "maturity", "free_episodes", "price_coins")
MAX_SYNOPSIS = 2_000


def series_create(
    *,
    creator: Creator,
    title: str,
    language: str,
    synopsis: str = "",
    genres: Sequence[str] = (),
    maturity: int = 0,
    free_episodes: int = 3,
    price_coins: int = 60,
) -> Series:
    """A new series with no episode, so no viewer sees it yet. Raises `Invalid` for a value out of its range."""
    series = Series(
        creator=creator, title=title, language=language, synopsis=synopsis, genres=list(genres), maturity=maturity,
        free_episodes=free_episodes, price_coins=price_coins,
    )
    _check(series, EDITABLE)
    series.save()
    return series


def series_update(*, series: Series, **changes: Any) -> Series:
    """Change any of `EDITABLE`; a new price or free count holds from now on, and never takes back what was bought.

    Raises `Invalid` for a field that is not editable or a value out of its range.
    """
    if unknown := set(changes) - set(EDITABLE):
        raise Invalid(f"A series has no editable {', '.join(sorted(unknown))}.", code="not_editable")
    for name, value in changes.items():
        setattr(series, name, value)
    _check(series, changes)
    if changes:
        series.save(update_fields=[*changes, "updated_at"])
    return series


def series_withdraw(*, series: Series, now: datetime) -> Series:
    """Take a whole series out of sight; its episodes keep their own status. Raises `Conflict` if it already is."""
    if not move(series, expect=Series.Status.ACTIVE, to=Series.Status.WITHDRAWN, updated_at=now):
        raise Conflict("This series is not on show.", code="series_not_active")
    return series


def _check(series: Series, names: Sequence[str] | dict[str, Any]) -> None:
    if len(series.synopsis) > MAX_SYNOPSIS:  # a text column has no length of its own to check
        raise Invalid(f"A synopsis has at most {MAX_SYNOPSIS} characters.", code="invalid_series")
    others = {field.name for field in series._meta.fields} - set(names)
    try:
        series.clean_fields(exclude=others)
    except ValidationError as wrong:
        raise Invalid("Some fields are not right.", code="invalid_series", fields=wrong.message_dict) from wrong
