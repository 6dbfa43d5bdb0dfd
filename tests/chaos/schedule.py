"""What hits the platform, and when: drawn once from a seed, so that a bad run can be run again."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tests.chaos.attack import Attacked, hit, now

MEAN_PAUSE = 1.2  # seconds between a recovery and the next strike, on average
Blow = Callable[[Attacked, random.Random], bool]


def _child(name: str, signo: int = signal.SIGKILL) -> Blow:
    """A child of the supervisor, by name."""
    return lambda stack, _: hit(stack.standing(name), signo)


def _of_pool(name: str) -> Blow:
    """One of the processes in which a worker runs its tasks."""
    return lambda stack, dice: hit(dice.choice(stack.pool(name)))


def _frozen(stack: Attacked, dice: random.Random) -> bool:
    """A process that renders stands still until others have taken its step, then goes on."""
    pid = dice.choice(stack.pool("render"))
    held = stack.running()
    if not hit(pid, signal.SIGSTOP):
        return False
    stack.wait(lambda: not held & stack.running(), "what a frozen process held was taken from it")
    return hit(pid, signal.SIGCONT)


# kind: (blow, how many in a storm)
BLOWS: dict[str, tuple[Blow, int]] = {
    "pool child that renders": (_of_pool("render"), 8),
    "pool child that serves": (_of_pool("worker"), 2),
    "worker that renders": (_child("render"), 4),
    "worker that serves": (_child("worker"), 2),
    "web": (_child("web"), 4),
    "beat": (_child("beat"), 2),
    "valkey": (_child("valkey"), 4),
    "postgres, immediate stop": (_child("postgres", signal.SIGQUIT), 3),
    "postgres, killed": (_child("postgres"), 3),
    "pool child frozen past its lease": (_frozen, 3),
}


@dataclass
class Strike:
    """One blow: what, how long after the recovery from the one before, and what came of it."""

    kind: str
    pause: float
    at: datetime | None = None
    wasted: int = 0
    recovered_in: float = 0.0

    def line(self) -> str:
        return f"{self.kind:34}{self.at:%H:%M:%S.%f}{self.wasted:>8}{self.recovered_in:>13.1f} s"


@dataclass
class Storm:
    """Every strike of a seed, in order."""

    seed: int
    dice: random.Random = field(init=False)
    strikes: list[Strike] = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        kinds = [kind for kind, (_, times) in BLOWS.items() for _ in range(times)]
        self.dice.shuffle(kinds)
        self.strikes = [Strike(kind, min(6 * MEAN_PAUSE, self.dice.expovariate(1 / MEAN_PAUSE))) for kind in kinds]

    def rage(self, stack: Attacked, keep_busy: Callable[[], None]) -> None:
        """Strike after strike; each waits until what ran has ended, well or not, and work goes on."""
        for strike in self.strikes:
            keep_busy()
            time.sleep(strike.pause)  # the seeded instant, not a wait for anything
            self._strike(stack, strike)

    def _strike(self, stack: Attacked, strike: Strike) -> None:
        blow = BLOWS[strike.kind][0]
        before, accepted, began = stack.wasted(), stack.accepted(), time.monotonic()
        ran = stack.running()
        strike.at = now()
        while not blow(stack, self.dice):  # it was gone already: the next that stands
            ran = stack.running()
            strike.at = now()
        ran |= stack.running()
        stack.wait(lambda: not ran & stack.running(), f"what ran when {strike.kind} was hit has ended")
        stack.wait(lambda: stack.accepted() > accepted or not stack.open_steps(), f"work goes on after {strike.kind}")
        strike.recovered_in, strike.wasted = time.monotonic() - began, stack.wasted() - before
        print(strike.line(), flush=True)  # noqa: T201 - a storm takes minutes

    def table(self) -> str:
        """For people: every strike with its instant, then each kind's sum."""
        lines = [f"{'kind':34}{'instant':>16}{'wasted':>8}{'went on after':>15}  (seed {self.seed})"]
        struck = [strike for strike in self.strikes if strike.at]
        return "\n".join([*lines, *(strike.line() for strike in struck), *_sums(struck)])


def _sums(strikes: Iterable[Strike]) -> list[str]:
    kills, wasted = Counter[str](), Counter[str]()
    for strike in strikes:
        kills[strike.kind] += 1
        wasted[strike.kind] += strike.wasted
    each = [f"{kind:34}{kills[kind]:>4} kills{wasted[kind]:>4} runs wasted" for kind in sorted(kills)]
    return [*each, f"{'all':34}{kills.total():>4} kills{wasted.total():>4} runs wasted"]
