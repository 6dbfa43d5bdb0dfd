"""What one socket has been told and what it is owed. Decides, and touches nothing: no socket, no database, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

MOST_QUEUED = 200
Message = dict[str, Any]


@dataclass(slots=True)
class Track:
    """A render as this socket knows it. `seq` is the newest event sent or queued: what comes next is `seq + 1`."""

    pk: int
    seq: int
    percent: float
    eta_seconds: float | None = None
    steps: dict[str, Message] = field(default_factory=dict)  # newest progress since the last flush


class Board:
    """Events in order and each once; the newest progress between them.

    Memory is bounded however slow the client is: an event that finds the queue full, or that does not follow on what
    was queued, is not kept; its render is `behind` and is read from the database once the queue has been sent.
    """

    def __init__(self, *, most_queued: int = MOST_QUEUED) -> None:
        self.tracks: dict[str, Track] = {}
        self.behind: set[str] = set()
        self.unknown: set[str] = set()
        self._most = most_queued
        self._queue: deque[tuple[str, Message]] = deque()
        self._moved: dict[str, None] = {}  # in the order in which they moved

    def follow(self, uid: str, *, pk: int, seq: int, percent: float) -> None:
        """A snapshot of this render is going out: from now on it is told from `seq` on."""
        known = self.tracks.get(uid)
        if known is None:
            self.tracks[uid] = Track(pk, seq, percent)
        else:
            known.seq, known.percent = max(known.seq, seq), max(known.percent, percent)
        if uid in self.unknown:  # something happened while the snapshot was read: it may hold it, or may not
            self.unknown.discard(uid)
            self.behind.add(uid)

    def forget(self, uids: Iterable[str]) -> None:
        """Of these renders nothing more is expected."""
        for uid in uids:
            self.tracks.pop(uid, None)
            self._moved.pop(uid, None)
            self.behind.discard(uid)

    def event(self, uid: str, message: Message) -> None:
        """News of a durable event: queued if it is the next one, dropped if it is old, else a reason to look."""
        track = self.tracks.get(uid)
        if track is None:
            self.unknown.add(uid)
        elif message["seq"] == track.seq + 1 and len(self._queue) < self._most:
            self._append(uid, track, message)
        elif message["seq"] > track.seq:
            self.behind.add(uid)

    def caught_up(self, uid: str, message: Message) -> None:
        """An event as it was read from the database; queued, however full the queue is, unless it is old."""
        track = self.tracks.get(uid)
        if track is not None and message["seq"] > track.seq:
            self._append(uid, track, message)

    def _append(self, uid: str, track: Track, message: Message) -> None:
        track.seq = message["seq"]
        if "step" in message:  # what was passing is overtaken by what stays
            track.steps.pop(message["step"]["key"], None)
        self._queue.append((uid, message))

    def progress(self, uid: str, news: Message) -> None:
        """Passing progress: the newest of each step replaces what has not been sent yet."""
        track = self.tracks.get(uid)
        if track is None:
            return
        track.percent = max(track.percent, news["percent"])
        track.eta_seconds = news.get("eta_seconds")
        track.steps.update((step["key"], step) for step in news["steps"])
        self._moved[uid] = None

    def due(self) -> tuple[str, Message] | None:
        """The next event to send, as (uid, message); None if none is queued."""
        if not self._queue:
            return None
        uid, message = self._queue.popleft()
        return uid, message | {"percent": self._percent(uid, message["percent"])}

    def _percent(self, uid: str, said: float) -> float:
        """Percentages never fall on one connection, not even when a step that was half done has to begin again."""
        track = self.tracks.get(uid)
        if track is None:
            return said
        track.percent = max(track.percent, said)
        return track.percent

    @property
    def moved(self) -> bool:
        """Whether there is progress that has not been sent."""
        return bool(self._moved)

    @property
    def clear(self) -> bool:
        """Whether nothing durable is owed."""
        return not (self._queue or self.behind or self.unknown)

    def passing(self, *, most: int) -> list[tuple[str, Message]]:
        """Progress to send now: a message for each of at most `most` renders, those that have waited longest."""
        chosen = list(self._moved)[:most]
        messages: list[tuple[str, Message]] = []
        for uid in chosen:
            del self._moved[uid]
            track = self.tracks[uid]
            steps, track.steps = list(track.steps.values()), {}
            about = {"type": "progress", "percent": track.percent, "eta_seconds": track.eta_seconds, "steps": steps}
            messages.append((uid, about))
        return messages
