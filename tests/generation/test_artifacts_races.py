"""Collecting against asking, with real threads on a real server: nothing that a render counts on is taken from it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Master
from generation.artifacts import collect as collecting
from generation.artifacts.collect import Hunt, collect
from generation.models import Artifact, Render, Step
from generation.services import render_request
from media import storage
from tests.generation.test_scheduler_races import at_once
from tests.generation.tiny import drain, install, request_for, written

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "INT. HALLWAY - NIGHT\n\nAn envelope lies under the door.\n\nMARA\nIt is mine.\n"
ROUNDS = 6


@pytest.fixture
def forgotten(monkeypatch):
    """A rendered episode that nothing refers to any more; gives the episode."""
    install(monkeypatch)
    render = request_for(written(TEXT))
    drain()
    forget(render)
    return render.episode


def forget(render: Render) -> None:
    Render.objects.filter(pk=render.pk).update(status="cancelled", master=None, percent=50)
    Master.objects.all().delete()


def sweep() -> int:
    return collect(Hunt(timezone.now() + timedelta(days=30), timedelta(days=14))).counts.total()


def whole() -> bool:
    """Every row has its bytes."""
    files = [f"{row.prefix}/{file['name']}" for row in Artifact.objects.all() for file in row.files]
    return all(storage.exists(name) for name in files)


def test_who_asks_while_it_is_collected_keeps_it_or_makes_it_again(forgotten) -> None:
    """Either order, never half: the render ends done, every row has its bytes, and what was kept was not made twice."""
    kept = 0
    for _ in range(ROUNDS):
        before = Step.objects.get(kind="package").attempt
        freed, render, again = at_once(
            sweep, lambda: render_request(episode=forgotten, profile="animatic", by=None, now=timezone.now()), sweep
        )
        assert isinstance(render, Render), render
        assert isinstance(freed, int), freed
        assert isinstance(again, int), again
        assert whole()
        drain()
        render.refresh_from_db()
        assert render.status == "done"
        assert set(render.steps.values_list("status", flat=True)) == {"done"}
        assert Artifact.objects.filter(key=render.final_key).exists()
        assert whole()
        made = Step.objects.get(kind="package").attempt - before
        assert made == (1 if freed + again else 0)
        kept += not made
        forget(render)
    assert 0 <= kept <= ROUNDS


def test_a_render_that_comes_between_looking_and_taking_keeps_everything(forgotten, monkeypatch) -> None:
    """The worst instant, held open: the page is read, then the render is asked for, then the rows are taken."""
    forget_rows = collecting._forget

    def late(creator_id, rows, cutoff):
        at_once(lambda: render_request(episode=forgotten, profile="animatic", by=None, now=timezone.now()))
        return forget_rows(creator_id, rows, cutoff)

    monkeypatch.setattr(collecting, "_forget", late)
    before = set(Artifact.objects.values_list("key", flat=True))
    assert sweep() == 0
    assert set(Artifact.objects.values_list("key", flat=True)) == before
    assert Render.objects.latest("pk").status == "done"
    assert whole()


def test_without_looking_again_under_the_locks_the_same_instant_would_take_them(forgotten, monkeypatch) -> None:
    """The control: this is what the second look prevents."""

    def careless(creator_id, rows, cutoff):
        at_once(lambda: render_request(episode=forgotten, profile="animatic", by=None, now=timezone.now()))
        Artifact.objects.filter(pk__in=[row.pk for row in rows]).delete()
        return rows

    monkeypatch.setattr(collecting, "_forget", careless)
    assert sweep() > 0
    assert Render.objects.latest("pk").status == "done"
    assert not Artifact.objects.exists()


def test_many_collectors_at_once_free_each_thing_once(forgotten) -> None:
    total = Artifact.objects.count()
    assert total >= 5
    found = at_once(*[sweep] * 4)
    assert all(isinstance(freed, int) for freed in found), found
    assert sum(found) == total
    assert not Artifact.objects.exists()
