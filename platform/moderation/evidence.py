"""Reads frozen evidence. It was written by another app, perhaps years ago: nothing about its shape is taken on trust.

What is looked for (all optional; see `generation.services.episode_submit`, which writes it):
`title`, `synopsis`, `language`; `screenplay.text` or `screenplay.source`; `shots[]` with `action`, `prompt` and
`lines[].text`; `duration_ms`; `cast[]` (or `characters[]`) with `name`, `look`, `needs_consent` or `real_person`, and
`consents[]` of `{kind, subject_name, granted_at, revoked_at}`; `models[]` of `{name, licence}`
or `{name, licences[]}`; what `safety.licences` reads of the shots' models is refused before, see `safety.gate`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from safety import text

SPOKEN = ("title", "synopsis", "screenplay", "shots", "cast", "characters", "look")
WORDS = ("title", "synopsis", "text", "source", "action", "prompt", "negative_prompt", "look", "heading", "manner")
SHORT_MS, LONG_MS = 20_000, 120_000
# licences whose pictures may not be sold
NOT_FOR_SALE = ("noncommercial", "non-commercial", "cc-by-nc", "research-only", "research only")
MAX_FINDINGS = 300
MAX_PLACE = 200
MAX_DEPTH = 12
AROUND = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A finding that has no row yet; the fields are those of `moderation.models.Finding`."""

    code: str
    severity: str
    place: str = ""
    start: int | None = None
    end: int | None = None
    excerpt: str = ""


def check(evidence: Any, *, duration_ms: int) -> tuple[Found, ...]:
    """All findings of all checks, the loudest first, at most `MAX_FINDINGS`. Pure; never raises over odd evidence."""
    whole = evidence if isinstance(evidence, dict) else {}
    found = [*_texts(whole), *_duration(duration_ms), *_consents(whole), *_licences(whole)]
    loudness = {"block": 0, "warning": 1, "info": 2}
    return tuple(sorted(found, key=lambda one: loudness[one.severity])[:MAX_FINDINGS])


def _texts(evidence: dict[str, Any]) -> Iterator[Found]:
    language = str(evidence.get("language", "en"))
    for name in SPOKEN:
        for place, words in _strings(evidence.get(name), name):
            for flag in text.check(words, language):
                excerpt = words[max(0, flag.start - AROUND) : flag.end + AROUND][:MAX_PLACE]
                yield Found(flag.code, flag.severity, place[:MAX_PLACE], flag.start, flag.end, excerpt)


def _strings(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every text that people will see, hear or that made a picture, with its path."""
    if place.count(".") > MAX_DEPTH:
        return
    if isinstance(value, str):
        if place.rpartition(".")[2] in WORDS:
            yield place, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _strings(part, f"{place}.{key}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _strings(part, f"{place}.{index}")


def _duration(duration_ms: int) -> Iterator[Found]:
    if not SHORT_MS <= duration_ms <= LONG_MS:
        code = "too_short" if duration_ms < SHORT_MS else "too_long"
        yield Found(code, "warning", "duration_ms", excerpt=f"{duration_ms / 1000:.1f} s")


def _consents(evidence: dict[str, Any]) -> Iterator[Found]:
    for name in ("cast", "characters"):
        for index, member in enumerate(_dicts(evidence.get(name))):
            consents = _dicts(member.get("consents"))
            place, who = f"{name}.{index}", str(member.get("name", ""))[:MAX_PLACE]
            if any(consent.get("revoked_at") for consent in consents):
                yield Found("consent_revoked", "block", place, excerpt=who)
            elif (member.get("needs_consent") or member.get("real_person")) and not consents:
                yield Found("consent_missing", "block", place, excerpt=who)


def _licences(evidence: dict[str, Any]) -> Iterator[Found]:
    for index, model in enumerate(_dicts(evidence.get("models"))):
        several = ", ".join(str(one.get("name", "")) for one in _dicts(model.get("licences")))
        licence = str(model.get("licence") or model.get("license") or several)
        place, name = f"models.{index}", str(model.get("name", ""))[:MAX_PLACE]
        if not licence:
            yield Found("licence_missing", "warning", place, excerpt=name)
        elif any(word in licence.lower() for word in NOT_FOR_SALE):
            yield Found("licence_not_for_sale", "block", place, excerpt=f"{name}: {licence}"[:MAX_PLACE])


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []
