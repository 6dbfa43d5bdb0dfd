"""The order of candidates, without a database."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.ranking import CONTINUE, HOOK, SPREAD, Candidate, rank, score

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def hook(number: int, *, creator: int | None = None, days: float = 1.0, **stats: int) -> Candidate:
    return Candidate(
        HOOK, episode=number * 10, series=number, creator=number if creator is None else creator,
        published_at=NOW - timedelta(days=days), **stats,
    )


def test_the_fresher_of_two_equals_comes_first() -> None:
    old, new = hook(1, days=30), hook(2, days=1)
    assert rank([old, new], now=NOW) == [new, old]


def test_freshness_halves_every_week() -> None:
    base = score(hook(1, days=10_000), now=NOW)
    today, week = (score(hook(1, days=days), now=NOW) - base for days in (0, 7))
    assert abs(today - 1.0) < 1e-9
    assert abs(week - 0.5) < 1e-9


def test_a_hook_that_people_finish_beats_a_newer_one_that_they_leave() -> None:
    kept = hook(1, days=6, plays=1000, finishes=700)
    left = hook(2, days=0, plays=1000, finishes=50)
    assert rank([left, kept], now=NOW) == [kept, left]


def test_one_lucky_play_does_not_beat_a_proven_hook() -> None:
    lucky = hook(1, plays=1, finishes=1)
    proven = hook(2, plays=1000, finishes=500)
    assert rank([lucky, proven], now=NOW) == [proven, lucky]


def test_a_story_from_tomorrow_is_no_fresher_than_one_from_now() -> None:
    assert score(hook(1, days=-3), now=NOW) == score(hook(1, days=0), now=NOW)


def test_a_series_comes_once_and_its_card_to_continue_wins() -> None:
    first = hook(1)
    going_on = Candidate(CONTINUE, episode=12, series=1, creator=1, published_at=NOW)
    assert rank([first, replace(first, episode=11), going_on], now=NOW) == [going_on]


def test_cards_to_continue_stand_in_front() -> None:
    going_on = Candidate(CONTINUE, episode=12, series=1, creator=1, published_at=NOW - timedelta(days=300))
    assert [one.kind for one in rank([hook(2), hook(3), going_on], now=NOW)] == [CONTINUE, HOOK, HOOK]


def test_a_creator_comes_once_among_five_neighbours_while_there_are_others() -> None:
    crowd = [hook(n, creator=1, days=0) for n in range(1, 5)]
    others = [hook(n, days=20) for n in range(10, 26)]
    makers = [one.creator for one in rank(crowd + others, now=NOW)]
    assert makers.count(1) == 4
    assert [place for place, maker in enumerate(makers) if maker == 1] == [0, 5, 10, 15]


def test_one_creator_alone_still_fills_the_page() -> None:
    crowd = [hook(n, creator=1, days=n) for n in range(1, 30)]
    assert rank(reversed(crowd), now=NOW) == crowd


@given(
    st.lists(
        st.tuples(st.integers(1, 40), st.integers(1, 6), st.floats(0, 100), st.integers(0, 50)), max_size=60
    )
)
def test_ranking_loses_nothing_doubles_nothing_and_is_spread_as_far_as_it_goes(
    rows: list[tuple[int, int, float, int]],
) -> None:
    given_in = [hook(series, creator=maker, days=days, plays=50, finishes=won) for series, maker, days, won in rows]
    ordered = rank(given_in, now=NOW)
    assert Counter(one.series for one in ordered) == Counter({series for series, *_ in rows})
    assert ordered == rank(given_in, now=NOW)
    for place, one in enumerate(ordered):
        recent = {other.creator for other in ordered[max(0, place - SPREAD + 1) : place]}
        if one.creator in recent:
            assert {later.creator for later in ordered[place:]} <= recent
