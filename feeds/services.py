"""What the feed does: hands out pages, and takes in what was watched."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from catalog.models import Episode
from common.ids import uuid7
from creators.selectors import member_creator_ids
from feeds import intake, sink
from feeds.candidates import find
from feeds.ranking import rank
from feeds.selectors import Card, Reported, cards, reported_episodes, shown_episodes
from feeds.slates import BATCH, Item, Slate
from feeds.tokens import Cursor, Shown, read_cursor, read_token, write_cursor, write_token
from feeds.viewers import Seen, page_save, seen_save, viewer_lock, viewer_lock_with_slate

SPARE = 5  # looked up beyond the page, so that a few withdrawn episodes cost no further query


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One place in the feed; `token` goes back with every event about it."""

    token: str
    position: int
    kind: str
    card: Card


@dataclass(frozen=True, slots=True)
class FeedPage:
    """`reset` says that the cursor given was no longer good and that this is the beginning of another feed."""

    feed: uuid.UUID
    items: tuple[FeedItem, ...]
    next_cursor: str | None
    exhausted: bool
    reset: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch: `accepted` are new, `duplicates` were known, `rejected` will never be taken."""

    accepted: int
    duplicates: int
    rejected: tuple[intake.Rejected, ...]


def feed_page(*, user: User, cursor: str | None, limit: int, now: datetime) -> FeedPage:
    """The page at `cursor`, or the first one of a new slate. What a page holds is marked as seen when it goes out.

    All under the viewer's lock: two devices that page at once get different episodes, a retry gets the same ones.
    """
    with transaction.atomic():
        seen, slate, offset = _open(user, cursor, now)
        reset = bool(cursor) and not slate.items
        end = slate.served_from(offset)
        if end is None:
            slate, shown = _fill(slate, seen, user_id=user.pk, limit=limit, now=now)
            end = slate.frontier
            if end > offset:
                page_save(user_id=user.pk, seen=seen, slate=slate, now=now)
        else:
            shown = shown_episodes([item.episode for item in slate.items[offset:end]], user_id=user.pk)
    exhausted = slate.exhausted and end == len(slate.items)
    following = None if exhausted else write_cursor(Cursor(slate.uid, end), subject=user.subject)
    return FeedPage(slate.uid, _items(user, slate, offset, end, shown), following, exhausted, reset)


def _open(user: User, cursor: str | None, now: datetime) -> tuple[Seen, Slate, int]:
    """The viewer's lock, and the slate and place that the cursor names, or else the start of a new one."""
    place = read_cursor(cursor, subject=user.subject) if cursor else None
    found = viewer_lock_with_slate(user_id=user.pk, slate_uid=place.slate, now=now) if place else None
    if place and found and found[1].can_answer(place.offset):
        return (*found, place.offset)
    return viewer_lock(user_id=user.pk, now=now), Slate(uuid7()), 0


def _fill(slate: Slate, seen: Seen, *, user_id: int, limit: int, now: datetime) -> tuple[Slate, dict[int, Episode]]:
    """Serve the next page: what was planned and still may be shown, then new candidates, until full or all is out.

    Ordinarily two queries: candidates (only when the plan runs short) and episodes.
    """
    page: list[Item] = []
    shown: dict[int, Episode] = {}
    planned = deque(item for item in slate.planned if not seen.knows(item))
    fresh: set[Item] = set()
    gone: set[int] = set()
    dry = False
    while len(page) < limit:
        wanted = limit - len(page) + SPARE
        if len(planned) < wanted and not dry:
            taken = {item.series for item in (*page, *planned)} | gone
            supply = find(user_id=user_id, seen=seen, without=taken, limit=max(BATCH, wanted), opening=not slate.items)
            more = [Item(one.episode, one.series, one.kind) for one in rank(supply.candidates, now=now)]
            planned.extend(more)
            fresh.update(more)
            dry = supply.dry
        if not planned:
            break
        looked_at = [planned.popleft() for _ in range(min(wanted, len(planned)))]
        shown |= shown_episodes([item.episode for item in looked_at], user_id=user_id)
        alive = [item for item in looked_at if item.episode in shown]
        lost = [item for item in looked_at if item.episode not in shown]
        gone.update(item.series for item in lost if item in fresh)
        dry = dry and all(item in fresh for item in lost)  # an old plan's series may have another hook by now
        room = limit - len(page)
        page += alive[:room]
        planned.extendleft(reversed(alive[room:]))
    seen.mark(page)
    return slate.serve(page, list(planned), exhausted=dry and not planned), shown


def _items(user: User, slate: Slate, offset: int, end: int, shown: dict[int, Episode]) -> tuple[FeedItem, ...]:
    """The page as it goes out; an item withdrawn since it was first served leaves a gap, not a shift."""
    page = [(place, slate.items[place]) for place in range(offset, end) if slate.items[place].episode in shown]
    known = cards([shown[item.episode] for _, item in page], user_id=user.pk)
    return tuple(
        FeedItem(
            write_token(
                Shown(slate.uid, place, item.kind), subject=user.subject, episode=shown[item.episode].uid
            ),
            place, item.kind, known[item.episode],
        )
        for place, item in page
    )


def events_record(
    *, user: User, events: Sequence[Any], sent_at: datetime, device_id: str, now: datetime
) -> Outcome:
    """Store a batch of raw events once, whatever is sent again, and bring views, progress and seen up to it.

    `sent_at` is the client's clock at this very sending; it must be stamped anew on every retry.
    """
    read, rejected, repeats = intake.read_events(events)
    known = reported_episodes({event.episode for event in read})
    rows, places = [], {}
    for event in sorted(read, key=lambda event: event.id):
        about = known.get(event.episode)
        place = read_token(event.token, subject=user.subject, episode=event.episode) if event.token else None
        if about is None or (event.token and place is None):
            rejected.append(intake.Rejected(str(event.id), "unknown_episode" if about is None else "bad_token"))
            continue
        rows.append(_row(event, about, place, intake.corrected(event.claimed_at, sent_at=sent_at, received_at=now)))
        places[event.id] = about
    makers = set(member_creator_ids(user=user)) if rows else set()
    with transaction.atomic():
        seen = viewer_lock(user_id=user.pk, now=now)
        stored = sink.store_events(rows, user_id=user.pk, device_id=device_id, sent_at=sent_at, received_at=now)
        new = [(row, places[row.event_id]) for row in rows if row.event_id in stored]
        sink.count_views(_views(new, makers), user_id=user.pk)
        sink.move_progress(_stops(new), user_id=user.pk, now=now)
        watched = {about.series for row, about in new if row.type in intake.SEEN}
        if watched - set(seen.series):
            seen.series.update(watched)
            seen_save(user_id=user.pk, seen=seen, now=now)
    return Outcome(len(new), repeats + len(rows) - len(new), tuple(rejected))


def _row(event: intake.Event, about: Reported, place: Shown | None, occurred_at: datetime) -> sink.Row:
    return sink.Row(
        event_id=event.id, type=event.type, episode=about.id,
        feed=place.feed if place else None, position=place.position if place else None,
        kind=place.kind if place else "",
        occurred_at=occurred_at, claimed_at=event.claimed_at,
        position_ms=min(event.position_ms, about.duration_ms), watched_ms=event.watched_ms,
    )


def _views(new: Iterable[tuple[sink.Row, Reported]], makers: set[int]) -> set[tuple[int, Any]]:
    """Episode and UTC day of every view that counts."""
    return {
        (about.id, row.occurred_at.astimezone(UTC).date())
        for row, about in new
        if row.type in intake.PLAYED
        and about.creator not in makers
        and intake.is_view(watched_ms=row.watched_ms, duration_ms=about.duration_ms)
    }


def _stops(new: Iterable[tuple[sink.Row, Reported]]) -> list[sink.Stop]:
    """The latest stop in each series."""
    latest: dict[int, sink.Stop] = {}
    for row, about in new:
        if row.type not in intake.PLAYED:
            continue
        done = intake.is_finished(position_ms=row.position_ms, duration_ms=about.duration_ms)
        stop = sink.Stop(about.series, about.id, row.position_ms, about.number + done, row.occurred_at)
        known = latest.get(about.series)
        if known is None or _order(stop) > _order(known):
            latest[about.series] = stop
    return list(latest.values())


def _order(stop: sink.Stop) -> tuple[datetime, int, int]:
    return stop.occurred_at, stop.next_number, stop.position_ms
