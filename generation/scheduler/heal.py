"""What an earlier step left is gone: it is made again, and whoever needs it waits. No render fails of it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from generation.models import RenderStep, Step, StepAttempt, StepEdge
from generation.scheduler.bells import ready
from generation.scheduler.errors import INPUT_GONE, INPUT_GONE_AGAIN
from generation.scheduler.finish import close_attempt, held, report_failure
from generation.scheduler.lease import Lease
from generation.scheduler.tell import lock_open_renders_of, tell
from generation.scheduler.work import lock_creator, lock_with_dependents, lost_below, put_back


def inputs_gone(*, lease: Lease, now: datetime) -> bool:
    """The attempt ends: what it needs and is not there goes back to work, and the step waits for it; parked once it is
    out of tries. The rows of the lost artifacts are gone already. False if the lease was lost.
    """
    if _out_of_tries(lease):
        return report_failure(lease=lease, failure=INPUT_GONE_AGAIN, now=now)
    with transaction.atomic():
        lock_creator(lease.creator_id)
        lost = lost_below([lease.step_id])
        changing = {lease.step_id, *lost}
        needs = StepEdge.objects.filter(step__in=changing).values("needs_id")
        lock_with_dependents(Q(pk__in=changing) | Q(pk__in=needs), lost)
        step = held(lease).first()
        if step is None:
            return False
        held(lease).update(status=Step.Status.BLOCKED, ready_at=None, lease_expires_at=None, fraction=0, updated_at=now)
        close_attempt(step, INPUT_GONE, StepAttempt.Outcome.FAILED, now)
        ready(put_back(sorted(changing), awake=False, now=now).places)
        _tell_all(step, lost, now)
    return True


def _out_of_tries(lease: Lease) -> bool:
    return held(lease).filter(tries__gte=settings.STEP_MAX_ATTEMPTS).exists()


def _tell_all(step: Step, lost: set[int], now: datetime) -> None:
    """All the renders that are told are locked first, in order."""
    gone = list(Step.objects.filter(pk__in=lost).defer("spec").order_by("pk"))
    links = RenderStep.objects.filter(step__in=[*lost, step.pk]).values_list("step_id", "render_id")
    mine: dict[int, set[int]] = {}
    for step_id, render_id in links:
        mine.setdefault(step_id, set()).add(render_id)
    renders = lock_open_renders_of(*mine)
    for one in [*gone, step]:
        tell(one, "retry", [render for render in renders if render.pk in mine[one.pk]], now=now,
             error=INPUT_GONE.message)
