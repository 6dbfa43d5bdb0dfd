"""Does an episode end on an open question? By rule, over its last moment and its last ten estimated seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generation.preflight.model import ENDING_MS, Chapter, Finding, Severity
from generation.preflight.words import closing_in, question_in
from generation.screenplay import Action, Line

SECONDS = ENDING_MS // 1000
REMEDY = "End one beat earlier, or add one: who enters, what is found, what is asked. A finale may stay as it is."


@dataclass(frozen=True, slots=True)
class Moment:
    """A line or an action of the ending."""

    text: str
    spoken: bool
    line: int


def ending_findings(chapter: Chapter) -> Iterator[Finding]:
    """`ends_resolved`: the last words close the story. `no_open_question`: nothing in the ending keeps it open."""
    moments = _moments(chapter)
    if not moments:
        return
    last, shot = moments[-1], chapter.shots[-1].number
    closing, open_at_last = closing_in(last.text), question_in(last.text, spoken=last.spoken)
    if closing and not open_at_last:
        kind = "line" if last.spoken else "action"
        yield Finding(
            "ends_resolved", Severity.WARN,
            f"The last {kind} closes the story (“{closing}”) and leaves nothing open.", REMEDY, last.line, shot,
        )
    elif not any(question_in(moment.text, spoken=moment.spoken) for moment in moments):
        yield Finding(
            "no_open_question", Severity.WARN,
            f"In the last {SECONDS} seconds (estimated) nobody asks, cries out or breaks off, and no word tells of a "
            "threat, an arrival or a discovery.", REMEDY, last.line, shot,
        )


def _moments(chapter: Chapter) -> list[Moment]:
    """What is said and seen in the last shots that together last `ENDING_MS`, the last one at the end."""
    begins = _first_line_of_ending(chapter)
    scenes = chapter.screenplay.scenes if chapter.screenplay else ()
    told = [each for scene in scenes for each in scene.elements if isinstance(each, Line | Action)]
    late = [each for each in told if each.source_line >= begins] or told[-1:]
    return [Moment(each.text, isinstance(each, Line), each.source_line) for each in late]


def _first_line_of_ending(chapter: Chapter) -> int:
    left, first = ENDING_MS, 0
    for shot in reversed(chapter.shots):
        first = shot.first_line
        left -= shot.estimated_ms
        if left <= 0:
            break
    return first
