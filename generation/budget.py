"""What compute costs. First form: every attempt is priced when it ends, and that row is never changed."""

from datetime import datetime

from django.db.models import Case, F, Sum, Value, When

from generation.models import Render, Step, StepAttempt

# micros (millionths) of the house's currency for one second of one worker of that queue
RATES_MICROS = {"voice": 8, "encode": 12, "render": 14}
OTHER_RATE = 14


def attempt_cost(*, queue: str, started_at: datetime, ended_at: datetime) -> int:
    """The price in micros of a worker of `queue` from start to end; never negative, even if two clocks disagree."""
    seconds = max(0.0, (ended_at - started_at).total_seconds())
    return round(seconds * RATES_MICROS.get(queue, OTHER_RATE))


def attempt_record(
    step: Step, *, outcome: StepAttempt.Outcome, ended_at: datetime, error_code: str = "", error_message: str = ""
) -> StepAttempt:
    """The row of an attempt that has just ended (`step` still holds the lease's values); not saved."""
    started_at = step.leased_at or ended_at
    return StepAttempt(
        step_id=step.pk, attempt=step.attempt, worker=step.worker, outcome=outcome, error_code=error_code,
        error_message=error_message, started_at=started_at, ended_at=ended_at,
        cost_micros=attempt_cost(queue=step.queue, started_at=started_at, ended_at=ended_at),
    )


def render_cost(render: Render) -> dict[str, int]:
    """Micros that the steps of `render` took: `used` by accepted attempts, `wasted` by the others (ours to bear).

    Reused steps cost nothing; a step that two renders wait for counts in both.
    """
    done = When(outcome=StepAttempt.Outcome.DONE, then=F("cost_micros"))
    totals = StepAttempt.objects.filter(step__links__render=render, step__links__reused=False).aggregate(
        used=Sum(Case(done, default=Value(0))), all=Sum("cost_micros")
    )
    used = int(totals["used"] or 0)
    return {"used": used, "wasted": int(totals["all"] or 0) - used}
