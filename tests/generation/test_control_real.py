"""The real animatic obeys: a cancelled shot frees its worker at once, and no kind of step works long without asking."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from generation.assembly.encoder import ClipWriter
from generation.context import BEAT_SECONDS, StepContext
from generation.engines.profiles import PROFILES
from generation.models import ShotTake, Step, StepAttempt
from generation.runner import run_lease, run_next
from generation.scheduler import control
from generation.services import render_request
from tests.generation.test_renders_real import SMALL
from tests.generation.test_runner import stored
from tests.generation.tiny import asked, drain, long_story, take, written

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SPEECH = "I have waited for this evening all my life, and now that it is here I cannot find a single word to say. "
LONG_SHOT = f"INT. HALLWAY - NIGHT\n\nMARA\n{SPEECH}\n"
SECOND = 24  # frames: the work that may lie between two questions whether to go on
HALFWAY = 12


@pytest.mark.parametrize("kind", ["shot", "ladder"])
def test_a_cancel_ends_a_running_step_within_a_second_of_picture_and_nothing_of_it_is_kept(
    kind: str, monkeypatch
) -> None:
    queue = {"shot": "render", "ladder": "encode"}[kind]
    render = asked(source=LONG_SHOT)
    while run_next(queue="voice", worker="w") or (kind != "shot" and run_next(queue="render", worker="w")):
        pass
    lease = take(queue)
    assert lease.kind == kind
    frames, halfway, cancelled, write = [], Event(), Event(), ClipWriter.write

    def held_up(self: ClipWriter, frame: Any) -> None:
        """Its first frames are written, then it hears nothing until somebody has cancelled it."""
        write(self, frame)
        frames.append(cancelled.is_set())
        if len(frames) == HALFWAY:
            halfway.set()
            assert cancelled.wait(60)
            time.sleep(BEAT_SECONDS)

    monkeypatch.setattr(ClipWriter, "write", held_up)
    worker = Thread(target=_run, args=(lease,))
    worker.start()
    assert halfway.wait(60)
    control.render_cancel(render=render, now=timezone.now())
    cancelled.set()
    worker.join(timeout=60)
    assert not worker.is_alive()
    assert sum(frames) <= SECOND
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


@pytest.mark.timeout(900)
def test_no_kind_of_step_encodes_a_second_of_picture_without_asking(monkeypatch) -> None:
    """Counted in frames, which no machine changes; CPU seconds are told beside it. Many shots, and a long large one."""
    silent: dict[str, float] = defaultdict(float)
    asked_times: Counter[str] = Counter()
    unasked: dict[str, int] = defaultdict(int)
    running: dict[str, Any] = {}
    begin, check, write = StepContext.__init__, StepContext.check, ClipWriter.write

    def begun(self: StepContext, *args: Any, **more: Any) -> None:
        begin(self, *args, **more)
        running.update(kind=self._lease.kind, frames=0, since=time.thread_time())

    def checked(self: StepContext) -> None:
        kind = self._lease.kind
        asked_times[kind] += 1
        silent[kind] = max(silent[kind], time.thread_time() - running["since"])
        check(self)
        running.update(frames=0, since=time.thread_time())

    def written_one(self: ClipWriter, frame: Any) -> None:
        write(self, frame)
        running["frames"] += 1
        unasked[running["kind"]] = max(unasked[running["kind"]], running["frames"])

    monkeypatch.setattr(StepContext, "__init__", begun)
    monkeypatch.setattr(StepContext, "check", checked)
    monkeypatch.setattr(ClipWriter, "write", written_one)
    monkeypatch.setitem(PROFILES, "small", SMALL)
    long = render_request(episode=written(long_story(6)), profile="small", by=None, now=timezone.now())
    large = asked(source=LONG_SHOT)
    drain()
    for render in (long, large):
        render.refresh_from_db()
        assert render.status == "done"
    print(", ".join(f"{kind} {seconds:.2f} s" for kind, seconds in sorted(silent.items())))  # noqa: T201
    done = Counter(Step.objects.values_list("kind", flat=True))
    assert set(asked_times) == set(done)
    assert all(asked_times[kind] >= done[kind] for kind in done)
    assert asked_times["sound"] >= len(ShotTake.objects.all())  # between the shots that it mixes
    assert set(unasked) == {"shot", "ladder"}
    assert max(unasked.values()) <= SECOND
