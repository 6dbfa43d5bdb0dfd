"""Does an episode begin with a hook? By rule: what is heard and seen within the first three estimated seconds."""

from __future__ import annotations

from collections.abc import Iterator

from generation.breakdown import Shot
from generation.breakdown.timing import LEAD_MS
from generation.preflight.model import HOOK_MS, Chapter, Finding, Severity
from generation.preflight.words import action_in, conflict_in

SECONDS = HOOK_MS // 1000


def opening_findings(chapter: Chapter) -> Iterator[Finding]:
    """`no_hook`: nobody speaks and nothing strong is done in time. `empty_opening`: the first shot shows a place only.
    """
    if not chapter.shots:
        return
    first = chapter.shots[0]
    if not first.cast and not first.lines and not conflict_in(first.action):
        yield Finding(
            "empty_opening", Severity.WARN,
            f"The first shot ({first.framing}, {first.place}) shows nobody, nobody speaks over it, and no word of its "
            "action tells of conflict.",
            "Open on a face, a blow or a line, and show the place a shot later.", first.first_line, first.number,
        )
    if not any(_speaks(shot, begins) or action_in(shot.action) for shot, begins in _early(chapter.shots)):
        yield Finding(
            "no_hook", Severity.WARN,
            f"In the first {SECONDS} seconds (estimated) nobody speaks, and no word of the action tells of conflict, "
            f"movement or feeling; {_first_words(chapter)}",
            "Start later in the scene: with the line or the deed that it is about.", first.first_line, first.number,
        )


def _early(shots: tuple[Shot, ...]) -> Iterator[tuple[Shot, int]]:
    """The shots that begin in time, each with its start in ms."""
    clock = 0
    for shot in shots:
        if clock >= HOOK_MS:
            return
        yield shot, clock
        clock += shot.estimated_ms


def _speaks(shot: Shot, begins: int) -> bool:
    return bool(shot.lines) and begins + LEAD_MS < HOOK_MS


def _first_words(chapter: Chapter) -> str:
    clock = 0
    for shot in chapter.shots:
        at = clock + LEAD_MS
        for line in shot.lines:
            return f"the first words come at {at / 1000:.1f} s, on line {line.source_line}."
        clock += shot.estimated_ms
    return "no words are spoken at all."
