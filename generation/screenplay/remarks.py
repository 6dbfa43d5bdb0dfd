"""Takes boneyard `/* */` and notes `[[ ]]` out of the text in one linear pass, and keeps every line's number.

The parser behind us takes minutes or overflows its stack on thousands of openings; it never sees one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from generation.screenplay.model import ScreenplayError

MARK = re.compile(r"/\*|\[\[|\n")
BLANK_LINE = re.compile(r"\n[ \t]?\n")  # two spaces on it keep a note open, as in the Fountain syntax


class TextLine(NamedTuple):
    """A line of text and where it stands (1-based) in the original."""

    text: str
    number: int


class _Writer:
    """Gathers what is kept, line by line. A line that held nothing but remarks vanishes: it does not count as blank."""

    def __init__(self) -> None:
        self.lines: list[TextLine] = []
        self.pieces: list[str] = []
        self.first = 0
        self.remarked = False

    def keep(self, text: str, number: int) -> None:
        if text.strip() and not self.first:
            self.first = number
        self.pieces.append(text)

    def remark(self) -> None:
        self.remarked = True
        if self.pieces and self.pieces[-1].endswith((" ", "\t")):
            self.pieces[-1] = self.pieces[-1].rstrip() + " "

    def end_line(self, number: int) -> None:
        text = "".join(self.pieces)
        if text.strip() or not self.remarked:
            self.lines.append(TextLine(text, self.first or number))
        self.pieces, self.first, self.remarked = [], 0, False


def without_remarks(source: str) -> list[TextLine]:
    """The lines of `source` without boneyard and notes; raises `ScreenplayError` for one that is never closed."""
    out, position, number = _Writer(), 0, 1
    while mark := MARK.search(source, position):
        out.keep(source[position : mark.start()], number)
        if mark.group() == "\n":
            out.end_line(number)
            position, number = mark.end(), number + 1
            continue
        end = _end_of(source, mark, number)
        out.remark()
        number += source.count("\n", mark.start(), end)
        position = end
    out.keep(source[position:], number)
    out.end_line(number)
    return out.lines


def _end_of(source: str, mark: re.Match[str], number: int) -> int:
    opening = mark.group()
    closing = "*/" if opening == "/*" else "]]"
    end = source.find(closing, mark.end())
    if end >= 0 and opening == "[[":
        blank = BLANK_LINE.search(source, mark.end(), end)
        end = -1 if blank else end
    if end < 0:
        raise ScreenplayError(
            f"The {opening} on line {number} is never closed.",
            remedy=f"Close it with {closing}, or take it out.",
            line=number,
        )
    return end + len(closing)
