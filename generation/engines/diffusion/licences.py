"""What a model's licence lets people do with its pictures, as data, and whether an episode may be published. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias, get_args

Commercial: TypeAlias = Literal["yes", "no", "below_revenue"]
COMMERCIAL: tuple[str, ...] = get_args(Commercial)
EU = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
WORLD = "*"


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as it was read at `source` on `read_on`; `verified`: by a person of ours, in the licence's own text.

    `territories_excluded`: ISO 3166 codes and "EU". `attribution`, `marking`: what has to be said beside the episode.
    """

    name: str
    url: str
    commercial: Commercial
    source: str
    read_on: str
    verified: bool
    revenue_limit_usd: int | None = None
    territories_excluded: tuple[str, ...] = ()
    attribution: str = ""
    marking: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"territories_excluded": list(self.territories_excluded)}


@dataclass(frozen=True, slots=True)
class Use:
    """What a house does with its episodes: where it shows them (ISO 3166, or "*" for everywhere) and what it earns."""

    territories: tuple[str, ...] = (WORLD,)
    commercial: bool = True
    revenue_usd: int | None = None


def objections(licence: Mapping[str, Any], use: Use) -> tuple[tuple[str, str], ...]:
    """(code, sentence) for everything in a licence (its `to_json`) that forbids `use`; nothing if it may be."""
    found: list[tuple[str, str]] = []
    name = str(licence.get("name") or "An unnamed licence")
    if not licence.get("verified"):
        found.append(("licence_unverified", f"Nobody has verified {name}."))
    found += _commercial(licence, use, name)
    shut = shut_out(licence.get("territories_excluded") or (), use.territories)
    if shut:
        found.append(("licence_territory", f"{name} does not hold in {', '.join(shut)}."))
    return tuple(found)


def shut_out(excluded: Collection[str], territories: Collection[str]) -> tuple[str, ...]:
    """Those of the excluded territories that an episode would be shown in."""
    if WORLD in territories:
        return tuple(excluded)
    countries = {code for code in excluded if code != "EU"} | (set(EU) if "EU" in excluded else set())
    return tuple(sorted((countries | ({"EU"} & set(excluded))) & set(territories)))


def _commercial(licence: Mapping[str, Any], use: Use, name: str) -> list[tuple[str, str]]:
    allowed = licence.get("commercial")
    if not use.commercial or allowed == "yes":
        return []
    if allowed != "below_revenue":
        return [("licence_commercial", f"{name} forbids commercial use.")]
    limit = licence.get("revenue_limit_usd")
    if limit is None or use.revenue_usd is None:
        why = "holds only below a yearly revenue, and RW_ANNUAL_REVENUE_USD does not say yours"
        return [("licence_revenue", f"{name} {why}.")]
    if use.revenue_usd >= limit:
        return [("licence_revenue", f"{name} holds only below {limit:,} USD a year.")]
    return []
