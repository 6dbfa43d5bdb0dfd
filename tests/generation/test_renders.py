"""Asking for a render: checked first, stored whole, and never the same work twice."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Episode, Master
from generation import artifacts, scheduler
from generation.models import Artifact, Character, Render, RenderEvent, Step
from generation.selectors import render_report
from tests.builders import make_creator, make_episode, make_series, make_user
from tests.generation.tiny import (
    asked,
    drain,
    long_story,
    request_for,
    statuses,
    step,
    story,
    take,
    written,
)

pytestmark = pytest.mark.django_db


# --- before any work


def test_an_unknown_profile_is_named_with_those_that_exist_and_stores_nothing(studio) -> None:
    client, episode = studio
    answer = client.post(f"/api/v1/studio/episodes/{episode.uid}/renders", {"profile": "imax"}, format="json")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "unknown_profile")
    assert "animatic" in error["remedy"]
    assert (Render.objects.count(), Step.objects.count(), RenderEvent.objects.count()) == (0, 0, 0)


def test_an_episode_without_a_screenplay_is_refused(api) -> None:
    owner = make_user()
    episode = make_episode(make_series(make_creator(owner)))
    answer = api(owner).post(f"/api/v1/studio/episodes/{episode.uid}/renders", {}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "no_screenplay")
    assert Render.objects.count() == 0


def test_a_voice_that_is_not_installed_is_refused_before_any_work(studio) -> None:
    client, episode = studio
    Character.objects.filter(series=episode.series, name="JONAS").update(voice="piper:gone")
    answer = client.post(f"/api/v1/studio/episodes/{episode.uid}/renders", {"profile": "animatic"}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "missing_voice")
    assert "piper:gone" in answer.json()["error"]["message"]
    assert (Render.objects.count(), Step.objects.count()) == (0, 0)


def test_a_speaker_who_was_deleted_from_the_cast_is_refused_by_name(studio) -> None:
    client, episode = studio
    Character.objects.filter(series=episode.series, name="JONAS").delete()
    answer = client.post(f"/api/v1/studio/episodes/{episode.uid}/renders", {"profile": "animatic"}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "missing_character")
    assert Render.objects.count() == 0


@pytest.mark.parametrize("body", [{"profile": ""}, {"profile": "x" * 41}, {"profile": None}, {"profile": ["animatic"]}])
def test_a_malformed_request_is_refused(studio, body) -> None:
    client, episode = studio
    answer = client.post(f"/api/v1/studio/episodes/{episode.uid}/renders", body, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")
    assert Render.objects.count() == 0


def test_nobody_else_sees_or_touches_a_render(studio, api, tiny) -> None:
    client, episode = studio
    uid = client.post(f"/api/v1/studio/episodes/{episode.uid}/renders", {}, format="json").json()["uid"]
    stranger = api(make_user())
    make_creator(make_user())
    render = Render.objects.get()
    before = statuses(render), render.events.count()
    for method, path in [
        ("get", f"studio/renders/{uid}"), ("get", f"studio/renders/{uid}/events"),
        ("get", f"studio/renders/{uid}/preview"), ("post", f"studio/renders/{uid}/cancel"),
        ("post", f"studio/episodes/{episode.uid}/renders"), ("post", f"studio/episodes/{episode.uid}/submit"),
    ]:
        answer = getattr(stranger, method)(f"/api/v1/{path}", {} if method == "get" else None, format="json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found"), path
        assert getattr(api(), method)(f"/api/v1/{path}").status_code == 401
    assert (statuses(render), render.events.count(), Render.objects.count()) == (*before, 1)


# --- the work


def test_a_render_runs_to_a_master(studio, tiny) -> None:
    client, episode = studio
    asked_for = client.post(f"/api/v1/studio/episodes/{episode.uid}/renders", {"profile": "animatic"}, format="json")
    assert asked_for.status_code == 201
    assert (asked_for.json()["status"], asked_for.json()["percent"], asked_for.json()["seq"]) == ("queued", 0, 1)
    assert drain() == Step.objects.count() == len(tiny)
    shown = client.get(f"/api/v1/studio/renders/{asked_for.json()['uid']}").json()
    assert (shown["status"], shown["percent"]) == ("done", 100)
    master = Master.objects.get(uid=shown["master"])
    package = Artifact.objects.get(kind="package")
    assert (master.episode_id, master.prefix) == (episode.pk, package.prefix)
    assert master.prefix.startswith("masters/")
    assert [rung.path for rung in master.renditions.all()] == ["720p.mp4"]
    assert {step["status"] for step in shown["steps"]} == {"done"}
    assert "prefix" not in json.dumps(shown)
    assert package.prefix not in json.dumps(shown)


def test_the_same_episode_again_is_done_at_once_and_runs_nothing(tiny) -> None:
    episode = written()
    first = request_for(episode)
    drain()
    count = len(tiny)
    again = request_for(episode)
    assert (again.pk != first.pk, again.status, again.percent) == (True, "done", 100)
    assert again.master == Render.objects.get(pk=first.pk).master
    assert set(again.links.values_list("reused", flat=True)) == {True}
    assert (drain(), len(tiny)) == (0, count)
    assert [event.kind for event in again.events.order_by("seq")] == ["queued", "done"]


def test_one_edited_line_runs_exactly_the_steps_that_it_touches(tiny) -> None:
    episode = written()
    request_for(episode)
    drain()
    tiny.clear()
    edited = request_for(written(story("It has his name on it."), episode))
    to_run = {link.label.split()[0] for link in edited.links.filter(reused=False)}
    assert drain() == edited.links.filter(reused=False).count() == 7
    assert to_run == {"voice", "shot", "ladder", "sound", "join", "poster", "package"}
    assert sorted(tiny) == ["join", "ladder", "package", "poster", "shot", "sound", "voice"]
    edited.refresh_from_db()
    assert edited.status == "done"
    assert Episode.objects.get(pk=episode.pk).masters.count() == 2


def test_two_renders_in_flight_run_what_they_share_once(tiny) -> None:
    episode = written()
    first = request_for(episode)
    second = request_for(written(story("It has his name on it."), episode))
    total = Step.objects.count()
    assert total == first.links.count() + 7
    assert drain() == total
    assert set(Render.objects.values_list("status", flat=True)) == {"done"}
    assert set(Step.objects.values_list("attempt", flat=True)) == {1}
    shared = set(first.links.values_list("step_id", flat=True)) & set(second.links.values_list("step_id", flat=True))
    assert len(shared) == first.links.count() - 7


def test_steps_are_never_shared_between_creators(tiny) -> None:
    request_for(written())
    drain()
    other = request_for(written())
    assert other.status == "queued"
    assert other.links.filter(reused=True).count() == 0


def test_cancelling_stops_at_once_what_no_other_render_needs(studio, tiny) -> None:
    client, episode = studio
    first = request_for(episode)
    second = request_for(written(story("It has his name on it."), episode))
    own = set(first.links.values_list("step_id", flat=True)) - set(second.links.values_list("step_id", flat=True))
    answer = client.post(f"/api/v1/studio/renders/{first.uid}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert set(Step.objects.filter(status="cancelled").values_list("pk", flat=True)) == own
    assert client.post(f"/api/v1/studio/renders/{first.uid}/cancel").status_code == 200
    drain()
    second.refresh_from_db()
    assert second.status == "done"
    late = client.post(f"/api/v1/studio/renders/{second.uid}/cancel")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "render_ended")
    assert first.events.filter(kind="cancelled").count() == 1


def test_what_was_cancelled_or_parked_goes_back_to_work_for_a_new_render(tiny, settings) -> None:
    episode = written()
    first = request_for(episode)
    lease = take()
    scheduler.report_failure(
        lease=lease, failure=scheduler.Failure("x", "broken", "repair", retryable=False), now=timezone.now()
    )
    assert set(statuses(first).values()) == {"failed", "cancelled"}
    again = request_for(episode)
    assert set(statuses(again).values()) == {"ready", "blocked"}
    row = Step.objects.get(pk=lease.step_id)
    assert (row.status, row.tries, row.error_code, row.attempt) == ("ready", 0, "", 1)
    drain()
    again.refresh_from_db()
    first.refresh_from_db()
    assert (again.status, first.status) == ("done", "failed")


def test_an_artifact_whose_bytes_are_gone_is_made_again_and_no_render_fails_of_it(tiny) -> None:
    episode = written()
    request_for(episode)
    drain()
    clip = Artifact.objects.filter(kind="shot").order_by("pk").first()
    artifacts.discard(clip.prefix)
    edited = request_for(written(story("It has his name on it."), episode))
    drain()
    edited.refresh_from_db()
    assert edited.status == "done"
    made_again = Artifact.objects.get(creator_id=clip.creator_id, key=clip.key)
    assert made_again.prefix != clip.prefix
    assert Step.objects.get(key=clip.key).attempt == 2


def count_queries(scenes: int) -> int:
    episode = written(long_story(scenes))
    with CaptureQueriesContext(connection) as asked_of_the_database:
        render = request_for(episode)
    assert render.links.filter(step__kind="shot").count() >= scenes
    return len(asked_of_the_database)


def test_a_long_episode_is_stored_in_as_few_queries_as_a_short_one() -> None:
    short, long = count_queries(10), count_queries(60)
    assert short == long <= 28


def test_a_snapshot_and_a_report_are_a_few_queries(tiny, django_assert_num_queries) -> None:
    from generation.selectors import render_snapshot

    render = asked()
    drain()
    with django_assert_num_queries(2):
        snapshot = render_snapshot(render)
    with django_assert_num_queries(6):
        report = render_report(render)
    assert json.loads(json.dumps(report)) == report
    assert report["status"] == "done"
    assert report["steps_run"] == len(snapshot["steps"])
    assert [shot["duration_ms"] for shot in report["shots"]] == [3000] * len(report["shots"])
    assert report["attempts_wasted"] == 0
    first = report["shots"][0]
    assert first["keys"]["shot 1"] == step(render, "shot 1").key
