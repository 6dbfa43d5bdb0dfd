"""What can happen to renders, steps and attempts: each act does the same to the tables and to `plain_model`."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from common.errors import Conflict
from generation import scheduler
from generation.models import Artifact, Render, Step
from generation.scheduler import Beat, Failure, Lease, control
from tests.generation.plain_model import ENDED_BADLY, LIVE, OPEN, TRIES
from tests.generation.scheduler_world import KINDS, LEASE, PACKAGE, SENSELESS, World


class Acting(World):
    """The acts. Nothing is compared here but what calls return."""

    # --- renders

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

    def pause(self, pick: int, reason: str) -> None:
        row, render = self.one(pick, lambda one: one.status in LIVE)
        self.model.pause(render, reason)
        with suppress(Conflict):
            self.act(control.render_pause, render=row, reason=Render.Pause(reason))

    def resume(self, pick: int, reason: str) -> None:
        row, render = self.one(pick, lambda one: one.status == "paused")
        reason = render.reason or reason if pick % SENSELESS else reason
        self.model.resume(render, reason, self.time)
        with suppress(Conflict):
            self.act(control.render_resume, render=row, reason=Render.Pause(reason))

    def cancel(self, pick: int) -> None:
        row, render = self.one(pick, lambda one: one.status in OPEN)
        self.model.cancel(render)
        with suppress(Conflict):
            self.act(control.render_cancel, render=row)

    def retry(self, pick: int) -> None:
        row, render = self.one(pick, lambda one: one.status in ENDED_BADLY)
        self.model.retry(render, self.time)
        with suppress(Conflict):
            self.act(control.render_retry, render=row)

    # --- steps

    def pause_step(self, pick: int, stop: bool) -> None:
        row, _, name = self.step_of(pick, lambda _, one: one.state in (("leased",) if stop else ("awake",)))
        self.model.sleep(name, stop=stop)
        with suppress(Conflict):
            self.act(control.step_cancel if stop else control.step_pause, render=row, key=self.key(name))

    def resume_step(self, pick: int) -> None:
        row, render, name = self.step_of(pick, lambda _, one: one.state == "asleep")
        step = self.model.steps[name]
        if step.state in ("awake", "asleep", "leased"):
            if render.status in LIVE and step.state == "asleep":
                step.state, step.ready_at = "awake", self.time
            elif render.status == "paused" and render.by_step:
                self.model.resume(render, "creator", self.time)
        with suppress(Conflict):
            self.act(control.step_resume, render=row, key=self.key(name))

    def retry_step(self, pick: int) -> None:
        row, render, name = self.step_of(pick, lambda _, one: one.ready_at > self.time or one.state == "failed")
        step = self.model.steps[name]
        if self.model.status(name) == "ready":
            step.ready_at = min(step.ready_at, self.time)
        elif step.state in ENDED_BADLY:
            self.model.retry(render, self.time)
        with suppress(Conflict):
            self.act(control.step_retry, render=row, key=self.key(name))

    # --- attempts

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

    def heartbeat(self, pick: int) -> None:
        name, lease = self.lease(pick)
        seconds = LEASE + next(self.count) / 1000
        beat = self.act(scheduler.heartbeat, lease=lease, lease_seconds=seconds, fraction=pick % 100 / 100).beat
        step = self.model.steps[name]
        if self.model.holds(name, lease.attempt):
            assert beat is Beat.HELD
            step.lease_until = self.time + seconds
        else:
            same = step.attempt == lease.attempt
            assert beat is (Beat.CANCELLED if same and step.state in ("cancelled", "asleep") else Beat.LOST)

    def report(self, pick: int, checks: bool) -> None:
        """A worker ends its step: the one that holds it, or one that comes late; it may meet lost inputs before."""
        name, lease = self.lease(pick)
        if checks:
            self.end(name, lease)
        else:  # it had fetched them before they went away
            self.complete(name, lease)

    def work(self, rounds: int) -> None:
        """Honest workers for a while."""
        for _ in range(rounds):
            before = len(self.leases)
            for kind in "vsp":
                self.claim(kind)
            for name, lease in self.leases[before:]:
                self.end(name, lease)

    def end(self, name: str, lease: Lease) -> None:
        """As a worker does: it looks for its inputs first."""
        if all(self.model.present(need) for need in self.model.needs[name]):
            self.complete(name, lease)
        else:
            self.inputs_gone(name, lease)

    def complete(self, name: str, lease: Lease) -> None:
        held = self.model.holds(name, lease.attempt)
        files = [{"name": "made.json", "size": 2, "sha256": "0" * 64}]
        prefix = f"artifacts/aa/{next(self.count):032d}"
        meta = PACKAGE if name[0] == "p" else {}
        taken = self.act(scheduler.complete, lease=lease, prefix=prefix, meta=meta, files=files)
        assert taken == held
        if held:
            self.model.done(name)

    def inputs_gone(self, name: str, lease: Lease) -> None:
        held = self.model.holds(name, lease.attempt)
        assert self.act(scheduler.inputs_gone, lease=lease) == held
        if held and self.model.steps[name].tries >= TRIES:
            self.model.park(name)
        elif held:
            self.model.inputs_gone(name, self.time)

    def fail(self, pick: int, failure: Failure) -> None:
        name, lease = self.lease(pick)
        held = self.model.holds(name, lease.attempt)
        assert self.act(scheduler.report_failure, lease=lease, failure=failure) == held
        step = self.model.steps[name]
        if held and failure.retryable and step.tries < TRIES:
            self.model.back(name, ready_at=self.time + 2.0**step.tries)
        elif held:
            self.model.park(name)

    def give_back(self, pick: int) -> None:
        name, lease = self.lease(pick)
        held = self.model.holds(name, lease.attempt)
        assert self.act(scheduler.give_back, lease=lease) == held
        if held:
            self.model.back(name, ready_at=self.model.steps[name].ready_at, counts=False)

    # --- the world

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

    def lose_an_artifact(self, pick: int) -> None:
        names = sorted(name for name, step in self.model.steps.items() if step.there)
        wanted = [name for name in names if name[0] == "p" or self.model.linked(name, OPEN)]
        step = self.model.steps[self.pool(pick, wanted, names)]
        step.there, step.lost = False, step.lost + 1
        assert Artifact.objects.filter(key=self.key(step.key)).delete()[0] == 1
