"""Reading what clients report, without a database."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.intake import MAX_MS, Unreadable, corrected, is_finished, is_view, read_event, read_events
from feeds.models import WatchEvent

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def raw(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()), "type": "progress", "episode": str(uuid.uuid4()),
        "occurred_at": "2026-05-01T10:00:00+02:00", "position_ms": 1000, "watched_ms": 900,
    } | changes


def test_a_good_event_is_read_in_utc() -> None:
    given_in = raw(token="abc")
    event = read_event(given_in)
    assert (str(event.id), str(event.episode), event.type) == (given_in["id"], given_in["episode"], "progress")
    assert event.claimed_at == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert (event.position_ms, event.watched_ms, event.token) == (1000, 900, "abc")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": None}, "bad_id"), ({"id": 7}, "bad_id"), ({"id": "x"}, "bad_id"),
        ({"type": "explode"}, "bad_type"), ({"type": ["progress"]}, "bad_type"), ({"type": None}, "bad_type"),
        ({"episode": "1"}, "bad_episode"), ({"episode": {}}, "bad_episode"),
        ({"occurred_at": None}, "bad_time"), ({"occurred_at": "yesterday"}, "bad_time"),
        ({"occurred_at": 1700000000}, "bad_time"), ({"occurred_at": "2026-02-31T10:00:00Z"}, "bad_time"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "bad_time"),
        ({"position_ms": -1}, "bad_number"), ({"position_ms": 1.5}, "bad_number"), ({"watched_ms": "9"}, "bad_number"),
        ({"watched_ms": True}, "bad_number"), ({"token": 5}, "bad_token"),
    ],
)
def test_a_broken_event_is_named_with_its_reason(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_event(raw(**changes))
    assert refused.value.code == code


def test_a_broken_event_costs_only_itself() -> None:
    good, bad = raw(), raw(type="explode")
    events, rejected, repeats = read_events([bad, good, "nothing", good])
    assert [str(event.id) for event in events] == [good["id"]]
    assert [(one.id, one.code) for one in rejected] == [(bad["id"], "bad_type"), ("", "bad_event")]
    assert repeats == 1


def test_absurd_numbers_are_capped() -> None:
    assert read_event(raw(watched_ms=10**40)).watched_ms == MAX_MS


def test_the_types_are_those_of_the_table() -> None:
    for known in WatchEvent.Type.values:
        assert read_event(raw(type=known)).type == known


def test_half_a_character_in_an_id_can_be_answered() -> None:
    _, rejected, _ = read_events([raw(id="\ud800" * 100)])
    assert rejected[0].code == "bad_id"
    assert rejected[0].id.encode()


def test_a_clock_that_is_wrong_by_years_still_says_how_long_ago_it_was() -> None:
    sent = datetime(1999, 1, 1, tzinfo=UTC)
    assert corrected(sent - timedelta(minutes=3), sent_at=sent, received_at=NOW) == NOW - timedelta(minutes=3)


def test_nothing_happened_later_than_now_or_earlier_than_a_week_ago() -> None:
    assert corrected(NOW + timedelta(days=1), sent_at=NOW, received_at=NOW) == NOW
    assert corrected(NOW - timedelta(days=90), sent_at=NOW, received_at=NOW) == NOW - timedelta(days=7)


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_no_pair_of_clocks_leaves_the_week(claimed: datetime, sent: datetime) -> None:
    assert NOW - timedelta(days=7) <= corrected(claimed, sent_at=sent, received_at=NOW) <= NOW


@pytest.mark.parametrize(
    ("watched", "duration", "counts"),
    [(2_999, 45_000, False), (3_000, 45_000, True), (2_000, 4_000, True), (1_999, 4_000, False)],
)
def test_a_view_is_three_seconds_or_half(watched: int, duration: int, counts: bool) -> None:
    assert is_view(watched_ms=watched, duration_ms=duration) is counts


def test_an_episode_is_finished_at_95_percent() -> None:
    assert is_finished(position_ms=38_000, duration_ms=40_000)
    assert not is_finished(position_ms=37_999, duration_ms=40_000)
