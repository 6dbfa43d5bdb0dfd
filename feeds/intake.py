"""Reads what clients report, one event at a time, so that a broken one costs nothing but itself. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime

MAX_EVENTS = 500
MAX_BYTES = 256 * 1024
MAX_AGE = timedelta(days=7)
MAX_MS = 24 * 3600 * 1000
PLAYED = frozenset({"progress", "play_end"})  # these say how far and how long
SEEN = frozenset({"impression", "play_start", "replay"}) | PLAYED
TYPES = SEEN | {"like", "unlike", "share", "paywall_shown", "not_interested"}
VIEW_MS, VIEW_SHARE, FINISHED_SHARE = 3_000, 0.5, 0.95


class Unreadable(Exception):
    """One event cannot be taken; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Event:
    """A well-formed report. `claimed_at` is the client's clock; durations are milliseconds of the episode."""

    id: uuid.UUID
    type: str
    episode: uuid.UUID
    token: str
    claimed_at: datetime
    position_ms: int
    watched_ms: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why an event was not taken. `id` is what the client sent, cut to what an id may be long."""

    id: str
    code: str


def read_events(raw: Sequence[Any]) -> tuple[list[Event], list[Rejected], int]:
    """Events in the order sent, those refused, and how many repeat an id of this same batch."""
    events: dict[uuid.UUID, Event] = {}
    rejected: list[Rejected] = []
    repeats = 0
    for one in raw:
        try:
            event = read_event(one)
        except Unreadable as why:
            rejected.append(Rejected(_claimed_id(one), why.code))
            continue
        repeats += event.id in events
        events.setdefault(event.id, event)
    return list(events.values()), rejected, repeats


def read_event(raw: Any) -> Event:
    """Raises `Unreadable` with bad_event, bad_id, bad_type, bad_episode, bad_time, bad_number or bad_token."""
    if not isinstance(raw, Mapping):
        raise Unreadable("bad_event")
    token = raw.get("token") or ""
    if not isinstance(token, str):
        raise Unreadable("bad_token")
    kind = raw.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise Unreadable("bad_type")
    return Event(
        id=_uuid(raw.get("id"), "bad_id"),
        type=kind,
        episode=_uuid(raw.get("episode"), "bad_episode"),
        token=token,
        claimed_at=_time(raw.get("occurred_at")),
        position_ms=_milliseconds(raw.get("position_ms")),
        watched_ms=_milliseconds(raw.get("watched_ms")),
    )


def corrected(claimed_at: datetime, *, sent_at: datetime, received_at: datetime) -> datetime:
    """The event's time by our clock: as long ago as the client says it was when it sent the batch.

    Kept between a week ago and now, whatever the client's clock says.
    """
    age = min(max(sent_at - claimed_at, timedelta()), MAX_AGE)
    return received_at - age


def is_view(*, watched_ms: int, duration_ms: int) -> bool:
    """3 seconds, or half of what is shorter than 6."""
    return watched_ms >= VIEW_MS or watched_ms >= VIEW_SHARE * duration_ms


def is_finished(*, position_ms: int, duration_ms: int) -> bool:
    return position_ms >= FINISHED_SHARE * duration_ms


def _uuid(value: Any, code: str) -> uuid.UUID:
    if not isinstance(value, str):
        raise Unreadable(code)
    try:
        return uuid.UUID(value)
    except ValueError:
        raise Unreadable(code) from None


def _time(value: Any) -> datetime:
    try:
        found = parse_datetime(value) if isinstance(value, str) and len(value) <= 40 else None
        if found is None:
            raise Unreadable("bad_time")
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Unreadable("bad_time") from None


def _milliseconds(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Unreadable("bad_number")
    return min(value, MAX_MS)


def _claimed_id(raw: Any) -> str:
    claimed = raw.get("id") if isinstance(raw, Mapping) else None
    # half a surrogate pair is legal in JSON and cannot be written back
    return claimed[:64].encode(errors="replace").decode() if isinstance(claimed, str) else ""
