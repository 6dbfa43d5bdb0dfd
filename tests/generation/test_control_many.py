"""Many renders at once: one short transaction each, and only those for which it makes sense."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generation.models import Render, Step
from generation.scheduler import control
from tests.generation.tiny import drain, long_story, request_for, story, written

pytestmark = pytest.mark.django_db


def now():
    return timezone.now()


def test_many_renders_are_paused_one_short_transaction_each_and_queries_do_not_grow_with_steps() -> None:
    def queries(scenes: int) -> tuple[int, list[int]]:
        episode = written(long_story(scenes))
        renders = [request_for(episode) for _ in range(5)]
        with CaptureQueriesContext(connection) as told:
            paused = control.renders_pause(
                creator_id=episode.series.creator_id, render_ids=[one.pk for one in renders], now=now()
            )
        assert paused == 5
        return len(told), [one.pk for one in renders]

    few, many = queries(3), queries(30)
    assert few[0] == many[0] <= 5 * 14 + 1
    assert set(Render.objects.values_list("status", flat=True)) == {"paused"}
    assert set(Step.objects.values_list("status", flat=True)) == {"paused"}


def test_of_many_renders_only_those_for_which_it_makes_sense_are_counted(tiny) -> None:
    episode = written()
    done = request_for(episode)
    drain()
    live = request_for(written(story("Another line."), episode))
    creator, ids = episode.series.creator_id, [done.pk, live.pk]
    assert control.renders_resume(creator_id=creator, render_ids=ids, now=now()) == 0
    assert control.renders_pause(creator_id=creator, render_ids=ids, now=now()) == 1
    assert control.renders_resume(creator_id=creator, render_ids=ids, now=now()) == 1
    assert control.renders_cancel(creator_id=creator + 1, render_ids=ids, now=now()) == 0  # not theirs
    assert control.renders_cancel(creator_id=creator, render_ids=ids, now=now()) == 1
    assert control.renders_retry(creator_id=creator, render_ids=ids, now=now()) == 1
    drain()
    assert set(Render.objects.values_list("status", flat=True)) == {"done"}
