"""Who was silent because the database was away is not lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from generation import scheduler
from generation.models import Step
from generation.services import render_request
from tests.generation.tiny import written

pytestmark = pytest.mark.django_db


@pytest.fixture
def started() -> datetime:
    """When the server did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_postmaster_start_time()")
        return cursor.fetchone()[0]


def test_leases_that_ran_out_before_the_server_was_back_for_a_lease_are_left_alone(started: datetime) -> None:
    render_request(episode=written(), profile="animatic", by=None, now=started - timedelta(seconds=40))
    lease = scheduler.claim(queue="voice", worker="w", now=started - timedelta(seconds=35), lease_seconds=30)
    assert lease is not None
    assert scheduler.sweep(now=started + timedelta(seconds=1)).expired == 0
    assert scheduler.sweep(now=started + timedelta(seconds=29)).expired == 0
    assert Step.objects.get(pk=lease.step_id).status == "leased"
    assert scheduler.sweep(now=started + timedelta(seconds=31)).expired == 1
    assert Step.objects.get(pk=lease.step_id).status == "ready"


def test_who_says_in_time_that_they_live_keeps_the_step(started: datetime) -> None:
    render_request(episode=written(), profile="animatic", by=None, now=started - timedelta(seconds=40))
    lease = scheduler.claim(queue="voice", worker="w", now=started - timedelta(seconds=35), lease_seconds=30)
    assert lease is not None
    assert scheduler.sweep(now=started + timedelta(seconds=1)).expired == 0
    pulse = scheduler.heartbeat(lease=lease, now=started + timedelta(seconds=5), lease_seconds=30)
    assert pulse.beat is scheduler.Beat.HELD
    assert scheduler.sweep(now=started + timedelta(seconds=32)).expired == 0
