"""What a model's licence lets people do with its pictures, as data. `safety.licences` judges by it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias, get_args

Commercial: TypeAlias = Literal["yes", "no", "below_revenue"]
COMMERCIAL: tuple[str, ...] = get_args(Commercial)


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
