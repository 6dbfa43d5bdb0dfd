"""The one way a status changes."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from catalog.models import Episode
from common.transitions import move
from tests.builders import make_episode

Status = Episode.Status


@pytest.mark.django_db
def test_a_move_changes_the_row_and_the_instance() -> None:
    episode = make_episode()
    then = datetime(2026, 1, 2, tzinfo=UTC)
    before = episode.updated_at
    assert move(episode, expect=Status.DRAFT, to=Status.DRAFT, release_at=then, title="New")
    stored = Episode.objects.get(pk=episode.pk)
    for row in (episode, stored):
        assert (row.status, row.release_at, row.title) == (Status.DRAFT, then, "New")
    assert stored.updated_at == episode.updated_at > before


@pytest.mark.django_db
def test_a_move_from_another_status_changes_nothing_anywhere() -> None:
    episode = make_episode(title="Old")
    before = vars(Episode.objects.get(pk=episode.pk)) | {"_state": None}
    assert not move(episode, expect=[Status.PUBLISHED, Status.SCHEDULED], to=Status.WITHDRAWN, title="New")
    assert (episode.status, episode.title) == (Status.DRAFT, "Old")
    assert vars(Episode.objects.get(pk=episode.pk)) | {"_state": None} == before


@pytest.mark.django_db
def test_a_move_from_several_statuses_and_of_another_field() -> None:
    episode = make_episode(title="a")
    assert move(episode, field="title", expect=("b", "a"), to="c")
    assert not move(episode, field="title", expect=("b", "a"), to="d")
    assert Episode.objects.get(pk=episode.pk).title == "c"


@pytest.mark.django_db
def test_a_row_that_is_gone_was_won_by_someone_else() -> None:
    episode = make_episode()
    Episode.objects.filter(pk=episode.pk).delete()
    assert not move(episode, expect=Status.DRAFT, to=Status.DRAFT)


@pytest.mark.django_db
def test_a_column_may_be_set_by_an_expression_and_the_instance_has_its_value() -> None:
    episode = make_episode(number=3)
    assert move(episode, expect=Status.DRAFT, to=Status.DRAFT, number=F("number") + 4)
    assert episode.number == 7
    assert Episode.objects.get(pk=episode.pk).number == 7


@pytest.mark.django_db(transaction=True)
def test_of_two_moves_at_once_one_wins() -> None:
    for _ in range(10):
        episode, start, wins = make_episode(title="open"), threading.Barrier(2), []

        def take(name: str, pk: int = episode.pk, start: Any = start, wins: list[str] = wins) -> None:
            mine = Episode.objects.get(pk=pk)
            start.wait()
            try:
                if move(mine, field="title", expect="open", to=name):
                    wins.append(name)
                else:
                    assert mine.title == "open"
            finally:
                connection.close()

        threads = [threading.Thread(target=take, args=(name,)) for name in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(wins) == 1
        assert Episode.objects.get(pk=episode.pk).title == wins[0]
