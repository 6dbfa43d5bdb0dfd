"""WebVTT, escaped so that no line of dialogue can become markup. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MIN_MS = 200


@dataclass(frozen=True, slots=True)
class Cue:
    """Words on screen from `start_ms` to `end_ms` of the episode."""

    start_ms: int
    end_ms: int
    speaker: str
    text: str


def _clock(ms: int) -> str:
    hours, rest = divmod(max(0, ms), 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def _escaped(text: str) -> str:
    """One line of plain text: no tags, no entities, no arrow, no line break."""
    flat = re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text).strip()
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def webvtt(cues: Sequence[Cue]) -> str:
    """The file, with cues in order, none longer than its follower's start allows and none empty."""
    parts = ["WEBVTT\n"]
    ordered = sorted((cue for cue in cues if _escaped(cue.text)), key=lambda cue: cue.start_ms)
    for index, cue in enumerate(ordered):
        limit = ordered[index + 1].start_ms if index + 1 < len(ordered) else cue.end_ms
        end = max(min(cue.end_ms, limit), cue.start_ms + MIN_MS)
        speaker = re.sub(r"[<>&.\s]+", " ", cue.speaker).strip()
        voice = f"<v {speaker}>" if speaker else ""
        parts.append(f"{index + 1}\n{_clock(cue.start_ms)} --> {_clock(end)}\n{voice}{_escaped(cue.text)}\n")
    return "\n".join(parts)
