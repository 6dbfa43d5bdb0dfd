"""What moderators do in the console: each act changes one thing, leaves one audit entry; a refusal changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.errors import TokenRefused
from accounts.models import User
from accounts.services.tokens import tokens_issue, tokens_refresh
from catalog.models import Episode
from common.errors import Conflict, Forbidden
from moderation import services
from moderation.models import Appeal, AuditEntry, Reason, Report, Review
from tests.builders import make_creator, make_episode, make_guest, make_published, make_series, make_user
from tests.moderation.conftest import CLEAN, NOW, opened, submit

pytestmark = pytest.mark.django_db
BAD = CLEAN | {"screenplay": {"version": 1, "text": "INT. CELLAR - NIGHT\n\nMARA\nhow to make a bomb\n"}}
Action = AuditEntry.Action


@pytest.fixture
def moderator() -> User:
    return _moderator()


@pytest.fixture
def desk(moderator: User) -> Client:
    client = Client()
    client.force_login(moderator)
    return client


def _moderator() -> User:
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="moderators"))
    return user


def trail() -> list[str]:
    """What people decided, in order."""
    return list(AuditEntry.objects.exclude(actor=None).order_by("pk").values_list("action", flat=True))


def post(desk: Client, name: str, row: Any, **fields: str) -> Any:
    return desk.post(reverse(f"console-{name}", args=[row.uid]), fields)


def test_approving_publishes_and_goes_on_to_the_next(desk: Client, moderator: User) -> None:
    review, following = opened(), opened()
    answer = post(desk, "approve", review)
    assert answer["Location"] == reverse("console-review", args=[following.uid])
    review.refresh_from_db()
    assert (review.status, review.decided_by) == (Review.Status.APPROVED, moderator)
    assert Episode.objects.get(pk=review.episode_id).status == Episode.Status.PUBLISHED
    assert trail() == [Action.REVIEW_APPROVED]
    following.refresh_from_db()
    assert following.status == Review.Status.PENDING


def test_the_last_decision_leads_back_to_the_queue(desk: Client) -> None:
    answer = post(desk, "approve", opened())
    assert answer["Location"] == reverse("admin:moderation_review_changelist")
    assert desk.get(reverse("console-next"))["Location"] == reverse("admin:moderation_review_changelist")


def test_rejecting_keeps_reason_and_note(desk: Client) -> None:
    review = opened()
    assert post(desk, "reject", review, reason_code="quality", note="No sound.").status_code == 302
    review.refresh_from_db()
    assert (review.status, review.reason_code, review.note) == (Review.Status.REJECTED, "quality", "No sound.")
    assert trail() == [Action.REVIEW_REJECTED]


@pytest.mark.parametrize(
    "fields", [{}, {"reason_code": "nonsense"}, {"reason_code": "other"}, {"reason_code": "spam", "note": "x" * 1001}]
)
def test_a_rejection_without_a_good_reason_changes_nothing(desk: Client, fields: dict[str, str]) -> None:
    review = opened()
    answer = post(desk, "reject", review, **fields)
    assert answer.status_code == 400
    review.refresh_from_db()
    assert review.status == Review.Status.PENDING
    assert trail() == []


def test_a_blocking_finding_asks_for_a_note(desk: Client) -> None:
    review = opened(evidence=BAD)
    answer = post(desk, "approve", review)
    assert answer.status_code == 409
    assert "blocking_findings" in answer.content.decode()
    review.refresh_from_db()
    assert review.status == Review.Status.PENDING
    assert trail() == []
    assert post(desk, "approve", review, note="It is a quotation from the news.").status_code == 302
    assert trail() == [Action.REVIEW_APPROVED]


def test_of_two_moderators_the_second_is_told_and_loses_no_words(desk: Client) -> None:
    review = opened()
    services.review_reject(review=review, by=_moderator(), reason_code=Reason.SPAM, note="First.", now=NOW)
    answer = post(desk, "approve", review, note="My own words")
    assert answer.status_code == 409
    body = answer.content.decode()
    assert "already_decided" in body
    assert "Rejected" in body
    assert "My own words" in body
    assert trail() == [Action.REVIEW_REJECTED]


def test_taking_down_and_restoring_are_confirmed_first(desk: Client) -> None:
    episode = make_published()
    assert desk.get(reverse("console-take-down", args=[episode.uid])).status_code == 200
    episode.refresh_from_db()
    assert episode.status == Episode.Status.PUBLISHED
    post(desk, "take-down", episode, reason_code="consent", note="The face is a real one.")
    episode.refresh_from_db()
    assert (episode.status, episode.withdrawn_by) == (Episode.Status.WITHDRAWN, "moderator")
    assert post(desk, "take-down", episode, reason_code="consent").status_code == 409
    assert post(desk, "restore", episode).status_code == 400
    post(desk, "restore", episode, note="Consent came in.")
    episode.refresh_from_db()
    assert episode.status == Episode.Status.PUBLISHED
    assert trail() == [Action.EPISODE_TAKEN_DOWN, Action.EPISODE_RESTORED]


def _reported(number: int) -> tuple[Episode, list[Report]]:
    episode = make_published()
    reports = [
        services.report_create(episode=episode, by=make_guest(), reason_code=Reason.HATE, note="!", now=timezone.now())
        for _ in range(number)
    ]
    return episode, reports


def test_one_answer_dismisses_what_the_moderator_saw(desk: Client) -> None:
    episode, _ = _reported(3)
    seen = timezone.now()
    late = services.report_create(
        episode=episode, by=make_guest(), reason_code=Reason.SPAM, note="", now=seen + timedelta(seconds=5)
    )
    post(desk, "reports-of", episode, answer="dismissed", seen=seen.isoformat())
    assert Report.objects.filter(status=Report.Status.DISMISSED).count() == 3
    late.refresh_from_db()
    assert late.status == Report.Status.OPEN
    assert trail() == [Action.REPORTS_DISMISSED]
    assert len(AuditEntry.objects.get(action=Action.REPORTS_DISMISSED).data["reports"]) == 3
    assert post(desk, "reports-of", episode, answer="upheld", seen=seen.isoformat()).status_code == 409
    assert trail() == [Action.REPORTS_DISMISSED]


def test_upholding_can_take_the_episode_down_in_one_go(desk: Client) -> None:
    episode, _ = _reported(2)
    seen = timezone.now().isoformat()
    assert post(desk, "reports-of", episode, answer="take_down", seen=seen).status_code == 400
    assert trail() == []
    post(desk, "reports-of", episode, answer="take_down", seen=seen, reason_code="hate")
    episode.refresh_from_db()
    assert episode.status == Episode.Status.WITHDRAWN
    assert Report.objects.filter(status=Report.Status.UPHELD).count() == 2
    assert trail() == [Action.EPISODE_TAKEN_DOWN, Action.REPORTS_UPHELD]


def test_a_single_report_is_answered_once(moderator: User) -> None:
    _, (report,) = _reported(1)
    services.report_resolve(report=report, outcome=Report.Status.UPHELD, by=moderator, note="", now=NOW)
    with pytest.raises(Conflict):
        services.report_resolve(report=report, outcome=Report.Status.DISMISSED, by=moderator, note="", now=NOW)
    report.refresh_from_db()
    assert report.status == Report.Status.UPHELD
    assert trail() == [Action.REPORTS_UPHELD]


def _appealed() -> tuple[Appeal, User]:
    owner, judge = make_user(), _moderator()
    review = opened(make_episode(make_series(make_creator(owner))))
    services.review_reject(review=review, by=judge, reason_code=Reason.QUALITY, note="", now=NOW)
    appeal = services.appeal_create(review=review, by=owner, text="Please look again.", now=NOW)
    return appeal, judge


def test_a_granted_appeal_publishes_the_same_version(desk: Client, moderator: User) -> None:
    appeal, _ = _appealed()
    post(desk, "appeal", appeal, outcome="granted", note="The captions are in time.")
    appeal.refresh_from_db()
    review = Review.objects.get(pk=appeal.review_id)
    assert (appeal.status, review.status, review.reason_code) == ("granted", "approved", "")
    assert review.decided_by == moderator
    episode = Episode.objects.select_related("series").get(pk=review.episode_id)
    assert (episode.status, episode.series.published_episodes) == (Episode.Status.PUBLISHED, 1)
    assert trail()[2:] == [Action.APPEAL_GRANTED]


def test_an_upheld_appeal_changes_only_itself(desk: Client) -> None:
    appeal, _ = _appealed()
    post(desk, "appeal", appeal, outcome="upheld", note="They are late in scene two.")
    appeal.refresh_from_db()
    assert appeal.status == Appeal.Status.UPHELD
    assert Review.objects.get(pk=appeal.review_id).status == Review.Status.REJECTED
    assert trail()[2:] == [Action.APPEAL_UPHELD]
    assert post(desk, "appeal", appeal, outcome="granted", note="No.").status_code == 409
    assert trail()[2:] == [Action.APPEAL_UPHELD]


def test_nobody_hears_an_appeal_against_their_own_decision() -> None:
    appeal, judge = _appealed()
    with pytest.raises(Forbidden):
        services.appeal_decide(appeal=appeal, outcome=Appeal.Status.GRANTED, by=judge, note="x", now=NOW)
    appeal.refresh_from_db()
    assert appeal.status == Appeal.Status.OPEN


def test_a_newer_version_cannot_be_passed_by_an_old_appeal(moderator: User) -> None:
    appeal, _ = _appealed()
    submit(Episode.objects.get(pk=appeal.review.episode_id))
    with pytest.raises(Conflict):
        services.appeal_decide(appeal=appeal, outcome=Appeal.Status.GRANTED, by=moderator, note="x", now=NOW)
    appeal.refresh_from_db()
    assert appeal.status == Appeal.Status.OPEN
    assert Review.objects.get(pk=appeal.review_id).status == Review.Status.REJECTED


def test_a_closed_account_is_out_everywhere_and_stays_out_when_reopened(desk: Client) -> None:
    person = make_user(password="a-very-own-password")
    pair = tokens_issue(user=person)
    browser, app = Client(), APIClient(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    browser.force_login(person)
    assert app.get("/api/v1/me").status_code == 200
    post(desk, "close", person, note="Spam, warned twice.")
    person.refresh_from_db()
    assert not person.is_active
    assert app.get("/api/v1/me").status_code == 401
    assert "_auth_user_id" in browser.session
    assert browser.get("/api/v1/me").status_code in (401, 403)
    post(desk, "reopen", person, note="Appealed by mail.")
    person.refresh_from_db()
    assert person.is_active
    assert app.get("/api/v1/me").status_code == 401
    with pytest.raises(TokenRefused):
        tokens_refresh(refresh=pair.refresh)
    assert browser.get("/api/v1/me").status_code in (401, 403)
    again = tokens_issue(user=person)
    assert APIClient(HTTP_AUTHORIZATION=f"Bearer {again.access}").get("/api/v1/me").status_code == 200
    assert trail() == [Action.ACCOUNT_CLOSED, Action.ACCOUNT_REOPENED]
    assert set(AuditEntry.objects.exclude(person=None).values_list("person", flat=True)) == {person.subject}


def test_a_moderator_reaches_neither_themselves_nor_staff(desk: Client, moderator: User) -> None:
    root, colleague = make_user(is_staff=True, is_superuser=True), _moderator()
    for target in (moderator, colleague, root):
        assert post(desk, "close", target, note="x").status_code == 403
        target.refresh_from_db()
        assert target.is_active
    assert post(desk, "appoint", make_user(), note="x").status_code == 403
    assert post(desk, "dismiss", colleague, note="x").status_code == 403
    assert User.objects.filter(is_staff=True).count() == 3
    assert trail() == []


def test_a_superuser_appoints_and_dismisses_moderators() -> None:
    root, person = make_user(is_staff=True, is_superuser=True), make_user()
    desk, theirs = Client(), Client()
    desk.force_login(root)
    theirs.force_login(person)
    post(desk, "appoint", person, note="Trained on Monday.")
    assert theirs.get(reverse("admin:index")).status_code == 200
    assert post(desk, "appoint", person, note="Again.").status_code == 409
    assert post(desk, "appoint", make_guest(), note="A guest.").status_code == 409
    post(desk, "dismiss", person, note="Left.")
    assert theirs.get(reverse("admin:index")).status_code == 403
    assert trail() == [Action.MODERATOR_APPOINTED, Action.MODERATOR_DISMISSED]


def test_decisions_take_a_post_with_a_csrf_token(moderator: User) -> None:
    review = opened()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(moderator)
    assert strict.post(reverse("console-approve", args=[review.uid])).status_code == 403
    assert strict.get(reverse("console-approve", args=[review.uid])).status_code == 405
    review.refresh_from_db()
    assert review.status == Review.Status.PENDING
