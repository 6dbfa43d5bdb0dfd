"""Everybody at once: workers, impatient creators, a store that loses things. No deadlock, and all of it ends."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from threading import Event

import pytest
from django.db.models import Count, Max
from django.utils import timezone

from common.errors import Conflict
from generation import budget, scheduler
from generation.models import Artifact, Render, Step, StepAttempt
from generation.scheduler import control
from generation.services import render_request
from tests.generation.test_scheduler_races import at_once
from tests.generation.tiny import drain, install, story, written

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 25
ACTS: tuple[Callable[..., Render], ...] = (
    control.render_pause, control.render_resume, control.render_resume, control.render_retry, control.render_cancel,
)
STEP_ACTS = (control.step_pause, control.step_resume, control.step_cancel, control.step_retry)


def test_workers_and_creators_at_once_meet_no_deadlock_and_leave_nothing_behind(monkeypatch) -> None:
    install(monkeypatch)
    episode = written(story())
    texts = [episode.screenplays.get(), written(story("Nobody comes."), episode).screenplays.latest("version")]
    over = Event()

    def ask(n: int) -> Render:
        text = texts[n % 2]
        return render_request(episode=episode, profile="animatic", by=None, now=timezone.now(), screenplay=text)

    ask(0)

    def work() -> int:
        ran = 0
        while not over.is_set():
            ran += drain()
        return ran

    def meddle(seed: int) -> int:
        dice, refused = random.Random(seed), 0
        for n in range(ROUNDS):
            render = dice.choice(list(Render.objects.defer("brief")))
            key = dice.choice(list(render.links.values_list("step__key", flat=True)))
            try:
                if n % 8 == 0:
                    ask(n + seed)
                elif dice.random() < 0.3:
                    dice.choice(STEP_ACTS)(render=render, key=key, now=timezone.now())
                else:
                    dice.choice(ACTS)(render=render, now=timezone.now())
            except Conflict:
                refused += 1
        return refused

    def lose() -> int:
        lost = 0
        for n in range(ROUNDS):
            one = Artifact.objects.exclude(kind="package").order_by("?").values_list("pk", flat=True).first()
            lost += Artifact.objects.filter(pk=one).delete()[0]
            scheduler.sweep(now=timezone.now())
            over.wait(0.02 if n < ROUNDS else 0)
        return lost

    def meddle_all() -> list[int]:
        try:
            return at_once(lambda: meddle(1), lambda: meddle(2), lose)
        finally:
            over.set()

    told = at_once(work, work, meddle_all)
    flat = [*told[:2], *(told[2] if isinstance(told[2], list) else told[2:])]
    assert [one for one in flat if not isinstance(one, int)] == []

    finish()
    lost = flat[-1]
    check(lost)


def finish() -> None:
    for render in Render.objects.exclude(status="done"):
        act = control.render_retry if render.status in ("failed", "cancelled") else control.render_resume
        with suppress(Conflict):  # it goes on already
            act(render=render, now=timezone.now())
    for _ in range(10):
        drain()
        Step.objects.filter(status="ready").update(ready_at=timezone.now())


def check(lost: int) -> None:
    assert set(Render.objects.values_list("status", flat=True)) == {"done"}
    assert not Step.objects.filter(status__in=Step.OPEN).exists()
    accepted = StepAttempt.objects.filter(outcome="done").values("step").annotate(n=Count("pk"))
    assert sum(row["n"] - 1 for row in accepted) <= lost
    for row in Render.objects.annotate(told=Count("events"), newest=Max("events__seq")):
        assert row.told == row.newest == row.seq
    assert budget.audit() == []
