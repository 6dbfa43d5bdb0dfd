"""How long a render will still take, asked of the database at most once in a few seconds, whoever wants to know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog
from django.core.cache import cache

from common import outage
from generation.models import Render
from generation.speeds import eta_seconds

log = structlog.get_logger(__name__)
FRESH_SECONDS = 4.0
KEPT_SECONDS = 60
AT_ONCE = 2  # a worker that tells of many renders estimates these and leaves the others to the next turn

# when it was estimated, and the end that was estimated: so that a kept estimate counts down by itself
Guess = tuple[float, float | None]


def eta_of(render: Render, *, now: datetime) -> float | None:
    """Seconds until `render` is done; None if it is not at work, or nobody can tell."""
    if render.status not in Render.LIVE:
        return None
    guess = _kept([str(render.uid)]).get(str(render.uid))
    return _left(guess if guess and _fresh(guess, now) else _estimate(render, now), now)


def known_etas(uids: Iterable[str], *, now: datetime) -> dict[str, float | None]:
    """What was estimated within the last minute, for any number of renders at once; asks no database."""
    return {uid: _left(guess, now) for uid, guess in _kept(uids).items()}


def etas(uids: Iterable[str], *, now: datetime) -> dict[str, float | None]:
    """As `known_etas`, with a few of those that are missing or old estimated anew."""
    wanted = list(uids)
    guesses = _kept(wanted)
    old = [uid for uid in wanted if uid not in guesses or not _fresh(guesses[uid], now)]
    for render in Render.objects.filter(uid__in=old[:AT_ONCE], status__in=Render.LIVE).defer("brief"):
        guesses[str(render.uid)] = _estimate(render, now)
    return {uid: _left(guess, now) for uid, guess in guesses.items()}


def _estimate(render: Render, now: datetime) -> Guess:
    seconds = eta_seconds(render, now)
    guess = (now.timestamp(), None if seconds is None else now.timestamp() + seconds)
    if not outage.lasts():
        try:
            cache.set(_key(str(render.uid)), guess, KEPT_SECONDS)
        except Exception as gone:  # then the next one estimates again
            outage.note(gone)
            log.warning("eta_not_kept", error=repr(gone))
    return guess


def _kept(uids: Iterable[str]) -> dict[str, Guess]:
    names = {_key(uid): uid for uid in uids}
    if not names or outage.lasts():
        return {}
    try:
        return {names[key]: guess for key, guess in cache.get_many(names).items()}
    except Exception as gone:  # no estimate is better than no answer
        outage.note(gone)
        log.warning("eta_not_read", error=repr(gone))
        return {}


def _fresh(guess: Guess, now: datetime) -> bool:
    return 0 <= now.timestamp() - guess[0] < FRESH_SECONDS


def _left(guess: Guess, now: datetime) -> float | None:
    return None if guess[1] is None else round(max(0.0, guess[1] - now.timestamp()), 1)


def _key(uid: str) -> str:
    return f"eta:{uid}"
