"""How many GPUs a day's episodes need, how long that takes and what it costs: days simulated until one fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Any

from django.db import connection

from generation.budget import rates
from generation.fleet.day import CPU, EPISODE_MS, GPU, Day, Laid, creators_of, episode_plan, lay_day
from generation.fleet.drive import Course, drive
from generation.fleet.figures import Figures
from generation.fleet.machines import Machine
from generation.fleet.measure import percentile

TRIES = 12
# how long steps of a GPU that were done at the first attempt might have been begun before they were: since the last of
# their inputs was there, or since the day began
WAITS = """
SELECT extract(epoch FROM attempt.started_at - greatest(%(start)s, (
    SELECT max(before.ended_at) FROM generation_stepedge edge
    JOIN generation_stepattempt before ON before.step_id = edge.needs_id AND before.outcome = 'done'
    WHERE edge.step_id = step.id)))::float8
FROM generation_step step
JOIN generation_stepattempt attempt ON attempt.step_id = step.id
JOIN generation_renderstep link ON link.step_id = step.id
WHERE link.render_id = ANY(%(renders)s) AND step.queue = %(queue)s AND step.attempt = 1
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A day that was simulated. Seconds are virtual, micros as the price list says for that machine."""

    day: Day
    hours: float
    half_done_hours: float
    paid_seconds: float
    busy_seconds: float
    loading_seconds: float
    wasted_seconds: float
    loads: int
    attempts_failed: int
    attempts_lost: int
    attempts_stopped: int
    parked: int
    preempted: int
    wait_p50: float
    wait_p95: float
    micros: int
    attempt_micros: int

    @property
    def utilisation(self) -> float:
        """The share of what is paid in which a step ran."""
        return self.busy_seconds / self.paid_seconds

    @property
    def wasted(self) -> float:
        """The share of the time at work that left nothing."""
        return self.wasted_seconds / self.busy_seconds

    @property
    def micros_per_minute(self) -> int:
        """For a finished minute: every machine paid from the beginning until the last episode is done."""
        return round(self.micros / (self.day.episodes * EPISODE_MS / 60_000))

    def told(self) -> dict[str, Any]:
        """As JSON."""
        day = self.day
        return {
            "models": list(day.models), "machine": day.machine, "spot": day.spot, "failure_rate": day.failure_rate,
            "episodes": day.episodes, "gpus": day.gpus, "hours": round(self.hours, 2),
            "half_done_hours": round(self.half_done_hours, 2), "gpu_hours_paid": round(self.paid_seconds / 3600, 1),
            "gpu_hours_busy": round(self.busy_seconds / 3600, 1), "utilisation": round(self.utilisation, 3),
            "wasted": round(self.wasted, 4), "loading": round(self.loading_seconds / self.busy_seconds, 4),
            "model_loads": self.loads, "attempts_failed": self.attempts_failed, "attempts_lost": self.attempts_lost,
            "attempts_stopped": self.attempts_stopped, "preempted": self.preempted, "retried_by_hand": self.parked,
            "wait_p50_seconds": round(self.wait_p50, 1), "wait_p95_seconds": round(self.wait_p95, 1),
            "micros": self.micros, "attempt_micros": self.attempt_micros,
            "micros_per_finished_minute": self.micros_per_minute,
        }


def gpus_needed(day: Day, figures: Figures, *, hours: float, now: datetime) -> Answer:
    """The smallest fleet that is done in `hours`, from the least that could be; `day.gpus` is not looked at.

    Raises `RuntimeError` if a dozen more are not enough: one chain of steps is longer than `hours`, then.
    """
    least = fewest(day, figures, hours=hours)
    for gpus in range(least, least + TRIES):
        answer = simulate_day(replace(day, gpus=gpus), figures, now=now)
        if answer.hours <= hours:
            return answer
    raise RuntimeError(f"{least + TRIES - 1} GPUs do not make {day.episodes} episodes in {hours:g} hours.")


def fewest(day: Day, figures: Figures, *, hours: float) -> int:
    """GPUs that would do if each were at work all the time and nothing went wrong."""
    creators = creators_of(day, figures)
    models = Counter(day.model_of(number % creators) for number in range(day.episodes))
    work = sum(
        episodes * step.estimated_seconds
        for model, episodes in models.items()
        for step in episode_plan(model, day.machine, figures, salt="").steps
        if step.queue == GPU
    )
    return max(1, ceil(work / (hours * 3600)))


def simulate_day(day: Day, figures: Figures, *, now: datetime) -> Answer:
    """One day with `day.gpus` machines."""
    laid = lay_day(day, figures, now=now)
    return _answer(day, drive(laid, day, figures, start=now), _waits(laid, now))


def _answer(day: Day, course: Course, waits: Sequence[float]) -> Answer:
    end = course.hours * 3600
    gpus = [machine for machine in course.park.machines if machine.queue == GPU]
    cpus = [machine for machine in course.park.machines if machine.queue == CPU]
    price = rates().machine(day.machine)
    per_second = price.micros_per_second
    if day.spot and price.spot_micros_per_second is not None:
        per_second = price.spot_micros_per_second
    rest = rates().machine(CPU).micros_per_second * _sum(cpus, end)
    paid, busy = _sum(gpus, end), sum(machine.busy for machine in gpus)
    return Answer(
        day=day, hours=course.hours, half_done_hours=percentile(list(course.done_at.values()), 0.5) / 3600,
        paid_seconds=paid, busy_seconds=busy, loading_seconds=sum(machine.loading for machine in gpus),
        wasted_seconds=course.wasted_seconds, loads=sum(machine.loads for machine in gpus),
        attempts_failed=course.failed, attempts_lost=course.lost, attempts_stopped=course.stopped,
        parked=course.parked, preempted=course.preempted,
        wait_p50=percentile(waits, 0.5), wait_p95=percentile(waits, 0.95), micros=round(paid * per_second + rest),
        attempt_micros=round(busy * per_second),
    )


def _sum(machines: Sequence[Machine], end: float) -> float:
    return sum(machine.paid(end) for machine in machines)


def _waits(laid: Laid, start: datetime) -> list[float]:
    with connection.cursor() as cursor:
        cursor.execute(WAITS, {"renders": list(laid.renders), "queue": GPU, "start": start})
        return [max(0.0, wait) for (wait,) in cursor.fetchall()]
