"""What can happen to renders, steps and attempts: each rule does the same to the tables and to `plain_model`."""

from __future__ import annotations

import itertools
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.test import TestCase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from common.canonical import digest
from common.errors import Conflict
from generation import scheduler
from generation.models import Artifact, Render, Step
from generation.plan import Plan, PlannedStep
from generation.scheduler import Beat, Failure, Lease, control
from generation.scheduler.tidy import let_go_of_rest, pause_stalled
from tests.generation import plain_model
from tests.generation.plain_model import LIVE, TRIES, Model
from tests.generation.tiny import written

KINDS = {"v": ("voice", "voice"), "s": ("shot", "render"), "p": ("package", "encode")}
BROKEN = Failure("step_error", "it broke", "try again", retryable=True)
HOPELESS = Failure("missing_voice", "no such voice", "choose another", retryable=False)
START = datetime(2030, 1, 1, tzinfo=UTC)
LEASE = 30.0
RENDITION = {
    "name": "720p", "path": "720p.mp4", "playlist_path": "720p.m3u8", "width": 720, "height": 1280, "bitrate": 900_000,
    "peak_bitrate": 1_200_000, "codecs": "avc1.64001f,mp4a.40.2", "size_bytes": 8,
}
PACKAGE = {
    "duration_ms": 9000, "width": 720, "height": 1280, "fps": 24, "size_bytes": 8, "loudness_lufs": -16.0,
    "renditions": [RENDITION], "subtitles": [],
}
PICK = st.integers(0, 10_000)
subsets = st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True)
World = dict[str, frozenset[str]]


def world(shots: list[list[str]], finals: list[list[int]]) -> World:
    """Voices, shots of some voices, packages of some shots: what a key needs is in the key, as in a real plan."""
    needs: World = {f"v{name}": frozenset() for name in "abc"}
    needs |= {f"s{n}": frozenset(f"v{name}" for name in voices) for n, voices in enumerate(shots)}
    for n, chosen in enumerate(finals):
        mine = {f"s{index % len(shots)}" for index in chosen}
        needs[f"p{n}"] = frozenset(mine | {voice for shot in mine for voice in needs[shot]})
    return needs


class Acting(RuleBasedStateMachine):
    """The rules. Nothing is compared here but what calls return."""

    @initialize(
        shots=st.lists(subsets, min_size=1, max_size=3),
        finals=st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=2), min_size=1, max_size=3),
    )
    def begin(self, shots: list[list[str]], finals: list[list[int]]) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.model = Model(world(shots, finals))
        self.episode = written()
        self.text = self.episode.screenplays.get()
        self.salt = digest(str(self.episode.uid))
        self.time, self.count = 0.0, itertools.count(1)
        self.rows: list[Render] = []
        self.leases: list[tuple[str, Lease]] = []
        self.percents: Counter[int] = Counter()

    # --- helpers

    @property
    def now(self) -> datetime:
        return START + timedelta(seconds=self.time)

    def key(self, name: str) -> str:
        return digest([self.salt, name])

    def act(self, call: Any, **arguments: Any) -> Any:
        """Call, then what was to follow its commit, doorbells left out."""
        with TestCase.captureOnCommitCallbacks() as after:
            result = call(now=self.now, **arguments)
        for callback in after:
            if getattr(callback, "func", None) in (let_go_of_rest, pause_stalled):
                callback()
        return result

    def plan(self, final: str) -> Plan:
        needs = self.model.needs
        names = sorted(self.model.closure(final, stop_at_present=False), key=lambda name: ("vsp".index(name[0]), name))
        steps = [
            PlannedStep(
                self.key(name), *KINDS[name[0]], {}, tuple((need, self.key(need)) for need in sorted(needs[name])),
                name, None, 1.0,
            )
            for name in names
        ]
        return Plan(tuple(steps), self.key(final))

    def one(self, pick: int) -> tuple[Render, plain_model.Render]:
        index = pick % len(self.rows)
        return self.rows[index], self.model.renders[index]

    def step_of(self, pick: int) -> tuple[Render, plain_model.Render, str]:
        row, render = self.one(pick)
        names = sorted(render.keys)
        return row, render, names[pick % len(names)]

    # --- renders

    @rule(pick=PICK, pause=st.sampled_from(["", "", "", "pilot"]), lane=st.sampled_from(list(Step.Lane)))
    def ask(self, pick: int, pause: str, lane: Step.Lane) -> None:
        finals = sorted(name for name in self.model.needs if name[0] == "p")
        final = finals[pick % len(finals)]
        columns: dict[str, Any] = {
            "episode": self.episode, "screenplay": self.text, "profile": "animatic",
            "brief": {"profile": {"captions_burned": True}},
        }
        wish = scheduler.Wish(columns, self.plan(final), lane, pause=Render.Pause(pause) if pause else None)
        self.rows.append(self.act(scheduler.add_render, creator_id=self.episode.series.creator_id, wish=wish))
        self.model.add(final, pause, self.time)

    @precondition(lambda self: self.rows)
    @rule(pick=PICK, reason=st.sampled_from(["creator", "creator", "pilot"]))
    def pause(self, pick: int, reason: str) -> None:
        row, render = self.one(pick)
        self.model.pause(render, reason)
        with suppress(Conflict):
            self.act(control.render_pause, render=row, reason=Render.Pause(reason))

    @precondition(lambda self: self.rows)
    @rule(pick=PICK, reason=st.sampled_from(["creator", "creator", "pilot"]))
    def resume(self, pick: int, reason: str) -> None:
        row, render = self.one(pick)
        self.model.resume(render, reason, self.time)
        with suppress(Conflict):
            self.act(control.render_resume, render=row, reason=Render.Pause(reason))

    @precondition(lambda self: self.rows)
    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        row, render = self.one(pick)
        self.model.cancel(render)
        with suppress(Conflict):
            self.act(control.render_cancel, render=row)

    @precondition(lambda self: self.rows)
    @rule(pick=PICK)
    def retry(self, pick: int) -> None:
        row, render = self.one(pick)
        self.model.retry(render, self.time)
        with suppress(Conflict):
            self.act(control.render_retry, render=row)

    # --- steps

    @precondition(lambda self: self.rows)
    @rule(pick=PICK, stop=st.booleans())
    def pause_step(self, pick: int, stop: bool) -> None:
        row, _, name = self.step_of(pick)
        self.model.sleep(name, stop=stop)
        with suppress(Conflict):
            self.act(control.step_cancel if stop else control.step_pause, render=row, key=self.key(name))

    @precondition(lambda self: self.rows)
    @rule(pick=PICK)
    def resume_step(self, pick: int) -> None:
        row, render, name = self.step_of(pick)
        step = self.model.steps[name]
        if step.state in ("awake", "asleep", "leased"):
            if render.status in LIVE and step.state == "asleep":
                step.state, step.ready_at = "awake", self.time
            elif render.status == "paused" and render.by_step:
                self.model.resume(render, "creator", self.time)
        with suppress(Conflict):
            self.act(control.step_resume, render=row, key=self.key(name))

    @precondition(lambda self: self.rows)
    @rule(pick=PICK)
    def retry_step(self, pick: int) -> None:
        row, render, name = self.step_of(pick)
        step = self.model.steps[name]
        if self.model.status(name) == "ready":
            step.ready_at = min(step.ready_at, self.time)
        elif step.state in plain_model.ENDED_BADLY:
            self.model.retry(render, self.time)
        with suppress(Conflict):
            self.act(control.step_retry, render=row, key=self.key(name))

    # --- attempts

    @rule(kind=st.sampled_from("vvssp"))
    def claim(self, kind: str) -> None:
        may = self.model.claimable(kind, self.time)
        seconds = LEASE + next(self.count) / 1000  # no two leases end at once
        lease = self.act(scheduler.claim, queue=KINDS[kind][1], worker="w", lease_seconds=seconds)
        if lease is None:
            assert may == set()
            return
        [name] = [name for name in may if self.key(name) == lease.key]
        assert self.model.claim(name, self.time + seconds) == lease.attempt
        self.leases.append((name, lease))

    @precondition(lambda self: self.leases)
    @rule(pick=PICK)
    def heartbeat(self, pick: int) -> None:
        name, lease = self.leases[-1 - pick % min(6, len(self.leases))]
        seconds = LEASE + next(self.count) / 1000
        beat = self.act(scheduler.heartbeat, lease=lease, lease_seconds=seconds, fraction=pick % 100 / 100).beat
        step = self.model.steps[name]
        if self.model.holds(name, lease.attempt):
            assert beat is Beat.HELD
            step.lease_until = self.time + seconds
        else:
            same = step.attempt == lease.attempt
            assert beat is (Beat.CANCELLED if same and step.state in ("cancelled", "asleep") else Beat.LOST)

    @precondition(lambda self: self.leases)
    @rule(pick=PICK, checks=st.booleans())
    def report(self, pick: int, checks: bool) -> None:
        """A worker ends its step: the one that holds it, or one that comes late; it may meet lost inputs before."""
        name, lease = self.leases[-1 - pick % min(6, len(self.leases))]
        if checks and not all(self.model.present(need) for need in self.model.needs[name]):
            self.inputs_gone(name, lease)
        else:
            self.complete(name, lease)

    def complete(self, name: str, lease: Lease) -> None:
        held = self.model.holds(name, lease.attempt)
        files = [{"name": "made.json", "size": 2, "sha256": "0" * 64}]
        prefix = f"artifacts/aa/{next(self.count):032d}"
        meta = PACKAGE if name[0] == "p" else {}
        taken = self.act(scheduler.complete, lease=lease, prefix=prefix, meta=meta, files=files)
        assert taken == held
        if held:
            self.model.done(name, self.time)

    def inputs_gone(self, name: str, lease: Lease) -> None:
        held = self.model.holds(name, lease.attempt)
        assert self.act(scheduler.inputs_gone, lease=lease) == held
        if held and self.model.steps[name].tries >= TRIES:
            self.model.park(name)
        elif held:
            self.model.inputs_gone(name, self.time)

    @precondition(lambda self: self.leases)
    @rule(pick=PICK, failure=st.sampled_from([BROKEN, BROKEN, BROKEN, HOPELESS]))
    def fail(self, pick: int, failure: Failure) -> None:
        name, lease = self.leases[-1 - pick % min(6, len(self.leases))]
        held = self.model.holds(name, lease.attempt)
        assert self.act(scheduler.report_failure, lease=lease, failure=failure) == held
        step = self.model.steps[name]
        if held and failure.retryable and step.tries < TRIES:
            self.model.back(name, ready_at=self.time + 2.0**step.tries)
        elif held:
            self.model.park(name)

    @precondition(lambda self: self.leases)
    @rule(pick=PICK)
    def give_back(self, pick: int) -> None:
        name, lease = self.leases[-1 - pick % min(6, len(self.leases))]
        held = self.model.holds(name, lease.attempt)
        assert self.act(scheduler.give_back, lease=lease) == held
        if held:
            self.model.back(name, ready_at=self.model.steps[name].ready_at, counts=False)

    # --- the world

    @rule(seconds=st.sampled_from([1.0, 5.0, 31.0]))
    def wait_and_sweep(self, seconds: float) -> None:
        self.time += seconds
        leased = [step for step in self.model.steps.values() if step.state == "leased"]
        over = sorted((step for step in leased if step.lease_until < self.time), key=lambda step: step.lease_until)
        expired = 0
        for step in over:
            if step.state != "leased":  # another that was parked has taken it along
                continue
            expired += 1
            if step.tries >= TRIES:
                self.model.park(step.key)
            else:
                self.model.back(step.key, ready_at=step.ready_at)
        assert self.act(scheduler.sweep).expired == expired

    @precondition(lambda self: any(step.there for step in self.model.steps.values()))
    @rule(pick=PICK)
    def lose_an_artifact(self, pick: int) -> None:
        names = sorted(name for name, step in self.model.steps.items() if step.there)
        step = self.model.steps[names[pick % len(names)]]
        step.there, step.lost = False, step.lost + 1
        assert Artifact.objects.filter(key=self.key(step.key)).delete()[0] == 1
