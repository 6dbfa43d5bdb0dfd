"""Virtual machines: how long one takes for a step, what it has in memory, and when it is taken away."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from generation.budget.rates import SLASH
from generation.fleet.day import CPU, GPU, Day
from generation.fleet.figures import Figures
from generation.scheduler import Lease

NEVER = float("inf")


@dataclass(slots=True)
class Machine:
    """One worker. Times are virtual seconds; `gone` is when it is taken away, `until` when it was."""

    name: str
    queue: str
    since: float
    gone: float = NEVER
    notice: float = 0.0
    warm: str = ""
    busy: float = 0.0
    loading: float = 0.0
    loads: int = 0
    until: float | None = None

    def takes_work(self, at: float) -> bool:
        """Whether it still begins something: not once it knows that it will be taken away."""
        return self.until is None and at < self.gone - self.notice

    def paid(self, end: float) -> float:
        """Seconds for which it is paid, if the day ends at `end`."""
        return max(0.0, (end if self.until is None else min(self.until, end)) - self.since)


@dataclass(slots=True)
class Park:
    """Every machine of a day, those that were taken away too; draws their fates from one seed."""

    day: Day
    figures: Figures
    machines: list[Machine] = field(default_factory=list)
    _dice: Random = field(init=False)

    def __post_init__(self) -> None:
        self._dice = Random(self.day.seed)  # noqa: S311 - fates, not secrets

    def open(self) -> list[Machine]:
        """The machines that are there when the day begins."""
        cpus = [self._add(Machine(f"cpu-{n}", CPU, 0.0)) for n in range(round(self.figures.rest["workers"].value))]
        return cpus + [self.gpu(0.0) for _ in range(self.day.gpus)]

    def gpu(self, at: float) -> Machine:
        """A machine with a GPU that is there from `at` on, on spot until its fate takes it."""
        number = sum(machine.queue == GPU for machine in self.machines)
        machine = Machine(f"{self.day.machine}{SLASH}gpu-{number}", GPU, at)
        rate = self.figures.trouble["preemptions_per_hour"].value
        if self.day.spot and rate:
            machine.gone = at + self._dice.expovariate(rate / 3600)
            machine.notice = self.figures.trouble["notice_seconds"].value
        return self._add(machine)

    def replacement(self, at: float) -> Machine:
        """What comes for a machine that was taken away at `at`."""
        return self.gpu(at + self.figures.trouble["replace_seconds"].value)

    def begin(self, machine: Machine, lease: Lease) -> tuple[float, float]:
        """Seconds of the step, and of them those of loading its model first, if another one is in memory."""
        if machine.queue == CPU:
            return self.figures.rest[lease.kind].value, 0.0
        seconds = self.figures.seconds(lease.affinity, self.day.machine, lease.kind)
        if machine.warm == lease.affinity:
            return seconds, 0.0
        load = self.figures.seconds(lease.affinity, self.day.machine, "load")
        machine.warm, machine.loads = lease.affinity, machine.loads + 1
        return load + seconds, load

    def fails_after(self, machine: Machine, seconds: float) -> float | None:
        """When within an attempt of `seconds` it fails; None if it does not."""
        if machine.queue == CPU or self._dice.random() >= self.day.failure_rate:
            return None
        return seconds * self._dice.random()

    def _add(self, machine: Machine) -> Machine:
        self.machines.append(machine)
        return machine
