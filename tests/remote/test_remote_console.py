"""The console's page for jobs that nobody could account for: only its staff, once, with a reason, on record."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from common.clock import shared_now
from generation.models import RemoteJob, Step
from tests.builders import make_user
from tests.generation.tiny import request_for, written
from tests.remote.world import ONE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("card")]


@pytest.fixture
def job() -> RemoteJob:
    render = request_for(written(ONE), "remote")
    step = Step.objects.get(links__render=render, kind="footage")
    return RemoteJob.objects.create(step=step, attempt=1, service="twin", state="unsure", asked_at=shared_now())


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def address(job: RemoteJob) -> str:
    return reverse("admin:generation_remotejob_settle", args=[job.pk])


def test_staff_says_under_which_id_it_is_and_the_log_says_who_and_why(job: RemoteJob, staff: Client) -> None:
    page = staff.get(reverse("admin:generation_remotejob_change", args=[job.pk])).content.decode()
    assert address(job) in page
    answer = staff.post(address(job), {"remote_id": "video_9", "note": "found in their list"})
    assert answer.status_code == 302
    job.refresh_from_db()
    assert (job.state, job.remote_id) == ("submitted", "video_9")
    assert "found in their list" in LogEntry.objects.get().change_message


def test_without_a_reason_nothing_is_settled(job: RemoteJob, staff: Client) -> None:
    assert staff.post(address(job), {"remote_id": "", "note": " "}).status_code == 400
    job.refresh_from_db()
    assert (job.state, LogEntry.objects.count()) == ("unsure", 0)


def test_what_was_settled_is_not_settled_again(job: RemoteJob, staff: Client) -> None:
    staff.post(address(job), {"remote_id": "", "note": "not there"})
    assert staff.post(address(job), {"remote_id": "video_9", "note": "or is it"}).status_code == 409
    job.refresh_from_db()
    assert (job.state, job.remote_id) == ("never", "")


def test_nobody_else_sees_the_page_or_settles(job: RemoteJob) -> None:
    client = Client()
    client.force_login(make_user())
    for answer in (client.get(address(job)), client.post(address(job), {"note": "x"})):
        assert answer.status_code in (302, 403, 404)
    job.refresh_from_db()
    assert job.state == "unsure"
