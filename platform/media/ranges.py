"""What a Range header asks for (RFC 9110, section 14). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

SINGLE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*")


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` to `stop` (not included) of an object of `total` bytes; `partial` is what makes it a 206."""

    start: int
    stop: int
    total: int
    partial: bool

    @property
    def length(self) -> int:
        return self.stop - self.start

    @property
    def content_range(self) -> str:
        return f"bytes {self.start}-{self.stop - 1}/{self.total}"


class Unsatisfiable(ValueError):
    """The range starts past the end: 416."""


def span_of(header: str | None, size: int) -> Span:
    """The one span to send: the whole for no header, an unknown unit, nonsense or several ranges (the RFC allows it).

    Raises `Unsatisfiable` for a range that holds no byte of the object.
    """
    whole = Span(0, size, size, partial=False)
    match = SINGLE.fullmatch(header or "")
    if match is None or match.groups() == ("", ""):
        return whole
    first, last = match.groups()
    if not first:
        return _suffix(int(last), size)
    start = int(first)
    if last and int(last) < start:
        return whole
    if start >= size:
        raise Unsatisfiable
    return Span(start, min(int(last) + 1, size) if last else size, size, partial=True)


def _suffix(length: int, size: int) -> Span:
    if length == 0 or size == 0:
        raise Unsatisfiable
    return Span(max(0, size - length), size, size, partial=True)
