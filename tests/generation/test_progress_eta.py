"""How long it will still take: estimated at most every few seconds, counting down in between, never in the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from common import outage
from generation import eta
from generation.models import Render
from generation.selectors import render_snapshot
from generation.watching import studio_renders
from tests.generation.tiny import asked, deliver, request_for, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def estimates(monkeypatch) -> list[int]:
    """Whose end was estimated; always a minute away."""
    made: list[int] = []

    def estimate(render: Render, now: object) -> float:
        made.append(render.pk)
        return 60.0

    monkeypatch.setattr(eta, "eta_seconds", estimate)
    return made


def test_an_estimate_is_kept_for_seconds_and_counts_down(estimates) -> None:
    render, now = asked(), timezone.now()
    assert eta.eta_of(render, now=now) == 60.0
    assert eta.eta_of(render, now=now + timedelta(seconds=3)) == 57.0
    assert estimates == [render.pk]
    assert eta.eta_of(render, now=now + timedelta(seconds=4)) == 60.0
    assert estimates == [render.pk] * 2


def test_a_render_that_is_not_at_work_has_no_end_to_wait_for(estimates) -> None:
    render = asked()
    Render.objects.filter(pk=render.pk).update(status="paused", pause_reason="creator")
    render.refresh_from_db()
    assert eta.eta_of(render, now=timezone.now()) is None
    assert render_snapshot(render)["eta_seconds"] is None
    assert estimates == []


def test_a_worker_that_tells_of_many_renders_estimates_two_of_them_at_a_time(estimates) -> None:
    first = asked()
    renders = [first, *(request_for(first.episode) for _ in range(4))]
    uids, now = [str(render.uid) for render in renders], timezone.now()
    assert [len(eta.etas(uids, now=now)) for _ in range(4)] == [2, 4, 5, 5]
    assert sorted(estimates) == sorted(render.pk for render in renders)
    later = now + timedelta(seconds=5)
    assert eta.etas(uids, now=later) | dict.fromkeys(uids, 0.0) == dict.fromkeys(uids, 0.0)
    assert len(estimates) == 7


def test_a_list_shows_what_is_known_and_estimates_nothing(estimates) -> None:
    render = asked()
    other, now = request_for(render.episode), timezone.now()
    eta.eta_of(render, now=now)
    cards, _ = studio_renders(creator_ids=[render.creator_id], now=now)
    assert {card["uid"]: card["eta_seconds"] for card in cards} == {str(render.uid): 60.0, str(other.uid): None}
    assert estimates == [render.pk]


def test_without_a_cache_a_snapshot_is_estimated_anew(estimates, settings) -> None:
    render = asked()
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nonexistent/valkey.sock"}}
    assert [render_snapshot(render)["eta_seconds"] for _ in range(2)] == [60.0, 60.0]
    assert estimates == [render.pk] * 2
    outage.forget()


def test_the_real_estimate_is_in_the_snapshot_and_falls_as_work_is_done() -> None:
    render = asked()
    before = render_snapshot(render)["eta_seconds"]
    while lease := _next():
        deliver(lease)
    cache.delete(f"eta:{render.uid}")
    after = render_snapshot(render)["eta_seconds"]
    assert before > after > 0


def _next():
    for queue in ("voice", "render"):
        try:
            return take(queue)
        except AssertionError:
            continue
    return None
