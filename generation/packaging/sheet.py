"""The contact sheet: every shot as one picture, with its number, length, framing and words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from generation.captions.fonts import drawable_text, font
from generation.captions.plates import speaker_colour

COLUMNS, CELL, GAP, MARGIN, HEAD = 5, (252, 448), 22, 44, 128
TEXT_LINES, LINE = 3, 25
CLOSING = "，。！？、；：”’）》…"  # never begins a row
BACK, INK, SOFT, ACCENT = (17, 18, 24), (238, 236, 230), (146, 148, 160), (232, 178, 84)
FRAMINGS = {
    "wide": "WIDE",
    "medium": "MEDIUM",
    "close": "CLOSE",
    "extreme_close": "EXTREME CLOSE",
    "over_shoulder": "OVER SHOULDER",
    "insert": "INSERT",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One shot on the sheet."""

    number: int
    picture: Path
    duration_ms: int
    framing: str
    lines: tuple[tuple[str, str], ...]


def _go_on() -> None:
    """Nobody to ask whether the page is still wanted."""


def contact_sheet(
    cells: Sequence[Cell], *, title: str, subtitle: str, language: str, check: Callable[[], None] = _go_on
) -> Image.Image:
    """The whole page; `check` is called between the cells and may raise."""
    rows = -(-len(cells) // COLUMNS)
    cell_height = CELL[1] + 14 + LINE * (TEXT_LINES + 1)
    width = MARGIN * 2 + COLUMNS * CELL[0] + (COLUMNS - 1) * GAP
    page = Image.new("RGB", (width, HEAD + rows * (cell_height + GAP) + MARGIN // 2), BACK)
    draw = ImageDraw.Draw(page)
    draw.text((MARGIN, 34), drawable_text(title) or "-", font=font(40, 800, language), fill=INK)
    draw.text((MARGIN, 86), drawable_text(subtitle), font=font(20, 400, language), fill=SOFT)
    draw.rectangle((MARGIN, HEAD - 8, width - MARGIN, HEAD - 6), fill=(48, 50, 60))
    for index, cell in enumerate(cells):
        check()
        x = MARGIN + index % COLUMNS * (CELL[0] + GAP)
        y = HEAD + 10 + index // COLUMNS * (cell_height + GAP)
        _cell(page, draw, cell, x, y, language)
    return page


def _cell(page: Image.Image, draw: ImageDraw.ImageDraw, cell: Cell, x: int, y: int, language: str) -> None:
    with Image.open(cell.picture) as picture:
        picture.draft("RGB", CELL)  # a JPEG is read at half its size where that is enough
        page.paste(picture.convert("RGB").resize(CELL, Image.Resampling.LANCZOS), (x, y))
    draw.rounded_rectangle((x + 10, y + 10, x + 58, y + 44), 8, fill=(10, 10, 14))
    draw.text((x + 34, y + 27), str(cell.number), font=font(22, 800), fill=ACCENT, anchor="mm")
    draw.text((x, y + CELL[1] + 9), FRAMINGS.get(cell.framing, cell.framing.upper()), font=font(16, 600), fill=SOFT)
    draw.text(
        (x + CELL[0], y + CELL[1] + 9), f"{cell.duration_ms / 1000:.1f} s", font=font(16, 700), fill=INK, anchor="ra"
    )
    top = y + CELL[1] + 14 + LINE
    for speaker, text, first in _wrapped(cell.lines, language)[:TEXT_LINES]:
        ink = INK if first or _spoken(cell) else SOFT
        if first:
            draw.text((x, top), speaker, font=font(17, 700, language), fill=speaker_colour(first))
        draw.text(
            (x + (_width(speaker, 700, language) + 8 if first else 0), top),
            text,
            font=font(17, 400, language),
            fill=ink,
        )
        top += LINE


def _spoken(cell: Cell) -> bool:
    return any(speaker for speaker, _ in cell.lines)


def _width(text: str, weight: int, language: str) -> float:
    return font(17, weight, language).getlength(text)


def _wrapped(lines: Sequence[tuple[str, str]], language: str) -> list[tuple[str, str, str]]:
    """(label, text, speaker) rows; the speaker is only on a line's first row. The last row may end in …."""
    rows: list[tuple[str, str, str]] = []
    for speaker, text in lines:
        label = drawable_text(speaker)
        pieces = list(drawable_text(text)) if language == "zh" else drawable_text(text).split()
        glue = "" if language == "zh" else " "
        indent, row, first = _width(label, 700, language) + 8, "", speaker
        for piece in pieces:
            longer = f"{row}{glue}{piece}" if row else piece
            if row and piece not in CLOSING and _width(longer, 400, language) > CELL[0] - 8 - (indent if first else 0):
                rows.append((label, row, first))
                row, first = piece, ""
            else:
                row = longer
        rows.append((label, row, first))
    if len(rows) > TEXT_LINES:
        label, text, first = rows[TEXT_LINES - 1]
        rows[TEXT_LINES - 1] = (label, text[:-1].rstrip() + "…", first)
    return rows
