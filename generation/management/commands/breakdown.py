"""`manage.py breakdown FILE [--json]`: the shots of a screenplay, without a database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from generation.breakdown import Shot, breakdown, shot_to_json
from generation.screenplay import MAX_BYTES, Screenplay, ScreenplayError, parse_bounded

PIPE_WIDTH = 140


class Command(BaseCommand):
    help = "Print the shots that a Fountain screenplay makes."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a Fountain file in UTF-8, or - for standard input")
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            screenplay = parse_bounded(_read(file))
        except ScreenplayError as error:
            raise CommandError(f"{file}:{error.details.get('line', 1)}: {error.message} {error.remedy}") from error
        shots = breakdown(screenplay)
        if options["json"]:
            self.stdout.write(json.dumps(_document(screenplay, shots), ensure_ascii=False, indent=2))
        else:
            width = None if self.stdout.isatty() else PIPE_WIDTH
            Console(file=self.stdout, width=width).print(_table(screenplay, shots))  # type: ignore[arg-type]


def _read(file: str) -> bytes:
    """At most one byte more than is allowed: enough to see that it is too much."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(file).open("rb") as handle:
            return handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror or error}") from error


def _document(screenplay: Screenplay, shots: tuple[Shot, ...]) -> dict[str, Any]:
    return {
        "title": screenplay.title,
        "language": screenplay.language,
        "speakers": list(screenplay.speakers),
        "estimated_ms": sum(shot.estimated_ms for shot in shots),
        "shots": [shot_to_json(shot) for shot in shots],
    }


def _table(screenplay: Screenplay, shots: tuple[Shot, ...]) -> Table:
    seconds = sum(shot.estimated_ms for shot in shots) / 1000
    table = Table(title=Text(f"{screenplay.title or 'Untitled'}: {len(shots)} shots, about {seconds:.0f} s"))
    for name in ("#", "place", "framing", "move", "s", "in frame", "seen and heard"):
        table.add_column(name, justify="right" if name in ("#", "s") else "left")
    for shot in shots:
        heard = "\n".join(f"{line.speaker}: {line.text}" for line in shot.lines)
        cells = (
            str(shot.number), f"{shot.place} ({shot.time_of_day})", shot.framing, shot.move,
            f"{shot.estimated_ms / 1000:.1f}", ", ".join(shot.cast), heard or shot.action,
        )
        table.add_row(
            *(Text(cell) for cell in cells),  # as text: a screenplay's [brackets] are not markup
            end_section=shot.number < len(shots) and shots[shot.number].scene != shot.scene,
        )
    return table
