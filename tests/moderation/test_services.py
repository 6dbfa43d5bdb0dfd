"""Reviews open by themselves, decisions are made once, and the trail of them only grows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from catalog.models import Episode, Master
from common.errors import Conflict, NotFound
from moderation import services
from moderation.models import Appeal, AuditEntry, Report, Review
from moderation.selectors import earlier_decisions
from tests.builders import make_guest, make_moderator, make_published, make_user

from .conftest import CLEAN, NOW, opened, submit

pytestmark = pytest.mark.django_db
BLOCKING = CLEAN | {"cast": [{"name": "M", "needs_consent": True}]}


def actions():
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def status(review):
    return Review.objects.get(pk=review.pk).status, Episode.objects.get(pk=review.episode_id).status


def test_every_submission_gets_one_review_and_asking_again_gives_none():
    episodes = [submit() for _ in range(3)]
    assert services.reviews_open_pending(now=NOW) == 3
    assert services.reviews_open_pending(now=NOW) == 0
    assert set(Review.objects.values_list("episode_id", "status")) == {(e.pk, "pending") for e in episodes}
    assert actions() == ["review_opened"] * 3


def test_a_review_keeps_what_the_checks_found():
    review = opened(evidence=BLOCKING, duration_ms=5_000)
    found = list(review.findings.order_by("id").values_list("severity", "code", "place"))
    assert found == [("block", "consent_missing", "cast.0"), ("warning", "too_short", "duration_ms")]
    assert AuditEntry.objects.get().data["findings"] == 2


def test_approval_publishes_and_says_who_and_on_what():
    review, by = opened(), make_moderator()
    services.review_approve(review=review, by=by, now=NOW)
    assert status(review) == ("approved", "published")
    entry = AuditEntry.objects.get(action="review_approved")
    assert (entry.actor, entry.review_uid, entry.episode_uid) == (by.subject, review.uid, review.episode.uid)
    assert entry.data["evidence_sha256"] == Master.objects.get(pk=review.master_id).evidence_sha256


def test_a_blocking_finding_needs_a_written_reason():
    review, by = opened(evidence=BLOCKING), make_moderator()
    with pytest.raises(Conflict) as refused:
        services.review_approve(review=review, by=by, now=NOW, note="  ")
    assert (refused.value.code, refused.value.details) == ("blocking_findings", {"findings": ["consent_missing"]})
    assert status(review) == ("pending", "in_review")
    services.review_approve(review=review, by=by, now=NOW, note="Consent seen on paper.")
    assert status(review) == ("approved", "published")
    assert AuditEntry.objects.get(action="review_approved").data["overruled"] == ["consent_missing"]


def test_a_rejected_episode_is_fixed_and_submitted_again_and_the_earlier_decision_is_shown():
    first, by = opened(), make_moderator()
    services.review_reject(review=first, by=by, reason_code="violence", note="Too much blood.", now=NOW)
    assert status(first) == ("rejected", "rejected")
    second = opened(Episode.objects.get(pk=first.episode_id))
    assert second.pk != first.pk
    assert [(one.pk, one.reason_code, one.note) for one in earlier_decisions(second)] == [
        (first.pk, "violence", "Too much blood.")
    ]
    services.review_approve(review=second, by=by, now=NOW)
    assert status(second) == ("approved", "published")
    assert status(first)[0] == "rejected"


@pytest.mark.parametrize("act", ["approve", "reject"])
def test_what_is_decided_stays_decided(act):
    review, by = opened(), make_moderator()
    services.review_approve(review=review, by=by, now=NOW)
    trail, stale = actions(), Review.objects.get(pk=review.pk)
    stale.status = "pending"
    also = {} if act == "approve" else {"reason_code": "hate", "note": ""}
    with pytest.raises(Conflict) as refused:
        getattr(services, f"review_{act}")(review=stale, by=by, now=NOW, **also)
    assert refused.value.code == "already_decided"
    assert status(review) == ("approved", "published")
    assert actions() == trail


def test_a_decision_whose_episode_has_moved_on_changes_nothing():
    review, by = opened(), make_moderator()
    Episode.objects.filter(pk=review.episode_id).update(status="rejected")
    for decide in (services.review_approve, services.review_reject):
        also = {} if decide is services.review_approve else {"reason_code": "hate", "note": ""}
        with pytest.raises(Conflict):
            decide(review=Review.objects.get(pk=review.pk), by=by, now=NOW, **also)
    assert status(review) == ("pending", "rejected")
    assert actions() == ["review_opened"]


def test_a_takedown_and_a_restoration_are_written_down():
    episode, by = make_published(), make_moderator()
    services.episode_take_down(episode=episode, by=by, reason_code="copyright", note="Notice 12.", now=NOW)
    fresh = Episode.objects.get(pk=episode.pk)
    assert (fresh.status, fresh.withdrawn_by, fresh.withdrawn_at) == ("withdrawn", "moderator", NOW)
    services.episode_restore(episode=fresh, by=by, note="Counter-notice.", now=NOW)
    assert Episode.objects.get(pk=episode.pk).status == "published"
    assert actions() == ["episode_taken_down", "episode_restored"]
    assert AuditEntry.objects.last().data == {"note": "Counter-notice.", "withdrawn_by": "moderator"}


def test_a_takedown_that_fails_leaves_no_trace_in_the_trail():
    with pytest.raises(Conflict):
        services.episode_take_down(episode=submit(), by=make_moderator(), reason_code="hate", note="", now=NOW)
    assert actions() == []


@pytest.mark.parametrize("sql", ["UPDATE moderation_auditentry SET action = 'x'", "DELETE FROM moderation_auditentry"])
def test_the_trail_cannot_be_changed_even_by_sql(sql):
    opened()
    before = list(AuditEntry.objects.values())
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(AuditEntry.objects.values()) == before


def test_the_trail_outlives_the_people_in_it():
    review, by = opened(), make_moderator()
    services.review_approve(review=review, by=by, now=NOW)
    subject = by.subject
    by.delete()
    assert Review.objects.get(pk=review.pk).decided_by is None
    assert AuditEntry.objects.get(action="review_approved").actor == subject


def test_a_second_report_changes_the_first_and_opens_it_again():
    episode, viewer = make_published(), make_guest()
    services.report_create(episode=episode, by=viewer, reason_code="spam", note="", now=NOW)
    Report.objects.update(status="dismissed")
    services.report_create(episode=episode, by=viewer, reason_code="hate", note="Look again.", now=NOW)
    services.report_create(episode=episode, by=make_guest(), reason_code="spam", note="", now=NOW)
    assert list(Report.objects.order_by("id").values_list("reason_code", "note", "status")) == [
        ("hate", "Look again.", "open"), ("spam", "", "open")
    ]


def test_a_rejection_is_appealed_once_by_its_makers():
    review = opened()
    member = review.episode.series.creator.members.get()
    with pytest.raises(Conflict):
        services.appeal_create(review=review, by=member, text="Please.", now=NOW)
    services.review_reject(review=review, by=make_moderator(), reason_code="hate", note="", now=NOW)
    with pytest.raises(NotFound):
        services.appeal_create(review=review, by=make_user(), text="Please.", now=NOW)
    appeal = services.appeal_create(review=review, by=member, text="Please.", now=NOW + timedelta(days=1))
    assert (appeal.status, appeal.appellant) == ("open", member)
    with pytest.raises(Conflict):
        services.appeal_create(review=review, by=member, text="Again.", now=NOW)
    assert Appeal.objects.count() == 1
