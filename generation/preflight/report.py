"""Chapters, work and findings become one report, as JSON. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generation.preflight.model import Chapter, Finding, Severity, Story, Work
from generation.preflight.people import newcomers
from generation.preflight.rules import series_findings, work_findings


def write_report(
    *, story: Story, found: Mapping[str, Sequence[Finding]], works: Mapping[str, Work], machines: Mapping[str, Any],
    account: Mapping[str, Any],
) -> dict[str, Any]:
    """The report. `found` and `works` are by the uid of the episode; `machines` joins the totals.

    `blocked` is true if there is a blocking finding anywhere, or the account does not have the price.
    """
    new = newcomers(story) if story.from_first else {}
    all_found = {uid: _sorted([*each, *work_findings(works.get(uid, Work()))]) for uid, each in found.items()}
    whole = series_findings(story)
    counts = _counts([*whole, *(each for mine in all_found.values() for each in mine)])
    totals = _totals(story.chapters, works) | dict(machines)
    enough = _enough(totals["cost_micros"], account)
    rows = [_row(chapter, works.get(chapter.uid, Work()), new.get(chapter.number)) for chapter in story.chapters]
    return {
        "blocked": bool(counts[Severity.BLOCK]) or not enough,
        "counts": {str(severity): count for severity, count in counts.items()},
        "totals": totals,
        "budget": dict(account) | {"enough": enough},
        "findings": [each.to_json() for each in whole],
        "episodes": [row | {"findings": [each.to_json() for each in all_found[row["uid"]]]} for row in rows],
    }


def blocking(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The blocking findings of a report, each with the episode's uid and number (None: of the series)."""
    everywhere = [({"uid": None, "number": None}, report["findings"])]
    everywhere += [({"uid": row["uid"], "number": row["number"]}, row["findings"]) for row in report["episodes"]]
    return [where | each for where, found in everywhere for each in found if each["severity"] == Severity.BLOCK]


def _sorted(found: list[Finding]) -> list[Finding]:
    """By severity; within one in the order of the rules."""
    return sorted(found, key=lambda each: list(Severity).index(each.severity))


def _row(chapter: Chapter, work: Work, new: tuple[str, ...] | None) -> dict[str, Any]:
    return {
        "uid": chapter.uid, "number": chapter.number, "title": chapter.title, "screenplay_version": chapter.version,
        "language": chapter.screenplay.language if chapter.screenplay else None,
        "estimated_ms": chapter.estimated_ms, "shots": len(chapter.shots), "lines": len(chapter.lines),
        "speakers": list(chapter.speakers), "faces": list(chapter.faces),
        "new_characters": None if new is None else list(new),
        "steps_total": work.steps_total, "steps_to_run": work.steps_to_run, "steps_shared": work.steps_shared,
        "estimated_seconds": round(work.estimated_seconds, 1), "cost_micros": work.cost_micros,
        "unchanged": work.done,
    }


def _totals(chapters: Sequence[Chapter], works: Mapping[str, Work]) -> dict[str, Any]:
    all_work = list(works.values())
    return {
        "episodes": len(chapters),
        "unchanged": sum(work.done for work in all_work),
        "estimated_ms": sum(chapter.estimated_ms for chapter in chapters),
        "shots": sum(len(chapter.shots) for chapter in chapters),
        "steps_total": sum(work.steps_total for work in all_work),
        "steps_to_run": sum(work.steps_to_run for work in all_work),
        "steps_shared": sum(work.steps_shared for work in all_work),
        "estimated_seconds": round(sum(work.estimated_seconds for work in all_work), 1),
        "cost_micros": sum(work.cost_micros for work in all_work),
    }


def _enough(cost: int, budget: Mapping[str, Any]) -> bool:
    """What costs nothing is never refused."""
    available = budget.get("available_micros")
    return not cost or available is None or cost <= available


def _counts(found: Sequence[Finding]) -> dict[Severity, int]:
    return {severity: sum(each.severity == severity for each in found) for severity in Severity}
