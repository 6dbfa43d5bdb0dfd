"""Keyset pages: what stays is shown once, whatever comes and goes meanwhile."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import Invalid
from common.pagination import decode_cursor, encode_cursor, keyset_page, read_limit
from creators.models import Creator
from tests.builders import make_creator

ORDERS = [("name", "id"), ("-name", "id"), ("-name", "-id"), ("name", "-id"), ("-created_at", "-id"), ("uid",)]
# few names, so that ties are common; PostgreSQL and not Python says how they sort
NAMES = st.sampled_from(["a", "b", "B", "夜", "", "a'b\"", "😀"])
CHANGES = st.lists(st.tuples(st.sampled_from(["add", "drop", "none"]), NAMES), max_size=12)


def add(name: str) -> int:
    handle = f"h{Creator.objects.order_by('-id').values_list('id', flat=True).first() or 0}x"
    return Creator.objects.create(name=name, handle=handle).pk


@pytest.mark.django_db
@pytest.mark.parametrize("order", ORDERS, ids=[",".join(order) for order in ORDERS])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAMES, max_size=12), limit=st.integers(1, 5), changes=CHANGES)
def test_what_stays_is_shown_exactly_once_and_in_order(
    order: tuple[str, ...], names: list[str], limit: int, changes: list[tuple[str, str]]
) -> None:
    Creator.objects.all().delete()
    stays = {add(name) for name in names}
    seen: list[int] = []
    cursor, waiting, pages = None, list(changes), 0
    while True:
        rows, cursor = keyset_page(Creator.objects.all(), order=order, cursor=cursor, limit=limit)
        assert len(rows) <= limit
        assert len(rows) == limit or cursor is None
        seen += [row.pk for row in rows]
        pages += 1
        if cursor is None:
            break
        if waiting:
            what, name = waiting.pop()
            if what == "add":
                add(name)
            elif what == "drop" and (gone := Creator.objects.order_by("?").first()):
                stays.discard(gone.pk)
                gone.delete()
    assert len(seen) == len(set(seen))
    assert stays <= set(seen)
    shown = [pk for pk in seen if pk in stays]
    assert shown == list(Creator.objects.filter(pk__in=stays).order_by(*order).values_list("pk", flat=True))
    assert pages <= (len(names) + len(changes)) // limit + 1


@pytest.mark.django_db
def test_a_page_is_one_bounded_query_without_a_count(django_assert_num_queries: Any) -> None:
    for _ in range(5):
        make_creator()
    with django_assert_num_queries(1) as asked:
        rows, cursor = keyset_page(Creator.objects.all(), order=("-created_at", "-id"), cursor=None, limit=2)
    assert (len(rows), cursor is not None) == (2, True)
    assert "LIMIT 3" in asked.captured_queries[0]["sql"]
    assert "COUNT" not in asked.captured_queries[0]["sql"]


@pytest.mark.django_db
def test_an_exactly_full_last_page_has_no_next() -> None:
    for _ in range(4):
        make_creator()
    _, cursor = keyset_page(Creator.objects.all(), order=("id",), cursor=None, limit=2)
    rows, end = keyset_page(Creator.objects.all(), order=("id",), cursor=cursor, limit=2)
    assert (len(rows), end) == (2, None)


def raw(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


BAD = [
    "x", "!!!!", "ü", "%00", "a" * 5000, raw("{"), raw("null"), raw("7"), raw("{}"), raw("[]"), raw("[1]"),
    raw("[1,2,3]"), raw("[null, 1]"), raw("[[], 1]"), raw('[{"a": 1}, 1]'), raw("[NaN, 1]"), raw("[1, Infinity]"),
    raw('["\\u0000", 1]'), raw('["\\ud800", 1]'), raw('["a", "b"]'), raw('["a", ' + "9" * 400 + "]"),
    raw('["a", 1e999]'), raw("[" * 1400), raw('["a", 9223372036854775808]'), raw('["a", 1'), raw('["a", -1e400]'),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", BAD, ids=range(len(BAD)))
def test_a_cursor_that_is_not_ours_is_bad_input(cursor: str) -> None:
    make_creator()
    with pytest.raises(Invalid) as refused:
        keyset_page(Creator.objects.all(), order=("name", "id"), cursor=cursor, limit=2)
    assert refused.value.code == "bad_cursor"


@pytest.mark.django_db
@pytest.mark.parametrize("when", ["yesterday", "2026-13-45", "2026-02-30 00:00:00+00:00", 1.5, ""])
def test_a_cursor_with_a_wrong_time_or_id_is_bad_input(when: Any) -> None:
    for order in (("-created_at", "id"), ("uid", "id")):
        with pytest.raises(Invalid):
            keyset_page(Creator.objects.all(), order=order, cursor=encode_cursor([when, 1]), limit=2)


@pytest.mark.django_db
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()), min_size=2,
             max_size=2)
)  # fmt: skip
def test_whatever_stands_in_a_cursor_it_is_a_page_or_bad_input(values: list[Any]) -> None:
    for order in (("name", "id"), ("-uid", "id")):
        try:
            rows, _ = keyset_page(Creator.objects.all(), order=order, cursor=raw(json.dumps(values)), limit=2)
        except Invalid:
            continue
        assert rows == []


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=120)
                | st.integers(-(2**62), 2**62), min_size=1, max_size=3))  # fmt: skip
def test_a_cursor_says_what_it_was_made_of(values: list[Any]) -> None:
    cursor = encode_cursor(values)
    assert cursor.isascii()
    assert "=" not in cursor
    assert decode_cursor(cursor, len(values)) == values


@pytest.mark.parametrize(("text", "limit"), [(None, 20), ("", 20), ("1", 1), ("100", 100), ("007", 7)])
def test_a_limit_is_read(text: str | None, limit: int) -> None:
    assert read_limit(text) == limit


@pytest.mark.parametrize("text", ["0", "101", "-1", "1.5", "x", " 1", "9" * 5000, "1e1"])
def test_a_bad_limit_is_bad_input(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_limit(text)
    assert refused.value.code == "bad_limit"
