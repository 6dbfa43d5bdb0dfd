"""How far running steps are, told without a flood: however many workers a creator has, listeners get two messages a
second.

Every worker notes its step on a board in Valkey, one per creator. Whoever finds the last message half a second old
takes the whole board and sends it: to each render's listeners what concerns them, to the studio's listeners all of it.
Nothing here is kept, nothing may fail a step, and a server that hangs is left alone for a while.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import redis
import structlog
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from common import outage
from generation.eta import etas
from generation.frames import frame_keep
from generation.messenger import Letter, send
from generation.progress import render_group, studio_group

log = structlog.get_logger(__name__)
TELL_SECONDS = 0.5
FRAME_SECONDS = 0.9  # engines hand out one a second
STALE_SECONDS = 10.0  # a step that was noted longer ago has most likely ended since
BOARD_SECONDS = 60
QUIET_SECONDS = 10.0  # after a failure
FRAMES_AN_ATTEMPT = 10_000

Renders = tuple[tuple[uuid.UUID, float], ...]


@dataclass
class Teller:
    """The voice of one attempt at a step. Talks to Valkey at most twice a second, whatever it is told."""

    creator_id: int
    key: str
    attempt: int
    clock: Callable[[], float] = time.monotonic
    renders: Renders = ()
    _next: float = field(default=0.0, init=False)
    _next_frame: float = field(default=0.0, init=False)
    _quiet_until: float = field(default=0.0, init=False)
    _frame: int = field(default=0, init=False)
    _unsaid: float | None = field(default=None, init=False)  # what came too soon, or still lies on the board

    def heard(self, renders: Renders) -> None:
        """Where the step's renders stand, as (uid, percent). None: a heartbeat found their rows busy, and knows no
        better than the one before.
        """
        self.renders = renders or self.renders

    def tell(self, fraction: float, preview: Path | None = None) -> None:
        """Say how far the step is, perhaps with a still. Never raises, and what comes too soon is dropped."""
        now = self.clock()
        if now < self._quiet_until or outage.lasts():
            return
        try:
            if preview is not None and now >= self._next_frame:
                self._next_frame = now + FRAME_SECONDS
                self._frame += frame_keep(creator_id=self.creator_id, key=self.key, picture=preview)
            self._unsaid = fraction
            if now >= self._next:
                self._next = now + TELL_SECONDS
                self._say(fraction)
        except Exception as lost:  # telling is a comfort, and no reason to fail
            outage.note(lost)
            log.warning("progress_not_told", error=repr(lost))
            self._quiet_until = self.clock() + QUIET_SECONDS

    def _say(self, fraction: float) -> None:
        note = {"fraction": round(fraction, 3), "frame": self._number(), "renders": _plain(self.renders)}
        board = _note(self.creator_id, self.key, note)
        if board and send(letters_of(self.creator_id, board)):
            self._unsaid = None
        elif board:
            self._quiet_until = self.clock() + QUIET_SECONDS

    def again(self) -> None:
        """With a heartbeat: what was said too soon after something else is said now."""
        if self._unsaid is not None:
            self.tell(self._unsaid)

    def _number(self) -> int:
        """Of the newest still; it rises over attempts, so that no client takes an old picture for the new one."""
        return self.attempt * FRAMES_AN_ATTEMPT + self._frame if self._frame else 0


def _plain(renders: Renders) -> list[tuple[str, float]]:
    return [(str(uid), round(percent, 1)) for uid, percent in renders]


def _note(creator_id: int, key: str, note: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Put a note on the creator's board. Returns the whole board if it is this one's turn to tell, else nothing."""
    board, gate = cache.make_key(f"telling:{creator_id}"), cache.make_key(f"telling-gate:{creator_id}")
    valkey = _valkey(str(settings.CACHES["default"]["LOCATION"]))
    with valkey.pipeline(transaction=False) as pipe:
        pipe.hset(board, key, json.dumps({**note, "at": time.time()}))
        pipe.expire(board, BOARD_SECONDS)
        pipe.set(gate, 1, nx=True, px=round(TELL_SECONDS * 1000))
        if not pipe.execute()[-1]:
            return {}
    with valkey.pipeline(transaction=True) as pipe:
        pipe.hgetall(board)
        pipe.delete(board)
        notes = {name.decode(): json.loads(text) for name, text in pipe.execute()[0].items()}
    return {name: kept for name, kept in notes.items() if time.time() - kept["at"] < STALE_SECONDS}


@lru_cache(maxsize=4)
def _valkey(location: str) -> redis.Redis:
    """Django's cache offers no hash; its server does. The pool notices a fork."""
    return redis.Redis.from_url(location, socket_timeout=2, socket_connect_timeout=2)


def letters_of(creator_id: int, board: Mapping[str, Mapping[str, Any]]) -> list[Letter]:
    """One letter to the studio's listeners, and one to those of each render on the board."""
    news: dict[str, dict[str, Any]] = {}
    for key, note in board.items():
        for uid, percent in note["renders"]:
            about = news.setdefault(uid, {"render": uid, "percent": percent, "steps": []})
            about["percent"] = max(about["percent"], percent)
            about["steps"].append(_step(uid, key, note))
    for uid, seconds in _left(news).items():
        news[uid]["eta_seconds"] = seconds
    letters = [Letter(render_group(uid), _progress([about])) for uid, about in news.items()]
    return [*letters, Letter(studio_group(creator_id), _progress(list(news.values())))] if news else []


def _progress(news: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "render.progress", "news": news}


def _step(uid: str, key: str, note: Mapping[str, Any]) -> dict[str, Any]:
    step = {"key": key, "fraction": note["fraction"]}
    return step | ({"preview": preview_url(uid, key, note["frame"])} if note["frame"] else {})


def _left(uids: Iterable[str]) -> dict[str, float | None]:
    try:
        return etas(uids, now=timezone.now())
    except Exception as failure:  # an estimate is worth no error
        log.warning("eta_failed", error=repr(failure))
        return {}


def preview_url(uid: str, key: str, frame: int) -> str:
    """Where members of the studio account see the newest still of a running step."""
    return f"/api/v1/studio/renders/{uid}/steps/{key}/preview.jpg?n={frame}"
