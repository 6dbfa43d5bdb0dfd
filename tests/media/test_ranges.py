"""Range headers, as RFC 9110 reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.ranges import Unsatisfiable, span_of


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [
        ("bytes=0-0", 0, 1), ("bytes=0-99", 0, 100), ("bytes=90-", 90, 100), ("bytes=10-1000000", 10, 100),
        ("bytes=-1", 99, 100), ("bytes=-100", 0, 100), ("bytes=-999", 0, 100), ("bytes= 5-6 ", 5, 7),
    ],
)
def test_one_range_is_sent_in_part(header, start, stop):
    span = span_of(header, 100)
    assert (span.start, span.stop, span.partial) == (start, stop, True)
    assert span.content_range == f"bytes {start}-{stop - 1}/100"


@pytest.mark.parametrize(
    "header",
    [None, "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=0-1,5-6", "lines=0-1", "bytes=0-1;x",
     "bytes=--5", "bytes=0x1-5", "bytes=１-２", "bytes=" + "9" * 40 + "-"],
)
def test_anything_else_is_sent_whole(header):
    span = span_of(header, 100)
    assert (span.start, span.stop, span.partial) == (0, 100, False)


@pytest.mark.parametrize(("header", "size"), [("bytes=100-", 100), ("bytes=100-200", 100), ("bytes=-0", 100),
                                              ("bytes=0-", 0), ("bytes=-5", 0)])
def test_a_range_without_a_byte_is_refused(header, size):
    with pytest.raises(Unsatisfiable):
        span_of(header, size)


@given(st.text(alphabet="bytes=0123456789-, \t", max_size=30), st.integers(0, 10_000))
def test_no_header_ever_leaves_the_object(header, size):
    try:
        span = span_of(header, size)
    except Unsatisfiable:
        return
    assert 0 <= span.start <= span.stop <= size
    assert span.length > 0 or size == 0
