"""Every rule over a story: findings by episode, and findings of the series. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from generation.preflight.endings import ending_findings
from generation.preflight.model import LEAST_MS, MOST_MS, Chapter, Finding, Severity, Story, Work
from generation.preflight.openings import opening_findings
from generation.preflight.people import cast_findings, load_findings, newcomer_findings, newcomers, voice_findings


def series_findings(story: Story) -> tuple[Finding, ...]:
    """What concerns more than one episode."""
    return tuple(cast_findings(story))


def chapter_findings(story: Story) -> dict[str, tuple[Finding, ...]]:
    """What concerns one episode, by its uid."""
    new = newcomers(story) if story.from_first else {}
    first = min((chapter.number for chapter in story.chapters), default=0)
    return {
        chapter.uid: (
            *_text(chapter),
            *voice_findings(chapter, story),
            *_length(chapter),
            *opening_findings(chapter),
            *ending_findings(chapter),
            *load_findings(chapter),
            *newcomer_findings(chapter, new.get(chapter.number, ()), first=chapter.number == first),
        )
        for chapter in story.chapters
    }


def work_findings(work: Work) -> Iterator[Finding]:
    """`unchanged`: it is rendered already, as it would be now."""
    if work.done:
        yield Finding(
            "unchanged", Severity.INFO, "This episode is rendered already and nothing has changed: it costs nothing.",
            "Leave it in or out.",
        )


def _text(chapter: Chapter) -> Iterator[Finding]:
    if chapter.error is not None:
        line = chapter.error.details.get("line")
        yield Finding(chapter.error.code, Severity.BLOCK, chapter.error.message, chapter.error.remedy, line)
    elif chapter.screenplay is None:
        yield Finding(
            "no_screenplay", Severity.BLOCK, "There is no screenplay yet.",
            "Save a screenplay first, or leave the episode out.",
        )


def _length(chapter: Chapter) -> Iterator[Finding]:
    length = chapter.estimated_ms
    if chapter.screenplay is None or LEAST_MS <= length <= MOST_MS:
        return
    seconds, bounds = f"{length / 1000:.0f} s", f"{LEAST_MS // 1000} to {MOST_MS // 1000} s"
    if length < LEAST_MS:
        yield Finding(
            "too_short", Severity.WARN, f"About {seconds}: episodes of the genre last {bounds}.",
            f"Add about {(LEAST_MS - length) / 1000:.0f} s, or join it with the next one.",
        )
    else:
        yield Finding(
            "too_long", Severity.WARN, f"About {seconds}: episodes of the genre last {bounds}.",
            f"Cut about {(length - MOST_MS) / 1000:.0f} s, or make two of it.",
        )
