"""Pages of the feed: full, never twice, nothing skipped, whatever happens to the catalogue meanwhile."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from catalog.models import Episode, Series
from feeds.models import FeedSlate, Progress
from feeds.slates import LIFE
from feeds.tokens import Cursor, write_cursor
from tests.builders import make_guest
from tests.feeds.pages import NOW, everything, page_of, titles, uids
from tests.feeds.shelf import fill_shelf, hook_of, restore, withdraw

pytestmark = pytest.mark.django_db


def test_a_page_holds_the_first_episode_of_each_series_newest_first() -> None:
    series = fill_shelf(3, episodes=2, creators=3)
    page = page_of(make_guest())
    assert uids(page) == [str(hook_of(one).uid) for one in reversed(series)]
    assert [item.kind for item in page.items] == ["hook"] * 3
    assert [item.position for item in page.items] == [0, 1, 2]
    assert (page.exhausted, page.next_cursor, page.reset) == (True, None, False)


def test_an_item_says_what_comes_next_and_what_that_takes() -> None:
    fill_shelf(1, episodes=2, free_episodes=1, price_coins=60)
    card = page_of(make_guest()).items[0].card
    assert (card.access.reason, card.access.price_coins) == ("free", 0)
    assert card.next is not None
    assert card.next_access is not None
    assert (card.next.number, card.next_access.reason, card.next_access.price_coins) == (2, "locked", 60)


def test_the_last_episode_out_has_no_next() -> None:
    fill_shelf(1, episodes=1)
    assert page_of(make_guest()).items[0].card.next is None


def test_an_empty_shelf_is_an_exhausted_feed_and_leaves_no_slate() -> None:
    page = page_of(make_guest())
    assert (page.items, page.next_cursor, page.exhausted) == ((), None, True)
    assert not FeedSlate.objects.exists()


def test_pages_are_full_until_the_feed_is_exhausted_and_nothing_comes_twice() -> None:
    fill_shelf(237, episodes=1)
    viewer = make_guest()
    pages = everything(viewer, limit=20)
    assert [len(page.items) for page in pages] == [20] * 11 + [17]
    assert [page.exhausted for page in pages] == [False] * 11 + [True]
    assert len({uid for page in pages for uid in uids(page)}) == 237
    assert [item.position for page in pages for item in page.items] == list(range(237))
    assert page_of(viewer).items == ()


def test_a_retry_gives_the_same_page_with_the_same_tokens() -> None:
    fill_shelf(40)
    viewer = make_guest()
    first = page_of(viewer)
    second = page_of(viewer, first.next_cursor)
    third = page_of(viewer, second.next_cursor)
    for _ in range(2):
        again = page_of(viewer, first.next_cursor, limit=3)
        assert uids(again) == uids(second)
        assert [item.token for item in again.items] == [item.token for item in second.items]
        assert (again.next_cursor, again.exhausted) == (second.next_cursor, False)
    assert uids(page_of(viewer, second.next_cursor)) == uids(third)


def test_a_retry_of_the_last_page_is_still_the_last_page() -> None:
    fill_shelf(15)
    viewer = make_guest()
    first = page_of(viewer)
    last = page_of(viewer, first.next_cursor)
    again = page_of(viewer, first.next_cursor)
    assert (uids(again), again.exhausted, again.next_cursor) == (uids(last), True, None)


def test_what_is_withdrawn_between_two_pages_is_gone_and_the_page_is_still_full() -> None:
    fill_shelf(60, episodes=1)
    viewer = make_guest()
    first = page_of(viewer)
    slate = FeedSlate.objects.get()
    for episode, *_ in slate.items[10:18]:
        withdraw(Episode.objects.get(pk=episode).uid)
    second = page_of(viewer, first.next_cursor)
    assert len(second.items) == 10
    assert [item.card.episode.pk for item in second.items] == [episode for episode, *_ in slate.items[18:28]]


def test_what_was_withdrawn_after_it_was_served_leaves_the_retry_in_order() -> None:
    fill_shelf(30)
    viewer = make_guest()
    first = page_of(viewer)
    second = page_of(viewer, first.next_cursor)
    withdraw(uids(second)[3])
    again = page_of(viewer, first.next_cursor)
    assert uids(again) == [uid for place, uid in enumerate(uids(second)) if place != 3]
    assert again.next_cursor == second.next_cursor


def test_what_comes_out_during_a_session_is_found_and_shifts_nothing() -> None:
    fill_shelf(30, episodes=1)
    viewer = make_guest()
    first = page_of(viewer)
    new = fill_shelf(5, episodes=1, newest=NOW + timedelta(hours=1))
    rest = [page_of(viewer, first.next_cursor)]
    while rest[-1].next_cursor:
        rest.append(page_of(viewer, rest[-1].next_cursor))
    seen = [uid for page in [first, *rest] for uid in uids(page)]
    assert len(seen) == len(set(seen)) == 35
    assert {str(hook_of(one).uid) for one in new} <= set(seen)


def test_a_series_whose_hook_is_withdrawn_before_it_was_shown_comes_with_its_next_episode() -> None:
    series = fill_shelf(12, episodes=2)
    viewer = make_guest()
    first = page_of(viewer)
    waiting = next(one for one in series if one.title not in titles(first))
    second_episode = Episode.objects.get(series=waiting, number=2)
    withdraw(hook_of(waiting).uid)
    rest = page_of(viewer, first.next_cursor)
    assert str(second_episode.uid) in uids(rest)
    assert (len(rest.items), rest.exhausted) == (2, True)


def test_another_session_goes_on_where_all_others_stopped() -> None:
    fill_shelf(25)
    viewer = make_guest()
    first, second, third = page_of(viewer), page_of(viewer), page_of(viewer)
    together = [*uids(first), *uids(second), *uids(third)]
    assert len(together) == len(set(together)) == 25
    assert third.exhausted


def test_two_devices_that_page_in_turns_share_the_catalogue() -> None:
    fill_shelf(50)
    viewer = make_guest()
    phone, tablet = page_of(viewer), page_of(viewer)
    served = [*uids(phone), *uids(tablet)]
    while phone.next_cursor or tablet.next_cursor:
        if phone.next_cursor:
            phone = page_of(viewer, phone.next_cursor)
            served += uids(phone)
        if tablet.next_cursor:
            tablet = page_of(viewer, tablet.next_cursor)
            served += uids(tablet)
    assert len(served) == len(set(served)) == 50


def test_viewers_do_not_disturb_each_other() -> None:
    fill_shelf(10)
    assert uids(page_of(make_guest())) == uids(page_of(make_guest()))


def test_an_ended_a_foreign_and_a_forged_cursor_start_a_fresh_feed() -> None:
    fill_shelf(60)
    viewer, stranger = make_guest(), make_guest()
    mine, theirs = page_of(viewer), page_of(stranger)
    slate = FeedSlate.objects.get(viewer_id=viewer.pk)
    inside = write_cursor(Cursor(slate.uid, 3), subject=viewer.subject)
    unknown = write_cursor(Cursor(viewer.uid, 0), subject=viewer.subject)
    seen = set(uids(mine))
    for cursor in (theirs.next_cursor, "garbage", "\ud800", inside, unknown):
        page = page_of(viewer, cursor, limit=5)
        assert (page.reset, len(page.items), page.items[0].position) == (True, 5, 0)
        assert not seen & set(uids(page))
        seen |= set(uids(page))
    late = page_of(viewer, mine.next_cursor, limit=5, now=NOW + LIFE + timedelta(seconds=1))
    assert late.reset
    assert not seen & set(uids(late))


def test_a_page_in_time_keeps_the_slate_alive_and_dead_slates_are_dropped() -> None:
    fill_shelf(60)
    viewer = make_guest()
    page, now = page_of(viewer), NOW
    for _ in range(3):
        now += LIFE - timedelta(minutes=1)
        page = page_of(viewer, page.next_cursor, now=now)
        assert not page.reset
    page_of(viewer, now=now + LIFE + timedelta(minutes=1))
    assert FeedSlate.objects.filter(viewer_id=viewer.pk).count() == 1


def test_the_first_page_begins_with_what_the_viewer_stopped_in() -> None:
    series = fill_shelf(20, episodes=3)
    viewer = make_guest()
    episode = Episode.objects.get(series=series[0], number=2)
    Progress.objects.create(
        user=viewer, series=series[0], episode=episode, position_ms=9_000, next_number=2, occurred_at=NOW
    )
    page = page_of(viewer)
    assert (page.items[0].kind, uids(page)[0]) == ("continue", str(episode.uid))
    assert [item.kind for item in page.items[1:]] == ["hook"] * 9
    rest = page_of(viewer, page.next_cursor)
    assert series[0].title not in titles(page)[1:] + titles(rest)
    assert {item.kind for item in page_of(viewer).items} <= {"hook"}


def test_a_slate_shows_no_two_episodes_of_a_series_and_spreads_creators() -> None:
    fill_shelf(60, episodes=2, creators=12)
    page = page_of(make_guest(), limit=50)
    assert len(set(titles(page))) == 50
    makers = [item.card.episode.series.creator_id for item in page.items]
    assert all(len(set(makers[n : n + 5])) == 5 for n in range(46))


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(n, marks=pytest.mark.slow) for n in range(2, 30))])
def test_whatever_happens_between_pages_nothing_repeats_nothing_is_skipped_and_pages_are_full(seed: int) -> None:
    chance = random.Random(seed)
    fill_shelf(chance.randrange(30, 150), episodes=2, newest=NOW - timedelta(days=2))
    viewer, limit = make_guest(), chance.randrange(1, 25)
    sessions: list[str | None] = [None]
    served: list[str] = []
    hidden: list[str] = []
    for step in range(25):
        for _ in range(chance.randrange(0, 8)):
            _disturb(chance, hidden, step)
        place = chance.randrange(len(sessions))
        asked = sessions[place]
        page = page_of(viewer, asked, limit)
        assert page.exhausted or len(page.items) == limit
        assert not set(served) & set(uids(page)), "a repeat"
        if asked and page.items:
            again = page_of(viewer, asked, limit)
            assert [item.token for item in again.items] == [item.token for item in page.items]
        served += uids(page)
        sessions[place] = page.next_cursor
        if chance.random() < 0.1:
            sessions.append(None)
    for page in everything(viewer, limit):
        assert page.exhausted or len(page.items) == limit
        served += uids(page)
    assert len(served) == len(set(served))
    shown = set(Episode.objects.filter(uid__in=served).values_list("series_id", flat=True))
    visible = set(Series.objects.filter(status="active", published_episodes__gt=0).values_list("pk", flat=True))
    assert visible <= shown, "skipped"


def _disturb(chance: random.Random, hidden: list[str], step: int) -> None:
    what = chance.random()
    if what < 0.4:
        fill_shelf(chance.randrange(1, 4), newest=NOW - timedelta(minutes=chance.randrange(3_000)))
    elif what < 0.8:
        out = list(Episode.objects.filter(status="published").values_list("uid", flat=True).order_by("pk"))
        hidden.append(str(chance.choice(out)))
        withdraw(hidden[-1])
    elif hidden:
        restore(hidden.pop(chance.randrange(len(hidden))))
