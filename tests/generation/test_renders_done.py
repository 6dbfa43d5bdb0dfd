"""What is done with a finished render: exported, previewed, submitted."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from django.utils import timezone

from catalog.models import Episode, Master
from generation import artifacts
from generation.models import Render, Screenplay
from generation.services import episode_submit
from tests.builders import make_creator, make_episode, make_series, make_user
from tests.generation.tiny import (
    ROOT,
    asked,
    child_environment,
    drain,
    request_for,
    written,
)

pytestmark = pytest.mark.django_db


def test_the_package_can_be_exported_once_it_is_done(tiny, tmp_path) -> None:
    from common.errors import Conflict

    render = asked()
    with pytest.raises(Conflict):
        artifacts.export_package(render, tmp_path)
    drain()
    render.refresh_from_db()
    out = artifacts.export_package(render, tmp_path / "out")
    assert (out / "720p.mp4").read_bytes() == b"720p.mp4"
    assert {path.name for path in out.iterdir()} >= {"poster.jpg", "captions.vtt", "contact-sheet.png"}


# --- preview and review


def test_a_preview_is_a_grant_for_the_member_only_once_it_is_done(studio, api, tiny) -> None:
    client, episode = studio
    render = request_for(episode)
    early = client.get(f"/api/v1/studio/renders/{render.uid}/preview")
    assert (early.status_code, early.json()["error"]["code"]) == (409, "render_not_done")
    drain()
    shown = client.get(f"/api/v1/studio/renders/{render.uid}/preview").json()
    assert api().get(shown["poster"]).status_code == 200
    assert api().get(shown["poster"].replace("/m/", "/m/x")).status_code == 403
    assert [rung["name"] for rung in shown["renditions"]] == ["720p"]


def test_submitting_freezes_the_evidence_and_waits_for_review(studio, tiny) -> None:
    client, episode = studio
    render = request_for(episode)
    path = f"/api/v1/studio/episodes/{episode.uid}/submit"
    early = client.post(path, {"render": str(render.uid)}, format="json")
    assert (early.status_code, early.json()["error"]["code"]) == (409, "render_not_done")
    drain()
    answer = client.post(path, {"render": str(render.uid)}, format="json")
    assert (answer.status_code, answer.json()["status"]) == (200, "in_review")
    master = Master.objects.get()
    evidence, text = master.evidence, Screenplay.objects.get()
    assert master.evidence_sha256
    assert evidence["screenplay"] == {"version": 1, "sha256": text.sha256, "text": text.source}
    assert [shot["prompt"] for shot in evidence["shots"]] == [shot["prompt"] for shot in render.brief["shots"]]
    assert all(shot["duration_ms"] == 3000 and shot["seed"] == 7 for shot in evidence["shots"])
    assert {member["name"] for member in evidence["cast"]} == {"MARA", "JONAS"}
    assert evidence["models"] == [{"role": "engine", "name": "animatic", "licence": "Apache-2.0"}]
    assert evidence["artifacts"]["package"] == render.final_key
    twice = client.post(path, {"render": str(render.uid)}, format="json")
    assert (twice.status_code, twice.json()["error"]["code"]) == (409, "not_submittable")


def test_the_render_of_another_episode_cannot_be_submitted(studio, tiny) -> None:
    client, episode = studio
    render = request_for(episode)
    drain()
    other = make_episode(episode.series, 2)
    answer = client.post(f"/api/v1/studio/episodes/{other.uid}/submit", {"render": str(render.uid)}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "foreign_render")
    assert set(Episode.objects.values_list("status", flat=True)) == {"draft"}


def test_an_unchanged_episode_can_be_submitted_again_as_a_new_master(tiny) -> None:
    """A rejected master stays as it was judged: the same pictures under review again are a version of their own."""
    from catalog.services import episode_reject

    by, episode = make_user(), written()
    request_for(episode)
    drain()
    first = Render.objects.get()
    episode_submit(episode=episode, render=first, by=by, now=timezone.now())
    episode_reject(episode=episode, now=timezone.now())
    again = request_for(episode)
    assert again.master_id != first.master_id
    assert episode_submit(episode=episode, render=again, by=by, now=timezone.now()).status == "in_review"
    assert drain() == 0


def test_a_bad_submission_is_refused(studio) -> None:
    client, episode = studio
    path = f"/api/v1/studio/episodes/{episode.uid}/submit"
    assert client.post(path, {"render": "no uid"}, format="json").json()["error"]["code"] == "invalid"
    missing = client.post(path, {"render": "0199a0a0-0000-7000-8000-000000000000"}, format="json")
    assert missing.json()["error"]["code"] == "not_found"


# --- the broker is gone

SCRIPT = """
import django, sys, time; django.setup()
from celery import current_app
current_app.conf.broker_url = sys.argv[1]
from rest_framework.test import APIClient
from accounts.models import User
client = APIClient()
client.force_authenticate(User.objects.get(pk=sys.argv[2]))
started = time.monotonic()
answer = client.post(f"/api/v1/studio/episodes/{sys.argv[3]}/renders", {"profile": "animatic"}, format="json")
print(answer.status_code, time.monotonic() - started)
"""


@pytest.mark.django_db(transaction=True)
def test_a_request_answers_in_time_while_the_broker_hangs_and_the_work_waits(tiny) -> None:
    """In a process of its own, as the broker of this one is alive."""
    owner = make_user()
    episode = written(episode=make_episode(make_series(make_creator(owner))))
    with socket.socket() as deaf:  # takes connections, and never says a word
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(8)
        broker = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, broker, str(owner.pk), str(episode.uid)],
            capture_output=True, text=True, timeout=120, cwd=ROOT, env=child_environment(),
        )
    assert done.returncode == 0, done.stderr[-3000:]
    status, took = done.stdout.split()
    assert status == "201"
    # two seconds of waiting, and a first request on a busy machine; without limits it would be 40 s
    assert float(took) < 15.0
    render = Render.objects.get()
    assert render.status == "queued"
    assert drain() == render.links.count()
    render.refresh_from_db()
    assert render.status == "done"
