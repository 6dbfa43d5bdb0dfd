"""Doorbells of generation (see common.doorbell)."""

from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from common.clock import shared_now
from common.doorbell import ring
from generation import batches, budget, remote, runner, scheduler
from generation.artifacts.collect import collect_slice


@shared_task(name="generation.run_steps", bind=True, ignore_result=True)
def run_steps(task: Any, serve: str) -> None:
    """Run ready steps of the queue `serve`; ring again if there may be more than fits a shift."""
    if runner.run_shift(queue=serve, worker=budget.worker_name(task.request.hostname or "here")):
        ring("generation.run_steps", queue=serve, serve=serve)


@shared_task(name="generation.sweep", ignore_result=True)
def sweep() -> None:
    """Find what no message announced."""
    scheduler.sweep(now=shared_now())


@shared_task(name="generation.tend_remote", ignore_result=True)
def tend_remote() -> None:
    """Close jobs at the video service whose film has arrived, and cancel there what nobody wants any more."""
    remote.tend()


@shared_task(name="generation.admit_batches", ignore_result=True)
def admit_batches() -> None:
    """Carry batches a step further; ring again if a shift was not enough."""
    if batches.attend(clock=timezone.now):
        ring("generation.admit_batches")


@shared_task(name="generation.enforce_caps", ignore_result=True)
def enforce_caps() -> None:
    """A cap was changed: pause or resume the renders that it concerns; what a look leaves, the sweep finds."""
    scheduler.enforce_caps(now=timezone.now())


@shared_task(name="generation.collect_artifacts", ignore_result=True)
def collect_artifacts(stage: str = "rows", after: str = "") -> None:
    """Free what no render needs any more, a slice at a time; a bell that is lost is rung again tomorrow."""
    place = collect_slice(now=timezone.now(), stage=stage, after=after, keep_days=settings.KEEP_ARTIFACTS_DAYS)
    if place:
        ring("generation.collect_artifacts", stage=place.stage, after=place.after)
