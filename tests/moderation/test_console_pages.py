"""What the console's pages show, and that they ask the same number of questions however much there is."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from moderation import services
from moderation.console import evidence as shown
from moderation.console.queue import place_of
from moderation.models import Finding, Reason
from tests.builders import make_guest, make_published, make_user
from tests.moderation.conftest import CLEAN, opened

WORDS = "INT. CELLAR - NIGHT\n\nMARA\nSay how to make a bomb again.\n"
SHOTS = [
    {"framing": "wide", "duration_ms": 2000, "first_line": 1, "last_line": 2, "lines": [], "cast": ["MARA"]},
    {"framing": "close", "duration_ms": 3000, "first_line": 3, "last_line": 4, "lines": [
        {"speaker": "MARA", "text": "Say how to make a bomb again."}]},
]
BAD = CLEAN | {"screenplay": {"text": WORDS}, "shots": SHOTS}


@pytest.fixture
def desk() -> Client:
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="moderators"))
    client = Client()
    client.force_login(user)
    return client


def questions(desk: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert desk.get(address).status_code == 200
    return len(asked)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["admin:index", "admin:moderation_review_changelist", "console-reports", "admin:accounts_user_changelist",
             "admin:catalog_episode_changelist", "admin:moderation_auditentry_changelist",
             "admin:moderation_report_changelist"]
)
def test_a_page_asks_the_same_however_long_its_list(desk: Client, name: str) -> None:
    _grow(1)
    desk.get(reverse(name))
    few = questions(desk, reverse(name))
    _grow(6)
    assert questions(desk, reverse(name)) <= few
    assert few <= 16


@pytest.mark.django_db
def test_a_review_asks_the_same_however_much_it_found(desk: Client) -> None:
    small, big = opened(), opened()
    address = reverse("console-review", args=[small.uid])
    desk.get(address)
    few = questions(desk, address)
    many = [Finding(review=big, code="hate", severity="warning", place="shots.0") for _ in range(40)]
    Finding.objects.bulk_create(many)
    _grow(3)
    assert questions(desk, reverse("console-review", args=[big.uid])) <= few
    assert few <= 22


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "empty", "unmatched"),
    [("en", "Nothing here yet", "Nothing matches"), ("zh-hans", "这里还没有内容", "没有符合的内容")],
)
def test_an_empty_list_says_why_in_the_readers_language(
    desk: Client, language: str, empty: str, unmatched: str
) -> None:
    desk.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    address = reverse("admin:payments_purchase_changelist")
    assert empty in desk.get(address).content.decode()
    searched = desk.get(address, {"q": "zzzz"}).content.decode()
    assert unmatched in searched
    assert empty not in searched


def _grow(number: int) -> None:
    for _ in range(number):
        opened()
        services.review_approve(review=opened(), by=make_user(is_staff=True), now=timezone.now())
        services.report_create(
            episode=make_published(), by=make_guest(), reason_code=Reason.SPAM, note="", now=timezone.now()
        )


@pytest.mark.django_db
def test_a_finding_leads_to_its_words_and_its_moment(desk: Client) -> None:
    review = opened(evidence=BAD)
    body = desk.get(reverse("console-review", args=[review.uid])).content.decode()
    marked = review.findings.get(place="screenplay.text")
    spoken = review.findings.get(place="shots.1.lines.0.text")
    assert f'id="mark-{marked.pk}"' in body
    assert f'href="#mark-{marked.pk}" data-at="2000"' in body
    assert 'href="#shot-2" data-at="2000"' in body
    assert spoken.severity == Finding.Severity.BLOCK
    assert "data-blocked" in body
    assert "/m/" in body
    assert review.master.prefix not in body


@pytest.mark.django_db
def test_what_a_creator_wrote_is_text_and_never_markup(desk: Client) -> None:
    nasty = "<script>alert(1)</script> {{ 7*7 }} <b x-data=\"alert(1)\">"
    evidence = CLEAN | {
        "title": nasty, "screenplay": {"text": nasty}, "look": {"style": nasty}, "models": [{"name": nasty}],
        "shots": [{"action": nasty, "prompt": nasty, "lines": [{"speaker": nasty, "text": nasty}]}],
        "cast": [{"name": nasty, "look": nasty, "consents": [{"kind": nasty}]}],
    }
    review = opened(evidence=evidence)
    body = desk.get(reverse("console-review", args=[review.uid])).content.decode()
    assert "<script>alert" not in body
    assert '<b x-data="alert' not in body
    assert "&lt;script&gt;alert(1)" in body


@pytest.mark.django_db
@pytest.mark.parametrize(
    "odd", [{"shots": "none"}, {"shots": [None, 7, {"lines": [1], "cast": {}}]}, {"screenplay": "text"}, {"look": []},
            {"models": {"a": 1}, "cast": [3]}, {"artifacts": [1, 2]}, {"shots": [{"duration_ms": -5, "lines": None}]}]
)
def test_odd_evidence_breaks_no_page(desk: Client, odd: dict[str, Any]) -> None:
    review = opened(evidence=CLEAN | odd)
    assert desk.get(reverse("console-review", args=[review.uid])).status_code == 200


@pytest.mark.django_db
def test_neighbours_go_round_the_queue() -> None:
    first, second, third = opened(), opened(), opened()
    places = [place_of(one) for one in (first, second, third)]
    assert [place.number for place in places] == [1, 2, 3]
    assert [place.following for place in places] == [second.uid, third.uid, first.uid]
    assert [place.previous for place in places] == [third.uid, first.uid, second.uid]
    assert places[0].waiting == "3"


@pytest.mark.django_db
def test_the_only_review_has_no_neighbours(desk: Client) -> None:
    only = opened()
    place = place_of(only)
    assert (place.number, place.previous, place.following) == (1, None, None)
    assert desk.get(reverse("console-next"))["Location"] == reverse("console-review", args=[only.uid])


@pytest.mark.django_db
def test_the_queue_shows_what_waits_and_the_tabs_the_rest(desk: Client) -> None:
    done, open_ = opened(), opened()
    services.review_approve(review=done, by=make_user(is_staff=True), now=timezone.now())
    queue = desk.get(reverse("admin:moderation_review_changelist")).content.decode()
    assert (str(open_.uid) in queue, str(done.uid) in queue) == (True, False)
    passed = desk.get(reverse("admin:moderation_review_changelist"), {"status": "approved"}).content.decode()
    assert (str(open_.uid) in passed, str(done.uid) in passed) == (False, True)
    everything = desk.get(reverse("admin:moderation_review_changelist"), {"status": "all"}).content.decode()
    assert str(open_.uid) in everything
    assert str(done.uid) in everything


@pytest.mark.django_db
def test_the_first_page_counts_today(desk: Client) -> None:
    opened()
    for n in range(3):
        review = opened()
        judge = User.objects.get(groups__name="moderators")
        act = {"review": review, "by": judge, "now": timezone.now()}
        if n:
            services.review_approve(**act)
        else:
            services.review_reject(**act, reason_code=Reason.SPAM, note="")
    answer = desk.get(reverse("admin:index"))
    shown_numbers = {name: answer.context[name] for name in ("open_reviews", "decisions_today", "published_today")}
    assert shown_numbers == {"open_reviews": "1", "decisions_today": 3, "published_today": "2"}
    assert (answer.context["approved_today"], answer.context["rejected_today"]) == (2, 1)


def test_a_mark_is_cut_out_of_its_line_and_goes_on_over_the_next() -> None:
    finding = Finding(pk=7, code="x", severity="warning", start=3, end=9)
    lines = shown.script_lines("one two\nthree", [finding])
    assert [[part.text for part in line.parts] for line in lines] == [["one", " two"], ["t", "hree"]]
    assert [part.anchor for line in lines for part in line.parts] == ["", "mark-7", "", ""]
    assert shown.script_lines("short", [Finding(pk=1, start=2, end=99)])[0].parts == (shown.Part("short"),)


def test_the_text_of_a_screenplay_is_whole_again() -> None:
    findings = [Finding(pk=n, start=start, end=start + 5, severity="info") for n, start in enumerate((0, 4, 11, 20))]
    lines = shown.script_lines(WORDS, findings)
    assert "\n".join("".join(part.text for part in line.parts) for line in lines) == WORDS
    assert [line.kind for line in lines] == ["scene", "blank", "cue", "text", "blank"]


def test_chinese_headings_are_scenes() -> None:
    assert [line.kind for line in shown.script_lines("内景 厨房 - 夜\n林岚\n别打开。", [])] == ["scene", "text", "text"]
