"""Rule lists over text. They point a reviewer at places; they decide nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from safety.folding import Folded, fold, lookalikes, squeeze
from safety.rules import RULES, VERSION, Rule, Severity

__all__ = ["VERSION", "Flag", "Severity", "check"]
MAX_FLAGS = 200


@dataclass(frozen=True, slots=True, order=True)
class Flag:
    """A place in the text: characters [start, end) of the original."""

    start: int
    end: int
    code: str
    severity: Severity


def check(text: str, language: str) -> tuple[Flag, ...]:
    """What the lists of VERSION find, by place, at most `MAX_FLAGS`. Never raises, and takes linear time.

    Both languages are always read, as people mix them; `language` ("en", "zh") only decides whether digits that look
    like Latin letters are read as letters too.
    """
    plain = fold(text)
    readings = [("en", plain), ("zh", squeeze(plain))]
    if language == "en":
        readings.append(("en", lookalikes(plain)))
    found = {flag for tongue, reading in readings for flag in _flags(reading, tongue)}
    return tuple(sorted(found))[:MAX_FLAGS]


def _flags(reading: Folded, language: str) -> list[Flag]:
    flags = []
    for match in _pattern(language).finditer(reading.text):
        rule = _rules_by_term(language)[match.group()]
        start, end = reading.span(match.start(), match.end())
        flags.append(Flag(start, end, rule.code, rule.severity))
    return flags


@lru_cache
def _pattern(language: str) -> re.Pattern[str]:
    """One alternation of literals, longest first: no repetition, so nothing to backtrack over."""
    terms = sorted(_rules_by_term(language), key=len, reverse=True)
    if language != "en":
        return re.compile("|".join(map(re.escape, terms)))
    # a Latin word may stand between Chinese characters, so only Latin letters and digits join it to others
    words = (re.escape(term) + ("(?![a-z0-9])" if term[-1].isalnum() else "") for term in terms)
    return re.compile(f"(?<![a-z0-9])(?:{'|'.join(words)})")


@lru_cache
def _rules_by_term(language: str) -> dict[str, Rule]:
    return {term: rule for rule in RULES[language] for term in rule.terms}
