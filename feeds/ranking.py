"""Puts candidates in order. Pure: frozen values in, an ordered list out; no clock, no database, no chance."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

HOOK, CONTINUE = "hook", "continue"
HALF_LIFE_DAYS = 7.0
SPREAD = 5  # among so many neighbours a creator appears once, as long as there is anyone else
# what an unknown hook is believed to do, and how many plays it takes to believe otherwise
PRIOR_FINISH, PRIOR_UNLOCK, PRIOR_PLAYS = 0.2, 0.01, 50.0
WEIGHT_FRESH, WEIGHT_FINISH, WEIGHT_UNLOCK = 1.0, 2.0, 10.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An episode that could be shown. `plays`, `finishes` and `unlocks` are of its hook, zero while none are known."""

    kind: str
    episode: int
    series: int
    creator: int
    published_at: datetime
    plays: int = 0
    finishes: int = 0
    unlocks: int = 0


def rank(candidates: Iterable[Candidate], *, now: datetime) -> list[Candidate]:
    """All but the second of any series: cards to continue in front as they came, then hooks by score, spread."""
    one_each: dict[int, Candidate] = {}
    for candidate in candidates:
        known = one_each.get(candidate.series)
        if known is None or (known.kind == HOOK and candidate.kind == CONTINUE):
            one_each[candidate.series] = candidate
    going_on = [candidate for candidate in one_each.values() if candidate.kind == CONTINUE]
    hooks = [candidate for candidate in one_each.values() if candidate.kind == HOOK]
    hooks.sort(key=lambda hook: (-score(hook, now=now), hook.episode))
    return going_on + spread(hooks, after=going_on)


def score(candidate: Candidate, *, now: datetime) -> float:
    """Freshness (halved every week) plus how often the hook is finished and unlocked, smoothed by what is usual."""
    age_days = max((now - candidate.published_at).total_seconds() / 86_400, 0.0)
    fresh = math.exp2(-age_days / HALF_LIFE_DAYS)
    finish = _smoothed(candidate.finishes, candidate.plays, PRIOR_FINISH)
    unlock = _smoothed(candidate.unlocks, candidate.plays, PRIOR_UNLOCK)
    return WEIGHT_FRESH * fresh + WEIGHT_FINISH * finish + WEIGHT_UNLOCK * unlock


def spread(ordered: Sequence[Candidate], *, after: Sequence[Candidate] = ()) -> list[Candidate]:
    """The same candidates, each as early as its creator allows: once among `SPREAD` neighbours where that is possible.

    Where nobody else is left, the best one comes anyway: a page is never shortened for variety.
    """
    waiting: dict[int, deque[Candidate]] = {}
    order = {id(candidate): place for place, candidate in enumerate(ordered)}
    for candidate in ordered:
        waiting.setdefault(candidate.creator, deque()).append(candidate)
    recent = deque((candidate.creator for candidate in after), maxlen=SPREAD - 1)
    placed: list[Candidate] = []
    while waiting:
        heads = [queue[0] for creator, queue in waiting.items() if creator not in recent]
        best = min(heads or [queue[0] for queue in waiting.values()], key=lambda head: order[id(head)])
        placed.append(best)
        recent.append(best.creator)
        waiting[best.creator].popleft()
        if not waiting[best.creator]:
            del waiting[best.creator]
    return placed


def _smoothed(hits: int, plays: int, prior: float) -> float:
    return (hits + prior * PRIOR_PLAYS) / (plays + PRIOR_PLAYS)
