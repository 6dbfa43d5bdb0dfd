"""The frozen list behind a cursor. Pure: what was served stays as it was, what was not may still change.

Pages begin at cuts. A cursor names a cut: if it is not the last one, its page was served before and is given again.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

BATCH = 100  # candidates asked for at a time
MAX_ITEMS = 2_000  # then the next page opens a new slate, so that no row grows without end
LIFE = timedelta(hours=2)  # after the last page


@dataclass(frozen=True, slots=True)
class Item:
    """An episode on a slate, by row ids."""

    episode: int
    series: int
    kind: str


@dataclass(frozen=True, slots=True)
class Slate:
    """`cuts` begins with 0 and never falls; `items[:cuts[-1]]` was served."""

    uid: uuid.UUID
    items: tuple[Item, ...] = ()
    cuts: tuple[int, ...] = (0,)
    exhausted: bool = False

    @property
    def frontier(self) -> int:
        return self.cuts[-1]

    @property
    def planned(self) -> tuple[Item, ...]:
        return self.items[self.frontier :]

    def can_answer(self, offset: int) -> bool:
        """Whether a page begins at `offset`, and this slate may still hand it out."""
        return offset in self.cuts and (offset < self.frontier or len(self.items) <= MAX_ITEMS)

    def served_from(self, offset: int) -> int | None:
        """The end of the page that was served from `offset`, or None if it was not served yet."""
        return next((cut for cut in self.cuts if cut > offset), None)

    def serve(self, page: Sequence[Item], planned: Sequence[Item], *, exhausted: bool) -> Slate:
        """The slate after `page` went out: it is frozen at the frontier, `planned` follows, the rest is forgotten."""
        items = (*self.items[: self.frontier], *page, *planned)
        cuts = (*self.cuts, self.frontier + len(page)) if page else self.cuts
        return replace(self, items=items, cuts=cuts, exhausted=exhausted)


def to_json(items: Sequence[Item]) -> list[list[int | str]]:
    return [[item.episode, item.series, item.kind] for item in items]


def from_json(rows: Sequence[Sequence[int | str]]) -> tuple[Item, ...]:
    return tuple(Item(int(episode), int(series), str(kind)) for episode, series, kind in rows)
