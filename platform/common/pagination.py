"""Keyset paging: any depth at the same cost, stable while rows are inserted, and no count over the table."""

import base64
import json
import math
from collections.abc import Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from common.errors import Invalid

MAX_LIMIT = 100
MAX_CURSOR = 2048  # characters; deeper or longer ones never come from us
Row = TypeVar("Row", bound=Model)


def encode_cursor(values: Sequence[Any]) -> str:
    """An opaque cursor for the row that ended a page."""
    text = json.dumps(list(values), default=str, ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, width: int) -> list[Any]:
    """The values of a cursor; raises `Invalid` for anything that `encode_cursor` did not make."""
    if len(cursor) > MAX_CURSOR:
        raise _bad_cursor()
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError) as broken:
        raise _bad_cursor() from broken
    if not isinstance(values, list) or len(values) != width or not all(map(_is_key, values)):
        raise _bad_cursor()
    return values


def _is_key(value: Any) -> bool:
    """What a sort key looks like in a cursor: a number or a text that PostgreSQL can hold."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, int):
        return abs(value) < 1 << 63
    return isinstance(value, float) and math.isfinite(value)


def read_limit(raw: str | None, default: int = 20) -> int:
    """A page size from a query parameter, 1 to 100; raises `Invalid` otherwise."""
    if not raw:
        return default
    if not raw.isdecimal() or len(raw) > 3 or not 1 <= int(raw) <= MAX_LIMIT:
        raise Invalid(f"limit takes a whole number from 1 to {MAX_LIMIT}.", code="bad_limit")
    return int(raw)


def keyset_page(
    rows: "QuerySet[Row]", *, order: Sequence[str], cursor: str | None, limit: int
) -> tuple[list[Row], str | None]:
    """One page of `rows` in `order` (column names, `-` for descending; the last one must be unique).

    Returns the rows and the cursor of the next page, or None at the end.
    """
    names = [name.lstrip("-") for name in order]
    if cursor:
        try:
            rows = rows.filter(_after(order, decode_cursor(cursor, len(order))))
        except (ValueError, TypeError, OverflowError, ValidationError) as broken:
            raise _bad_cursor() from broken
    found = list(rows.order_by(*order)[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], encode_cursor([getattr(last, name) for name in names])


def _bad_cursor() -> Invalid:
    return Invalid("That cursor is not one of ours.", code="bad_cursor", remedy="Start again without it.")


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """(a, b) > (x, y) spelled as a > x or (a = x and b > y), with each column's own direction."""
    # implied by the rest, but said so that an index can seek to it: of the OR alone it would read all rows before
    bound = Q(**{f"{order[0].lstrip('-')}__{'lte' if order[0].startswith('-') else 'gte'}": values[0]})
    condition, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        column = name.lstrip("-")
        side = "lt" if name.startswith("-") else "gt"
        condition |= equal & Q(**{f"{column}__{side}": value})
        equal &= Q(**{column: value})
    return bound & condition
