"""The real animatic obeys: a cancelled shot frees its worker at once, and no kind of step works long without asking."""

from __future__ import annotations

import time
from collections import defaultdict
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from generation.context import StepContext
from generation.engines.profiles import PROFILES
from generation.models import Step, StepAttempt
from generation.runner import run_lease, run_next
from generation.scheduler import control
from generation.services import render_request
from tests.generation.test_renders_real import SMALL
from tests.generation.test_runner import stored
from tests.generation.tiny import asked, drain, long_story, take, written

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SPEECH = "I have waited for this evening all my life, and now that it is here I cannot find a single word to say. "
LONG_SHOT = f"INT. HALLWAY - NIGHT\n\nMARA\n{SPEECH * 4}\n"
SOON = 2.0  # seconds: one until the next look at the database, and what lies between two frames
SILENT = 1.5  # CPU seconds that a step may work between two checks; they count for more where two share a core


@pytest.mark.parametrize("kind", ["shot", "ladder"])
def test_a_cancel_frees_the_worker_within_two_seconds(kind: str) -> None:
    queue = {"shot": "render", "ladder": "encode"}[kind]
    render = asked(source=LONG_SHOT)
    while run_next(queue="voice", worker="w") or (kind != "shot" and run_next(queue="render", worker="w")):
        pass
    lease = take(queue)
    assert lease.kind == kind
    worker = Thread(target=_run, args=(lease,))
    worker.start()
    _until_it_runs(lease.step_id)
    control.render_cancel(render=render, now=timezone.now())
    cancelled = time.monotonic()
    worker.join(timeout=60)
    seconds = time.monotonic() - cancelled
    assert not worker.is_alive()
    assert seconds <= SOON + 1.0  # two cores may be busy with other things
    assert StepAttempt.objects.get(step_id=lease.step_id).outcome == "cancelled"
    assert Step.objects.get(pk=lease.step_id).status == "cancelled"
    before = stored()
    assert drain() == 0
    assert stored() == before


def _run(lease: Any) -> None:
    try:
        run_lease(lease)
    finally:
        connection.close()


def _until_it_runs(step_id: int) -> None:
    """Its heartbeat has said that it has begun."""
    end = time.monotonic() + 60
    while not Step.objects.filter(pk=step_id, fraction__gt=0).exists():
        assert time.monotonic() < end
        assert Step.objects.get(pk=step_id).status == "leased"
        time.sleep(0.02)


@pytest.mark.timeout(900)
def test_no_kind_of_step_works_for_a_second_without_asking(monkeypatch) -> None:
    """In CPU time, so that a busy machine does not count: an episode of many shots, and a long shot at full size."""
    silent: dict[str, float] = defaultdict(float)
    last: dict[int, float] = {}
    begin, check = StepContext.__init__, StepContext.check

    def begun(self: StepContext, *args: Any, **more: Any) -> None:
        begin(self, *args, **more)
        last[id(self)] = time.thread_time()

    def checked(self: StepContext) -> None:
        now = time.thread_time()
        kind = self._lease.kind
        silent[kind] = max(silent[kind], now - last[id(self)])
        check(self)
        last[id(self)] = time.thread_time()

    monkeypatch.setattr(StepContext, "__init__", begun)
    monkeypatch.setattr(StepContext, "check", checked)
    monkeypatch.setitem(PROFILES, "small", SMALL)
    long = render_request(episode=written(long_story(24)), profile="small", by=None, now=timezone.now())
    large = asked(source=LONG_SHOT)
    drain()
    for render in (long, large):
        render.refresh_from_db()
        assert render.status == "done"
    told = ", ".join(f"{kind} {seconds:.2f}" for kind, seconds in sorted(silent.items()))
    assert set(silent) == set(Step.objects.values_list("kind", flat=True))
    assert max(silent.values()) <= SILENT, told
    raise AssertionError(told)
