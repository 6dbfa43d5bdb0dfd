"""How a shot is called when its number moves, and what its drawing leaves to chance. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from common.canonical import digest
from generation.breakdown import Shot

SEED_BITS = 31


def shot_refs(shots: Sequence[Shot]) -> list[str]:
    """A name for every shot, by what is drawn in it and not by its number nor its words: an edit elsewhere, or of what
    is said, leaves it. Shots that are drawn alike are told apart by their order.
    """
    seen: Counter[str] = Counter()
    refs = []
    for shot in shots:
        drawn = digest(_drawn(shot))
        refs.append(digest([drawn, seen[drawn]]))
        seen[drawn] += 1
    return refs


def shot_seed(shot: Shot) -> int:
    """What the drawing of take 1 leaves to chance, from what is drawn: not from the number, nor from the words."""
    return _seed(digest(_drawn(shot)))


def take_seed(ref: str, number: int) -> int:
    """The seed of another take: the same number of the same shot is the same picture again. Takes that follow each
    other have seeds that do, so that an engine with few ways to vary a shot can go through them in turn.
    """
    return (_seed(ref) + number) % (1 << SEED_BITS)


def _drawn(shot: Shot) -> list[object]:
    return [shot.place, shot.time_of_day, shot.framing, shot.move, shot.action, list(shot.cast)]


def _seed(hexadecimal: str) -> int:
    return int(hexadecimal[:8], 16) % (1 << SEED_BITS)
