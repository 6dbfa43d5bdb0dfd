"""Pause, resume, retry, cancel over HTTP: for members only, repeatable, and with a remedy where it makes no sense."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generation import scheduler
from generation.models import Render, Step, StepAttempt
from generation.scheduler import Failure
from tests.builders import make_guest, make_moderator, make_user
from tests.generation.tiny import asked, drain, request_for, statuses, step, take

pytestmark = pytest.mark.django_db
ACTS = ("pause", "resume", "retry", "cancel")
HOPELESS = Failure("step_error", "Something went wrong on our side.", "Retry it.", False, "ValueError")


def told(client, *path: object):
    return client.post("/api/v1/studio/" + "/".join(str(part) for part in path))


def addresses(render: Render) -> list[tuple[object, ...]]:
    key, series = step(render, "sound").key, render.episode.series.uid
    return [
        *[("renders", render.uid, act) for act in ACTS],
        *[("renders", render.uid, "steps", key, act) for act in ACTS],
        *[("series", series, "renders", act) for act in ACTS],
    ]


def test_nobody_but_a_member_tells_a_render_anything_and_nothing_changes(api, studio) -> None:
    _, episode = studio
    render = request_for(episode)
    before = statuses(render), render.events.count()
    for who, status in ((make_user(), 404), (make_guest(), 403), (None, 401)):
        assert {told(api(who), *path).status_code for path in addresses(render)} == {status}
    render.refresh_from_db()
    assert render.status == "queued"
    assert (statuses(render), render.events.count()) == before


def test_a_member_pauses_resumes_cancels_and_retries_a_render(studio, tiny) -> None:
    client, episode = studio
    render = request_for(episode)
    for act, status in (("pause", "paused"), ("resume", "queued"), ("cancel", "cancelled"), ("retry", "queued")):
        for _ in range(2):  # repeating it is no error
            answer = told(client, "renders", render.uid, act)
            assert (answer.status_code, answer.json()["status"]) == (200, status)
    drain()
    assert client.get(f"/api/v1/studio/renders/{render.uid}").json()["status"] == "done"
    events = client.get(f"/api/v1/studio/renders/{render.uid}/events").json()["results"]
    assert [event["kind"] for event in events][:5] == ["queued", "paused", "resumed", "cancelled", "retried"]
    assert events[1]["reason"] == "creator"


def test_a_member_tells_a_single_step(studio) -> None:
    client, episode = studio
    render = request_for(episode)
    key = step(render, "sound").key
    for act, status in (("pause", "paused"), ("resume", "blocked"), ("cancel", "paused")):
        answer = told(client, "renders", render.uid, "steps", key, act)
        assert answer.status_code == 200
        assert [one["status"] for one in answer.json()["steps"] if one["key"] == key] == [status]
    refused = told(client, "renders", render.uid, "steps", key, "retry")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "step_paused")
    assert told(client, "renders", render.uid, "steps", "0" * 64, "pause").status_code == 404


def test_what_makes_no_sense_is_a_conflict_with_a_remedy(studio) -> None:
    client, episode = studio
    render = request_for(episode)
    refused = told(client, "renders", render.uid, "resume")
    assert refused.status_code == 409
    error = refused.json()["error"]
    assert (error["code"], error["remedy"]) == ("render_not_paused", "Nothing to do: it is not paused.")


def test_a_whole_series_is_told_at_once_and_only_the_newest_render_is_retried(studio) -> None:
    client, episode = studio
    old, new = request_for(episode), request_for(episode)
    series = episode.series.uid
    counts = [told(client, "series", series, "renders", act).json()["renders"] for act in (*ACTS, "retry", "retry")]
    assert counts == [2, 2, 0, 2, 1, 0]
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.status, new.status) == ("cancelled", "queued")


def parked() -> tuple[Render, Step]:
    render = asked()
    lease = take()
    scheduler.report_failure(lease=lease, failure=HOPELESS, now=timezone.now())
    return render, Step.objects.get(pk=lease.step_id)


def test_the_console_shows_a_parked_step_with_its_raw_error_and_retries_it_on_record(client: Client) -> None:
    render, row = parked()
    moderator = make_moderator()
    client.force_login(moderator)
    listed = client.get(reverse("admin:generation_step_changelist") + "?status__exact=failed").content.decode()
    assert row.key[:12] in listed
    page = client.get(reverse("admin:generation_step_change", args=[row.pk])).content.decode()
    assert "ValueError" in page  # the raw text, which creators do not see
    retry = reverse("admin:generation_step_retry", args=[row.pk])
    assert retry in page
    assert client.get(retry).status_code == 200
    assert client.post(retry, {"note": " "}).status_code == 400
    render.refresh_from_db()
    assert render.status == "failed"
    assert client.post(retry, {"note": "the store was down"}).status_code == 302
    render.refresh_from_db()
    assert render.status == "queued"
    [entry] = LogEntry.objects.all()
    assert (entry.user_id, entry.object_id) == (moderator.pk, str(row.pk))
    assert entry.change_message == f"Retried, with renders {render.uid}. Why: the store was down"
    again = client.post(retry, {"note": "again"})
    assert again.status_code == 409
    assert LogEntry.objects.count() == 1


def test_nobody_but_a_moderator_retries_from_the_console(client: Client) -> None:
    render, row = parked()
    retry = reverse("admin:generation_step_retry", args=[row.pk])
    assert client.post(retry, {"note": "me"}).status_code == 302  # to the one door
    client.force_login(make_user())
    assert client.post(retry, {"note": "me"}).status_code == 403
    assert client.get(retry).status_code == 403
    render.refresh_from_db()
    assert render.status == "failed"
    assert LogEntry.objects.count() == 0
    assert StepAttempt.objects.get(step=row).error_message == "ValueError"
