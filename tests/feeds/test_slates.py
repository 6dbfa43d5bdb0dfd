"""A frozen list and its cuts, without a database."""

from __future__ import annotations

import uuid

from feeds.slates import MAX_ITEMS, Item, Slate, from_json, to_json


def items(*episodes: int) -> tuple[Item, ...]:
    return tuple(Item(episode, episode * 10, "hook") for episode in episodes)


def test_a_served_page_is_frozen_and_the_plan_behind_it_may_change() -> None:
    slate = Slate(uuid.uuid4(), items(1, 2, 3, 4, 5))
    first = slate.serve(items(1, 3), items(4, 5), exhausted=False)
    assert (first.items, first.cuts, first.planned) == (items(1, 3, 4, 5), (0, 2), items(4, 5))
    second = first.serve(items(4), (), exhausted=True)
    assert (second.items, second.cuts, second.exhausted) == (items(1, 3, 4), (0, 2, 3), True)


def test_pages_begin_at_cuts_and_nowhere_else() -> None:
    slate = Slate(uuid.uuid4()).serve(items(1, 2), items(3), exhausted=False)
    assert [slate.can_answer(offset) for offset in range(4)] == [True, False, True, False]
    assert (slate.served_from(0), slate.served_from(2)) == (2, None)


def test_an_empty_page_makes_no_cut() -> None:
    slate = Slate(uuid.uuid4()).serve(items(1), (), exhausted=False)
    assert slate.serve((), (), exhausted=True).cuts == (0, 1)


def test_a_slate_that_grew_too_long_answers_old_pages_only() -> None:
    slate = Slate(uuid.uuid4()).serve(items(*range(1, MAX_ITEMS + 2)), (), exhausted=False)
    assert slate.can_answer(0)
    assert not slate.can_answer(slate.frontier)


def test_items_survive_json() -> None:
    assert from_json(to_json(items(1, 2))) == items(1, 2)
