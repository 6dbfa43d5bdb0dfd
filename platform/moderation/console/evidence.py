"""Frozen evidence as a page shows it: the screenplay with its marks, the shots with their times. Pure.

Like `moderation.evidence` it takes nothing about the shape on trust: what is odd is left out, never raised over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from moderation.models import Finding

SCENE = re.compile(r"^\s*(?:(?:INT|EXT|EST|INT\./EXT|I/E)[. ]|内景|外景|内外景|\.\w)", re.IGNORECASE)
CUE = re.compile(r"^\s*@|^\s*[A-Z][A-Z0-9 .'’()-]{0,40}\s*$")
MAX_SHOTS = 500
MAX_LINES = 10_000


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a line; `finding` names what a check found in it."""

    text: str
    finding: Finding | None = None
    anchor: str = ""  # set on the first part of a finding: it may go on over several lines


@dataclass(frozen=True, slots=True)
class ScriptLine:
    number: int
    kind: str  # scene | cue | text | blank
    parts: tuple[Part, ...]


@dataclass(slots=True)
class ShotRow:
    """A shot with where it begins in the film, in milliseconds."""

    number: int
    at_ms: int
    duration_ms: int
    framing: str
    move: str
    place: str
    action: str
    prompt: str
    cast: list[str]
    lines: list[tuple[str, str]]
    first_line: int
    last_line: int
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding with the place on the page to jump to and, if it is known, the moment in the film."""

    finding: Finding
    anchor: str
    where: str
    at_ms: int | None


def screenplay_text(evidence: dict[str, Any]) -> tuple[str, str]:
    """The text and the name of the field it stands in."""
    screenplay = evidence.get("screenplay")
    if isinstance(screenplay, dict):
        for name in ("text", "source"):
            if isinstance(screenplay.get(name), str):
                return screenplay[name], f"screenplay.{name}"
    return "", "screenplay.text"


def script_lines(text: str, findings: Iterable[Finding]) -> list[ScriptLine]:
    """The text by lines, cut where findings begin and end. Findings that overlap an earlier one are not cut again."""
    spans = _spans(text, findings)
    found, position = [], 0
    for number, line in enumerate(text.split("\n")[:MAX_LINES], start=1):
        found.append(ScriptLine(number, _kind(line), tuple(_cut(line, position, spans))))
        position += len(line) + 1
    return found


def _spans(text: str, findings: Iterable[Finding]) -> list[tuple[int, int, Finding]]:
    spans: list[tuple[int, int, Finding]] = []
    placed = [(one.start, one.end, one) for one in findings if one.start is not None and one.end is not None]
    for start, end, one in sorted(placed, key=lambda span: span[:2]):
        if start < end <= len(text) and (not spans or start >= spans[-1][1]):
            spans.append((start, end, one))
    return spans


def _cut(line: str, begin: int, spans: Sequence[tuple[int, int, Finding]]) -> Iterable[Part]:
    at, end = begin, begin + len(line)
    for start, stop, one in spans:
        if stop <= begin or start >= end:
            continue
        if start > at:
            yield Part(line[at - begin : start - begin])
        yield Part(
            line[max(start, begin) - begin : min(stop, end) - begin], one, f"mark-{one.pk}" if start >= begin else ""
        )
        at = min(stop, end)
    if at < end:
        yield Part(line[at - begin :])


def _kind(line: str) -> str:
    if not line.strip():
        return "blank"
    if SCENE.match(line):
        return "scene"
    return "cue" if CUE.match(line) else "text"


def shots(evidence: dict[str, Any], findings: Iterable[Finding]) -> list[ShotRow]:
    """The shots in their order, each with the findings that lie in it."""
    given = evidence.get("shots")
    rows: list[ShotRow] = []
    at = 0
    for number, shot in enumerate(given[:MAX_SHOTS] if isinstance(given, list) else [], start=1):
        row = _shot(number, at, shot if isinstance(shot, dict) else {})
        rows.append(row)
        at += row.duration_ms
    for one in findings:
        index = _index(one.place, "shots")
        if index is not None and index < len(rows):
            rows[index].findings.append(one)
    return rows


def _shot(number: int, at: int, shot: dict[str, Any]) -> ShotRow:
    words: dict[str, Any] = {n: _text(shot.get(n)) for n in ("framing", "move", "place", "action", "prompt")}
    lines = [one for one in _list(shot.get("lines")) if isinstance(one, dict)]
    return ShotRow(
        number=number, at_ms=at, duration_ms=_whole(shot.get("duration_ms")) or _whole(shot.get("estimated_ms")),
        cast=[_text(name) for name in _list(shot.get("cast"))],
        lines=[(_text(one.get("speaker")), _text(one.get("text"))) for one in lines],
        first_line=_whole(shot.get("first_line")), last_line=_whole(shot.get("last_line")), **words,
    )


def finding_rows(
    findings: Iterable[Finding], script: Sequence[ScriptLine], rows: Sequence[ShotRow]
) -> list[FindingRow]:
    """Every finding with its jump, the loudest first."""
    line_of = {part.finding.pk: line.number for line in script for part in line.parts if part.finding and part.anchor}
    loudness = {Finding.Severity.BLOCK: 0, Finding.Severity.WARNING: 1, Finding.Severity.INFO: 2}
    ordered = sorted(findings, key=lambda one: (loudness.get(Finding.Severity(one.severity), 3), one.pk))
    return [_row(one, line_of.get(one.pk), rows) for one in ordered]


def _row(one: Finding, line: int | None, rows: Sequence[ShotRow]) -> FindingRow:
    if line is not None:
        shot = next((row for row in rows if row.first_line <= line <= row.last_line), None)
        return FindingRow(one, f"mark-{one.pk}", f"screenplay:{line}", shot.at_ms if shot else None)
    index = _index(one.place, "shots")
    if index is not None and index < len(rows):
        return FindingRow(one, f"shot-{index + 1}", f"shot:{index + 1}", rows[index].at_ms)
    root = one.place.partition(".")[0]
    anchors = {"cast": "fact-cast", "characters": "fact-cast", "models": "fact-models", "look": "fact-look"}
    return FindingRow(one, anchors.get(root, "screenplay" if root == "screenplay" else "film"), one.place, None)


def facts(evidence: dict[str, Any]) -> dict[str, Any]:
    """What stands behind the pictures: models with licences, people with consents, the look, keys."""
    cast = [one for name in ("cast", "characters") for one in _list(evidence.get(name)) if isinstance(one, dict)]
    keys = evidence.get("artifacts")
    return {
        "models": [one for one in _list(evidence.get("models")) if isinstance(one, dict)],
        "cast": [one | {"consents": [c for c in _list(one.get("consents")) if isinstance(c, dict)]} for one in cast],
        "look": _dict(evidence.get("look")),
        "render": _dict(evidence.get("render")),
        "screenplay": {k: v for k, v in _dict(evidence.get("screenplay")).items() if k in ("version", "sha256")},
        "keys": list(keys.items()) if isinstance(keys, dict) else [],
    }


def _index(place: str, root: str) -> int | None:
    name, _, rest = place.partition(".")
    number = rest.partition(".")[0]
    return int(number) if name == root and number.isdecimal() and len(number) < 6 else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e9 else 0
