"""Who wakes what waits for money: nobody whom the account refuses, nor what somebody has paused since."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from generation import batches, budget, scheduler
from generation.models import Batch, Render
from generation.scheduler import Failure
from generation.steering import Act, series_steer
from tests.generation.serials import a_series
from tests.generation.tiny import asked, take

pytestmark = pytest.mark.django_db


def cap(render: Render, micros: int | None) -> None:
    budget.cap_set(creator_id=render.creator_id, cap_micros=micros, now=timezone.now())


def parked_while_over_the_cap() -> Render:
    """A render that waits for money, one of whose steps has failed for good meanwhile: what it held is free, and is
    not enough to hold it again.
    """
    render = asked()
    running = take()
    cap(render, budget.account_view(render.creator_id)["held_micros"] - 1)
    scheduler.enforce_caps(now=timezone.now())
    scheduler.report_failure(lease=running, failure=Failure("broken", "It broke.", "", False), now=timezone.now())
    assert budget.account_view(render.creator_id)["capped"] is False
    return render


def test_a_render_that_its_account_cannot_resume_stops_neither_the_sweep_nor_other_accounts() -> None:
    poor, other = parked_while_over_the_cap(), asked()
    before = budget.account_view(poor.creator_id)
    cap(other, 0)
    scheduler.enforce_caps(now=timezone.now())
    cap(other, None)
    assert scheduler.sweep(now=timezone.now()).capped == 1
    assert Render.objects.get(pk=other.pk).status in Render.LIVE
    assert Render.objects.get(pk=poor.pk).pause_reason == "budget"
    assert budget.account_view(poor.creator_id) == before  # what was tried has been undone
    cap(poor, None)
    assert scheduler.sweep(now=timezone.now()).capped == 1
    assert Render.objects.get(pk=poor.pk).status in Render.LIVE
    assert budget.audit() == []


def test_a_series_that_is_paused_while_it_waits_for_money_is_not_woken_by_money() -> None:
    render = asked()
    cap(render, 0)
    scheduler.enforce_caps(now=timezone.now())
    series = render.episode.series
    assert series_steer(series=series, act=Act.PAUSE, now=timezone.now()) == 1
    assert series_steer(series=series, act=Act.PAUSE, now=timezone.now()) == 0
    cap(render, None)
    assert scheduler.enforce_caps(now=timezone.now()) == 0
    assert Render.objects.get(pk=render.pk).pause_reason == "creator"
    assert series_steer(series=series, act=Act.RESUME, now=timezone.now()) == 1
    assert Render.objects.get(pk=render.pk).status in Render.LIVE


def attended(batch: Batch, tell: Callable[..., Batch]) -> list[str]:
    """Why each render of the batch waits, after it was told so."""
    told = tell(batch=batch, now=timezone.now())
    while batches.attend(clock=timezone.now):
        pass
    told.refresh_from_db()
    assert told.order == ""  # carried out
    return list(Render.objects.filter(batch=batch).order_by("pk").values_list("pause_reason", flat=True))


def test_a_batch_that_is_paused_while_it_waits_for_money_is_not_woken_by_money() -> None:
    batch = batches.batch_create(series=a_series(2), profile="animatic", by=None, now=timezone.now())
    while batches.attend(clock=timezone.now):
        pass
    first = Render.objects.order_by("pk")[0]
    cap(first, 0)
    scheduler.enforce_caps(now=timezone.now())
    assert attended(batch, batches.batch_pause) == ["creator", "creator"]
    cap(first, None)
    assert scheduler.enforce_caps(now=timezone.now()) == 0
    assert attended(batch, batches.batch_resume) == ["", ""]


def test_a_render_that_its_account_cannot_resume_leaves_no_batch_busy() -> None:
    batch = batches.batch_create(series=a_series(2), profile="animatic", by=None, now=timezone.now())
    while batches.attend(clock=timezone.now):
        pass
    running = take()
    assert attended(batch, batches.batch_pause) == ["creator", "creator"]
    scheduler.report_failure(lease=running, failure=Failure("broken", "It broke.", "", False), now=timezone.now())
    cap(Render.objects.order_by("pk")[0], budget.account_view(batch.creator_id)["held_micros"])
    assert attended(batch, batches.batch_resume) == ["creator", ""]  # the first says why when it is asked for by itself
    assert budget.audit() == []
