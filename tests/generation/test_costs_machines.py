"""Which machine an attempt is paid as: its worker's own class, where it says one, else what its queue names."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from generation import budget, scheduler
from generation.budget.rates import OURS, read_rates
from generation.models import Step, StepAttempt
from generation.scheduler import Failure
from tests.generation.tiny import asked, deliver, take


def test_a_worker_signs_with_its_class_and_its_own_name(settings: Any) -> None:
    assert budget.worker_name("celery@here") == "celery@here"
    settings.MACHINE = "gpu-l40s"
    assert budget.worker_name("celery@here") == "gpu-l40s/celery@here"


def test_a_class_without_a_price_is_refused_before_it_works(settings: Any) -> None:
    settings.MACHINE = "gpu-of-the-future"
    with pytest.raises(ImproperlyConfigured, match=r"RW_MACHINE is gpu-of-the-future.*\[machines.gpu-of-the-future\]"):
        budget.worker_name("celery@here")


@pytest.mark.parametrize(("worker", "machine"), [
    ("gpu-4090/celery@here", "gpu-4090"), ("celery@here", "gpu"), ("", "gpu"), ("nonsense/celery@here", "gpu"),
    ("gpu-4090", "gpu"), ("gpu-4090/", "gpu-4090"), ("/gpu-4090", "gpu"),
])  # fmt: skip
def test_the_class_of_a_worker_is_the_one_it_says_or_that_of_its_queue(worker: str, machine: str) -> None:
    assert budget.rates().class_of(worker=worker, queue="gpu") == machine


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["done", "failed", "lost"])
def test_an_attempt_costs_what_its_workers_class_costs_however_it_ends(ending: str) -> None:
    asked()
    lease = take(worker="gpu-h100/one")
    began = timezone.now() - timedelta(seconds=100)
    Step.objects.filter(pk=lease.step_id).update(leased_at=began)
    now = began + timedelta(seconds=100)
    if ending == "done":
        deliver(lease)
    elif ending == "failed":
        scheduler.report_failure(lease=lease, failure=Failure("x", "x", "x", retryable=True), now=now)
    else:
        Step.objects.filter(pk=lease.step_id).update(lease_expires_at=now - timedelta(seconds=1))
        scheduler.sweep(now=now)
    attempt = StepAttempt.objects.get(step=lease.step_id)
    seconds = (attempt.ended_at - attempt.started_at).total_seconds()
    assert (attempt.outcome, attempt.worker) == (ending, "gpu-h100/one")
    assert attempt.cost_micros == round(seconds * 1322.22)
    assert attempt.cost_micros >= 132_222


def test_every_price_of_ours_says_where_it_was_read_or_that_it_is_assumed() -> None:
    for name, machine in read_rates(OURS).machines.items():
        read = machine.source.startswith("https://") and machine.read_on.startswith("20")
        assert machine.assumed != read, name
        if machine.spot_micros_per_second is not None:
            assert 0 < machine.spot_micros_per_second < machine.micros_per_second, name


def test_a_spot_price_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rates.toml").write_text("[machines.other]\nmicros_per_second = 1\nspot_micros_per_second = 'cheap'\n")
    with pytest.raises(ImproperlyConfigured, match=r"\[machines.other\] needs"):
        read_rates(tmp_path / "rates.toml")
