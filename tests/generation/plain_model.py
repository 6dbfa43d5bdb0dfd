"""What the scheduler promises, in plain Python: no rows, no locks. What it says has to be true of the tables.

A step that is open and does not run is awake or asleep. Whether one that is awake is ready or blocked follows from what
it needs: the model has no counter that could go wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field

TRIES = 3
LIVE, OPEN = ("queued", "running"), ("queued", "running", "paused")
IDLE = ("awake", "asleep")
ENDED_BADLY = ("failed", "cancelled")


@dataclass
class Step:
    key: str
    needs: frozenset[str]
    state: str  # awake, asleep, leased, done, failed, cancelled
    ready_at: float = 0.0
    there: bool = False  # its artifact
    attempt: int = 0
    tries: int = 0
    lease_until: float = 0.0
    accepted: int = 0
    lost: int = 0  # how often its artifact went away


@dataclass
class Render:
    final: str
    keys: frozenset[str]
    status: str
    reason: str = ""
    by_step: bool = False  # paused because nothing of it could run


@dataclass
class Model:
    needs: dict[str, frozenset[str]]
    steps: dict[str, Step] = field(default_factory=dict)
    renders: list[Render] = field(default_factory=list)

    # --- questions

    def present(self, key: str) -> bool:
        return key in self.steps and self.steps[key].state == "done" and self.steps[key].there

    def waits(self, key: str) -> int:
        return sum(self.steps[need].state != "done" for need in self.needs[key])

    def status(self, key: str) -> str:
        step = self.steps[key]
        if step.state == "awake":
            return "blocked" if self.waits(key) else "ready"
        return "paused" if step.state == "asleep" else step.state

    def closure(self, final: str, *, stop_at_present: bool) -> set[str]:
        wanted, found = [final], set[str]()
        while wanted:
            key = wanted.pop()
            if key not in found and not (stop_at_present and self.present(key)):
                found.add(key)
                wanted += self.needs[key]
        return found

    def linked(self, key: str, statuses: tuple[str, ...]) -> list[Render]:
        return [render for render in self.renders if key in render.keys and render.status in statuses]

    def claimable(self, kind: str, now: float) -> set[str]:
        return {
            key for key, step in self.steps.items()
            if key.startswith(kind) and self.status(key) == "ready" and step.ready_at <= now
        }

    def gone_for(self, key: str) -> set[str]:
        """What must be made again before this step can run."""
        found, level = set[str](), {key}
        while level:
            behind = {need for one in level for need in self.needs[one]}
            level = {one for one in behind if self._useless(one)} - found
            found |= level
        return found

    def _useless(self, key: str) -> bool:
        step = self.steps[key]
        return step.state in ENDED_BADLY or (step.state == "done" and not step.there)

    def stalled(self, render: Render) -> bool:
        mine = [self.status(key) for key in render.keys]
        return render.status in LIVE and "paused" in mine and not {"ready", "leased"} & set(mine)

    # --- renders

    def add(self, final: str, pause: str, now: float) -> Render:
        missing = self.closure(final, stop_at_present=True)
        self._work_again(missing & set(self.steps), awake=not pause, now=now)
        for key in missing - set(self.steps):
            self.steps[key] = Step(key, self.needs[key], "asleep" if pause else "awake", ready_at=now)
        keys = self.closure(final, stop_at_present=False) & set(self.steps)
        status = "done" if not missing else "paused" if pause else "queued"
        render = Render(final, frozenset(keys), status, pause if status == "paused" else "")
        self.renders.append(render)
        return render

    def pause(self, render: Render, reason: str) -> bool:
        may = OPEN if reason == "creator" else LIVE
        if render.status not in may or render.reason == reason:
            return False
        render.status, render.reason, render.by_step = "paused", reason, False
        self.settle()
        return True

    def resume(self, render: Render, reason: str, now: float) -> bool:
        needed = self.closure(render.final, stop_at_present=True) & render.keys
        asleep = any(self.steps[key].state == "asleep" for key in needed)
        if not (render.status in LIVE and asleep) and not (render.status == "paused" and render.reason == reason):
            return False
        return self._go_on(render, needed, now)

    def retry(self, render: Render, now: float) -> bool:
        if render.status not in ENDED_BADLY:
            return False
        return self._go_on(render, self.closure(render.final, stop_at_present=True) & render.keys, now)

    def cancel(self, render: Render) -> bool:
        if render.status not in OPEN:
            return False
        render.status, render.reason = "cancelled", ""
        self.settle()
        return True

    def _go_on(self, render: Render, needed: set[str], now: float) -> bool:
        self._work_again(needed, awake=True, now=now)
        if render.status not in LIVE:
            running = any(self.steps[key].state == "leased" for key in needed)
            render.status, render.reason = "running" if running else "queued", ""
        if not needed:
            render.status = "done"
        return True

    def _work_again(self, keys: set[str], *, awake: bool, now: float) -> None:
        for key in keys:
            step = self.steps[key]
            if step.state in ("done", *ENDED_BADLY):
                driven = awake or bool(self.linked(key, LIVE))
                step.state, step.tries, step.ready_at = "awake" if driven else "asleep", 0, now
            elif step.state == "asleep" and awake:
                step.state, step.ready_at = "awake", now

    def settle(self) -> None:
        """Nothing is open that no open render wants; nothing is awake that no live render wants."""
        for key, step in self.steps.items():
            if step.state in (*IDLE, "leased") and not self.linked(key, OPEN):
                step.state = "cancelled"
            elif step.state == "awake" and not self.linked(key, LIVE):
                step.state = "asleep"

    # --- steps

    def sleep(self, key: str, *, stop: bool) -> bool:
        step = self.steps[key]
        if step.state != "awake" and not (stop and step.state == "leased"):
            return False
        if step.state == "leased":
            step.tries = max(0, step.tries - 1)
        step.state = "asleep"
        self.pause_stalled(self.linked(key, OPEN))
        return True

    def pause_stalled(self, renders: list[Render]) -> None:
        for render in renders:
            if self.stalled(render):
                render.status, render.reason, render.by_step = "paused", "creator", True
                self.settle()

    # --- attempts

    def claim(self, key: str, until: float) -> int:
        step = self.steps[key]
        step.state, step.attempt, step.tries, step.lease_until = "leased", step.attempt + 1, step.tries + 1, until
        self._run(key)
        return step.attempt

    def holds(self, key: str, attempt: int) -> bool:
        return self.steps[key].state == "leased" and self.steps[key].attempt == attempt

    def done(self, key: str) -> None:
        step = self.steps[key]
        before = {other for other in self.steps if self.status(other) == "ready"}
        step.state, step.there, step.accepted = "done", True, step.accepted + 1
        for other in self.steps:
            if other not in before and self.status(other) == "ready":
                self.steps[other].ready_at = step.ready_at  # its input's place in line
        self._run(key)
        ended = [render for render in self.linked(key, OPEN) if render.final == key]
        for render in ended:
            render.status, render.reason = "done", ""
        self.settle()
        if not ended:
            self.pause_stalled(self.linked(key, OPEN))

    def back(self, key: str, *, ready_at: float, counts: bool = True) -> None:
        step = self.steps[key]
        step.state, step.ready_at = "awake" if self.linked(key, LIVE) else "asleep", ready_at
        step.tries = step.tries if counts else max(0, step.tries - 1)
        self._run(key)

    def park(self, key: str) -> None:
        self._run(key)
        self.steps[key].state = "failed"
        for render in self.linked(key, LIVE):
            render.status = "failed"
        self.settle()

    def inputs_gone(self, key: str, now: float) -> None:
        self._work_again(self.gone_for(key), awake=False, now=now)
        step = self.steps[key]
        step.state, step.ready_at = "awake" if self.linked(key, LIVE) else "asleep", now

    def _run(self, key: str) -> None:
        for render in self.linked(key, ("queued",)):
            render.status = "running"
