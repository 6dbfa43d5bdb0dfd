"""Whether an episode may be published by the licences of what made its pictures. Pure; it reads frozen evidence, whose
shape is not taken on trust.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

EU = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
WORLD = "*"


@dataclass(frozen=True, slots=True)
class Use:
    """What a house does with its episodes: where it shows them (ISO 3166, or "*" for everywhere), whether it earns, and
    how much a year in US dollars.
    """

    territories: tuple[str, ...] = (WORLD,)
    commercial: bool = True
    revenue_usd: int | None = None


@dataclass(frozen=True, slots=True)
class Objection:
    """One licence against one shot (its number, from 1)."""

    code: str
    shot: int
    model: str
    why: str


def objections(evidence: Any, use: Use) -> tuple[Objection, ...]:
    """Everything in the licences of the models of each shot (`shots[].provenance.models[].licences[]`) that forbids
    `use`; nothing if the episode may be published.
    """
    shots = _dicts(evidence.get("shots")) if isinstance(evidence, dict) else []
    return tuple(
        Objection(code, _number(shot, index), str(model.get("name", "")), why)
        for index, shot in enumerate(shots, start=1)
        for model in _models(shot)
        for licence in _licences(model)
        for code, why in against(licence, use)
    )


def against(licence: Mapping[str, Any], use: Use) -> Iterator[tuple[str, str]]:
    """(code, sentence) for all of one licence that forbids `use`."""
    name = str(licence.get("name") or "an unnamed licence")
    if licence.get("verified") is not True:
        yield "licence_unverified", f"nobody has verified {name}"
    if use.commercial:
        yield from _commercial(licence, use, name)
    shut = shut_out(_words(licence.get("territories_excluded")), use.territories)
    if shut:
        yield "licence_territory", f"{name} does not hold in {', '.join(shut)}"


def shut_out(excluded: Collection[str], territories: Collection[str]) -> tuple[str, ...]:
    """Those of the excluded territories that an episode would be shown in."""
    if WORLD in territories:
        return tuple(excluded)
    countries = {*excluded, *(EU if "EU" in excluded else ())}
    return tuple(sorted(countries & set(territories)))


def _commercial(licence: Mapping[str, Any], use: Use, name: str) -> Iterator[tuple[str, str]]:
    allowed = licence.get("commercial")
    if allowed == "yes":
        return
    if allowed != "below_revenue":
        yield "licence_commercial", f"{name} forbids commercial use"
        return
    limit = licence.get("revenue_limit_usd")
    if not isinstance(limit, int) or use.revenue_usd is None:
        why = "holds only below a yearly revenue, and RW_ANNUAL_REVENUE_USD does not say yours"
        yield "licence_revenue", f"{name} {why}"
    elif use.revenue_usd >= limit:
        yield "licence_revenue", f"{name} holds only below {limit:,} USD a year"


def _number(shot: Mapping[str, Any], place: int) -> int:
    said = shot.get("number")
    return said if isinstance(said, int) else place


def _models(shot: Mapping[str, Any]) -> list[dict[str, Any]]:
    made = shot.get("provenance")
    return _dicts(made.get("models")) if isinstance(made, dict) else []


def _licences(model: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A model that says nothing of its licence has one that nobody knows."""
    return _dicts(model.get("licences")) or [{}]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _words(value: Any) -> list[str]:
    return [part for part in value if isinstance(part, str)] if isinstance(value, list) else []
