"""What work costs: its price before it runs, what an attempt cost us, what a render took."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Case, F, Sum, Value, When

from generation.budget.rates import rate, rates
from generation.models import Render, Step, StepAttempt

if TYPE_CHECKING:
    from generation.plan import PlannedStep


def step_price(*, queue: str, seconds: float) -> int:
    """Micros for `seconds` of a worker of `queue`; never negative."""
    return round(max(0.0, seconds) * rate(queue))


def price(steps: Iterable[PlannedStep | Step]) -> int:
    """Micros that these steps are said to cost at today's rates: by their estimates, each once. The most that is paid.

    Every step is rounded by itself, so that the sum is the same whoever asks: the quote, the hold, the charge.
    """
    return sum(step_price(queue=step.queue, seconds=step.estimated_seconds) for step in steps)


def attempt_cost(*, queue: str, started_at: datetime, ended_at: datetime, worker: str = "") -> int:
    """What `worker`, serving `queue`, costs us in micros from start to end, at the rate of its machine class; 0 if two
    clocks disagree.
    """
    machine = rates().class_of(worker=worker, queue=queue)
    return step_price(queue=machine, seconds=(ended_at - started_at).total_seconds())


def attempt_record(
    step: Step, *, outcome: StepAttempt.Outcome, ended_at: datetime, error_code: str = "", error_message: str = ""
) -> StepAttempt:
    """The row of an attempt that has just ended (`step` still holds the lease's values); not saved.

    `cost_micros` is what it cost us, also where that is above the price or nobody pays for it.
    """
    started_at = step.leased_at or ended_at
    return StepAttempt(
        step_id=step.pk, attempt=step.attempt, worker=step.worker, outcome=outcome, error_code=error_code,
        error_message=error_message, started_at=started_at, ended_at=ended_at,
        cost_micros=attempt_cost(queue=step.queue, worker=step.worker, started_at=started_at, ended_at=ended_at),
    )


def render_cost(render: Render) -> dict[str, int]:
    """Micros that the steps of `render` cost us: `used` by accepted attempts, `wasted` by the others (ours to bear).

    Reused steps cost nothing; a step that two renders wait for counts in both. What was charged, the entries say.
    """
    done = When(outcome=StepAttempt.Outcome.DONE, then=F("cost_micros"))
    totals = StepAttempt.objects.filter(step__links__render=render, step__links__reused=False).aggregate(
        used=Sum(Case(done, default=Value(0))), all=Sum("cost_micros")
    )
    used = int(totals["used"] or 0)
    return {"used": used, "wasted": int(totals["all"] or 0) - used}
