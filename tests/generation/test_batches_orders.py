"""What a batch is told: pause, resume, retry, cancel; and what it does when an item or the account refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from common.errors import Conflict, DomainError
from generation import budget
from generation.batches import attending
from generation.models import Character, ComputeAccount, Render, Step
from tests.generation.serials import (
    a_series,
    account_is_right,
    admitted,
    attend,
    counts,
    status,
    store,
    tell,
    view,
)
from tests.generation.tiny import drain, install

pytestmark = pytest.mark.django_db
EMPTY = {"waiting": 0, "queued": 0, "running": 0, "paused": 0, "done": 0, "failed": 0, "cancelled": 0}


def test_pause_and_resume_of_all_admitted_or_not() -> None:
    batch = admitted(a_series(3))
    attending._next(batch.pk, timezone.now)
    tell("pause", batch)
    assert view(batch)["order"] == "pause"
    attend()
    shown = view(batch)
    assert (shown["paused"], shown["order"], shown["eta_seconds"]) == (True, None, None)
    assert (shown["status"], shown["counts"]) == ("running", EMPTY | {"paused": 3})
    assert not Step.objects.filter(status__in=["ready", "blocked"]).exists()
    tell("resume", batch)
    attend()
    assert counts(batch) == {"queued": 3}
    assert view(batch)["eta_seconds"] > 0


def test_a_paused_pilot_goes_on_and_the_others_still_wait() -> None:
    batch = admitted(a_series(3), pilot=True)
    attend()
    tell("pause", batch)
    attend()
    with pytest.raises(Conflict) as refused:
        tell("go", batch)
    assert refused.value.code == "batch_paused"
    tell("resume", batch)
    attend()
    assert [row["status"] for row in view(batch)["episodes"]] == ["queued", "paused", "paused"]
    tell("go", batch)
    tell("pause", batch)  # before anybody has carried out the word
    attend()
    assert counts(batch) == {"paused": 3}
    tell("resume", batch)
    attend()
    assert counts(batch) == {"queued": 3}


def test_a_cancelled_batch_lets_go_of_everything_and_keeps_what_is_done(tiny: list[str]) -> None:
    series = a_series(4)
    batch = admitted(series)
    attending._next(batch.pk, timezone.now)
    drain()
    attending._next(batch.pk, timezone.now)
    told = tell("cancel", batch)
    assert (told.status, told.finished_at) == ("cancelled", None)
    attend()
    assert counts(batch) == {"done": 1, "cancelled": 3}
    assert Render.objects.count() == 2
    assert ComputeAccount.objects.get(creator=series.creator).held_micros == 0
    assert status(batch) == "cancelled"
    assert batch.finished_at is not None
    assert tell("cancel", batch).pk == batch.pk
    for order in ("go", "pause", "resume", "retry"):
        with pytest.raises(Conflict) as refused:
            tell(order, batch)
        assert refused.value.code == "batch_ended"
    assert account_is_right(series)


def test_what_failed_is_tried_again_and_only_that(monkeypatch: Any) -> None:
    broken = {"now": True}

    def behave(kind: str, spec: dict[str, Any], ctx: Any) -> None:
        if broken["now"] and spec.get("text") == "This is envelope number 2.":
            raise DomainError("No breath.", code="no_breath", remedy="Breathe.")

    install(monkeypatch, behave)
    series = a_series(2)
    batch = admitted(series)
    attend()
    drain()
    attend()
    shown = view(batch)
    assert (shown["status"], shown["counts"]) == ("ended", EMPTY | {"done": 1, "failed": 1})
    assert shown["percent"] < 100
    assert shown["episodes"][1]["error"]["code"] == "no_breath"
    broken["now"] = False
    assert tell("retry", batch).status == "running"
    attend()
    drain()
    attend()
    assert (status(batch), counts(batch)) == ("ended", {"done": 2})
    assert view(batch)["percent"] == 100
    with pytest.raises(Conflict) as refused:
        tell("retry", batch)
    assert refused.value.code == "nothing_to_retry"


def test_an_item_that_cannot_be_planned_any_more_says_why_and_the_others_go_on() -> None:
    series = a_series(2)
    store(series, 3, "INT. ROOM - DAY\n\nANNA\nWho are you?\n")
    batch = admitted(series)
    Character.objects.filter(series=series, name="ANNA").update(voice="en-us+gone")
    attend()
    shown = view(batch)
    assert (shown["status"], shown["counts"]) == ("running", EMPTY | {"queued": 2, "failed": 1})
    assert shown["episodes"][2]["error"]["code"] == "missing_voice"
    assert account_is_right(series)
    Character.objects.filter(series=series, name="ANNA").update(voice="en-us+f2")
    assert tell("retry", batch).status == "admitting"
    assert account_is_right(series)
    attend()
    assert (status(batch), counts(batch)) == ("running", {"queued": 3})
    assert account_is_right(series)


def test_a_fault_of_ours_in_one_item_stops_neither_the_others_nor_the_sweep(monkeypatch: Any) -> None:
    from generation.batches import items
    from generation.breakdown import breakdown

    real = breakdown

    def faulty(story: Any) -> Any:
        if "number 1." in str(story.scenes):
            raise ZeroDivisionError
        return real(story)

    series = a_series(2)
    batch = admitted(series)
    monkeypatch.setattr(items, "breakdown", faulty)
    attend()
    rows = view(batch)["episodes"]
    assert [row["status"] for row in rows] == ["failed", "queued"]
    assert rows[0]["error"]["code"] == "plan_failed"
    assert "ZeroDivision" not in str(rows[0]["error"])


def test_the_account_may_refuse_a_retry_and_the_episode_says_so(monkeypatch: Any) -> None:
    def behave(kind: str, spec: dict[str, Any], ctx: Any) -> None:
        if kind == "voice":
            raise DomainError("No breath.", code="no_breath", remedy="Breathe.")

    install(monkeypatch, behave)
    series = a_series(1)
    batch = admitted(series)
    attend()
    drain()
    attend()
    budget.cap_set(creator_id=series.creator_id, cap_micros=0, now=timezone.now())
    tell("retry", batch)
    attend()
    [row] = view(batch)["episodes"]
    assert (row["status"], row["error"]["code"]) == ("failed", "budget_exceeded")
    assert status(batch) == "ended"


def test_an_order_waits_for_the_one_before_but_for_pause_and_cancel() -> None:
    series = a_series(2)
    batch = admitted(series, pilot=True)
    attend()
    Render.objects.filter(batch=batch, status="queued").update(
        status="failed", error_code="x", finished_at=timezone.now()
    )
    tell("go", batch)
    with pytest.raises(Conflict) as refused:
        tell("retry", batch)
    assert (refused.value.code, refused.value.details) == ("batch_busy", {"order": "go"})
    tell("pause", batch)
    tell("resume", batch)
    tell("cancel", batch)
    attend()
    assert counts(batch) == {"failed": 1, "cancelled": 1}
