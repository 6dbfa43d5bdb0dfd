"""Moderation over HTTP: the queue, evidence, decisions, reports, and role x object."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from catalog.models import Episode
from creators.models import Member
from media import grants
from moderation.models import AuditEntry, Report, Review
from tests.builders import (
    make_creator,
    make_episode,
    make_guest,
    make_moderator,
    make_published,
    make_series,
    make_user,
)

from .conftest import CLEAN, opened, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    owner, editor, helper = make_user(), make_user(), make_user(is_staff=True)
    creator = make_creator(owner)
    Member.objects.create(creator=creator, user=editor, role=Member.Role.EDITOR)
    by_group = make_moderator(is_superuser=False)
    by_group.groups.add(Group.objects.get_or_create(name="moderators")[0])
    series = make_series(creator)
    gone = make_published(series, 3)
    Episode.objects.filter(pk=gone.pk).update(status="withdrawn", withdrawn_by="moderator")
    return {
        "anonymous": None, "guest": make_guest(), "stranger": make_user(), "editor": editor, "owner": owner,
        "staff": helper, "moderator": make_moderator(), "group": by_group,
        "review": opened(make_episode(series, 1)), "shown": make_published(series, 2), "gone": gone,
    }


REASON = {"reason_code": "hate", "note": "n"}
CALLS = {
    "queue": ("get", "moderation/reviews", None),
    "review": ("get", "moderation/reviews/{review}", None),
    "approve": ("post", "moderation/reviews/{review}/approve", {}),
    "reject": ("post", "moderation/reviews/{review}/reject", REASON),
    "take down": ("post", "moderation/episodes/{shown}/withdraw", REASON),
    "restore": ("post", "moderation/episodes/{gone}/restore", {"note": "n"}),
}


def call(api, house, role, name):
    method, path, data = CALLS[name]
    uids = {key: str(row.uid) for key, row in house.items() if row is not None}
    return getattr(api(house[role]), method)("/api/v1/" + path.format(**uids), data, format="json")


def rows():
    return (
        list(Episode.objects.order_by("id").values_list("status", "withdrawn_by")),
        list(Review.objects.order_by("id").values_list("status", "reason_code")), AuditEntry.objects.count(),
    )


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("role", ["moderator", "group"])
def test_moderators_may(api, house, role, name):
    answer = call(api, house, role, name)
    assert answer.status_code == 200, answer.content


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("role", ["anonymous", "guest", "stranger", "editor", "owner", "staff"])
def test_others_may_not_and_nothing_changes(api, house, role, name):
    before = rows()
    answer = call(api, house, role, name)
    assert answer.status_code == (401 if role == "anonymous" else 403)
    assert "masters/" not in answer.content.decode()
    assert rows() == before


@pytest.mark.parametrize(("role", "status"), [("anonymous", 401), ("guest", 403), ("stranger", 404), ("moderator", 404),
                                              ("editor", 200), ("owner", 200)])
def test_only_the_makers_read_how_they_were_judged_and_not_by_whom(api, house, role, status):
    review, judge = house["review"], house["moderator"]
    judge.display_name = "Judge Judy"
    judge.save(update_fields=["display_name"])
    api(judge).post(f"/api/v1/moderation/reviews/{review.uid}/reject", REASON, format="json")
    answer = api(house[role]).get(f"/api/v1/studio/episodes/{review.episode.uid}/reviews")
    assert answer.status_code == status
    assert "Judy" not in answer.content.decode()
    if status == 200:
        told = [(row["status"], row["reason_code"], row["note"]) for row in answer.json()["results"]]
        assert told == [("rejected", "hate", "n")]


def test_the_queue_is_oldest_first_with_counts_in_few_queries(api, django_assert_max_num_queries):
    blocked = CLEAN | {"cast": [{"name": "M", "needs_consent": True}]}
    reviews = [opened(evidence=blocked) for _ in range(12)]
    with django_assert_max_num_queries(5):
        answer = api(make_moderator()).get("/api/v1/moderation/reviews", {"limit": 10}).json()
    assert [row["uid"] for row in answer["results"]] == [str(review.uid) for review in reviews[:10]]
    assert (answer["results"][0]["blocks"], answer["results"][0]["warnings"]) == (1, 0)
    rest = api(make_moderator()).get("/api/v1/moderation/reviews", {"limit": 10, "cursor": answer["next"]}).json()
    assert [row["uid"] for row in rest["results"]] == [str(review.uid) for review in reviews[10:]]
    assert api(make_moderator()).get("/api/v1/moderation/reviews", {"status": "approved"}).json()["results"] == []


def test_a_review_shows_frozen_evidence_findings_earlier_decisions_and_a_preview(api):
    judge = make_moderator()
    first = opened(evidence=CLEAN | {"title": "shit"})
    api(judge).post(f"/api/v1/moderation/reviews/{first.uid}/reject", REASON, format="json")
    review = opened(Episode.objects.get(pk=first.episode_id))
    answer = api(judge).get(f"/api/v1/moderation/reviews/{review.uid}").json()
    assert answer["evidence"] == CLEAN
    assert answer["findings"] == []
    earlier = [(one["version"], one["status"], one["reason_code"]) for one in answer["earlier"]]
    assert earlier == [(1, "rejected", "hate")]
    token = answer["preview"]["master_url"].split("/")[2]
    claims = grants.verify(token, now=timezone.now())
    assert (claims.scope, claims.prefix, claims.subject) == ("review", review.master.prefix, str(judge.subject))
    assert answer["preview"]["video_url"] == f"/m/{token}/720p.mp4"
    assert review.master.prefix not in json.dumps(answer)
    assert Client().get(answer["preview"]["poster_url"]).status_code == 404  # let in; these builders store no bytes


def test_a_review_takes_a_fixed_number_of_queries(api, django_assert_max_num_queries):
    review, judge = opened(), make_moderator()
    with django_assert_max_num_queries(6):
        assert api(judge).get(f"/api/v1/moderation/reviews/{review.uid}").status_code == 200


def test_a_pass_through_http_publishes_and_a_second_is_409(api):
    review, judge = opened(), make_moderator()
    path = f"/api/v1/moderation/reviews/{review.uid}/approve"
    assert api(judge).post(path, {}, format="json").json()["status"] == "approved"
    assert Episode.objects.get(pk=review.episode_id).status == "published"
    again = api(judge).post(path, {}, format="json")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_decided")


@pytest.mark.parametrize(
    "bad",
    [{}, {"reason_code": "nope"}, {"reason_code": "other"}, {"reason_code": "other", "note": " "},
     {"reason_code": "hate", "note": "x" * 1001}, {"reason_code": "hate", "note": "a\0"}, []],
)
def test_a_rejection_without_a_sound_reason_is_refused(api, bad):
    review = opened()
    answer = api(make_moderator()).post(f"/api/v1/moderation/reviews/{review.uid}/reject", bad, format="json")
    assert answer.status_code == 400
    assert Review.objects.get(pk=review.pk).status == "pending"


@pytest.mark.parametrize(("role", "status"), [("anonymous", 401), ("guest", 201), ("stranger", 201), ("owner", 201)])
def test_any_viewer_may_report_what_they_can_see(api, house, role, status):
    path = f"/api/v1/episodes/{house['shown'].uid}/report"
    assert api(house[role]).post(path, REASON, format="json").status_code == status
    assert Report.objects.count() == (status == 201)


def test_what_is_not_shown_cannot_be_reported(api, house):
    for episode in (house["review"].episode, house["gone"]):
        answer = api(house["guest"]).post(f"/api/v1/episodes/{episode.uid}/report", REASON, format="json")
        assert answer.status_code == 404
    assert Report.objects.count() == 0


def test_the_bell_after_submission_is_the_task_that_opens_reviews(django_capture_on_commit_callbacks, settings):
    from celery import current_app

    current_app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=True):
            episode = submit()
    finally:
        current_app.conf.task_always_eager = False
    assert Review.objects.get().episode_id == episode.pk


@pytest.mark.parametrize("app", ["catalog", "moderation"])
def test_the_console_can_only_look(app, rf):
    from django.contrib import admin

    registered = {model: console for model, console in admin.site._registry.items() if model._meta.app_label == app}
    assert registered
    request = rf.get("/")
    request.user = make_moderator()
    for console in registered.values():
        assert not console.has_add_permission(request)
        assert not console.has_change_permission(request)
        assert not console.has_delete_permission(request)
        assert console.has_view_permission(request)
