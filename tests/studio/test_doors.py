"""Signing in, registering and signing out by our own pages."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from tests.builders import make_guest, make_moderator, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-9"


def test_a_right_password_opens_the_page_that_was_wanted(browser: Any) -> None:
    make_user(email="ann@example.org", password=PASSWORD)
    client = browser()
    given = {"email": "Ann@Example.org", "password": PASSWORD, "next": "/studio/?x=1"}
    answer = client.post("/signin/", given)
    assert (answer.status_code, answer["Location"]) == (302, "/studio/?x=1")
    assert client.get("/studio/").status_code == 200
    assert client.get("/signin/?next=/studio/")["Location"] == "/studio/"


@pytest.mark.parametrize("given", [
    {"email": "ann@example.org", "password": "wrong-horse-9"}, {"email": "nobody@example.org", "password": PASSWORD},
])
def test_wrong_words_open_nothing_and_are_not_told_apart(browser: Any, given: dict[str, str]) -> None:
    make_user(email="ann@example.org", password=PASSWORD)
    client = browser()
    answer = client.post("/signin/", given)
    assert answer.status_code == 401
    assert b"do not belong together" in answer.content
    assert given["password"].encode() not in answer.content
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("elsewhere", [
    "https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example", "https:evil.example",
])
def test_nobody_is_sent_elsewhere(browser: Any, elsewhere: str) -> None:
    make_user(email="ann@example.org", password=PASSWORD)
    answer = browser().post("/signin/", {"email": "ann@example.org", "password": PASSWORD, "next": elsewhere})
    assert answer["Location"] == "/studio/"


def test_staff_go_to_the_console(browser: Any) -> None:
    make_moderator(email="mod@example.org", password=PASSWORD)
    answer = browser().post("/signin/", {"email": "mod@example.org", "password": PASSWORD})
    assert answer["Location"] == "/console/"


def test_a_new_account_is_signed_in_at_once_in_the_language_of_its_browser(browser: Any) -> None:
    client = browser(None, "zh-hans")
    answer = client.post("/register/", {"email": "Lin@Example.org", "password": PASSWORD, "display_name": "林"})
    assert (answer.status_code, answer["Location"]) == (302, "/studio/")
    person = User.objects.get(email="lin@example.org")
    assert (person.display_name, person.language, person.kind) == ("林", "zh", "registered")
    assert client.get("/studio/").status_code == 200


def test_a_guest_who_registers_stays_the_same_person(browser: Any) -> None:
    guest = make_guest()
    client = browser(guest)
    client.post("/register/", {"email": "g@example.org", "password": PASSWORD})
    guest.refresh_from_db()
    assert (guest.kind, guest.email, User.objects.count()) == ("registered", "g@example.org", 1)
    assert client.get("/studio/").status_code == 200


@pytest.mark.parametrize(("given", "status", "said"), [
    ({"email": "ann@example.org", "password": PASSWORD}, 409, b"already"),
    ({"email": "new@example.org", "password": "12345678"}, 400, b"common"),
    ({"email": "no address", "password": PASSWORD}, 400, b"aria-invalid"),
    ({"email": "new@example.org", "password": PASSWORD, "display_name": "a\u202eb"}, 400, b"plain text"),
    ({}, 400, b"aria-invalid"),
])
def test_what_cannot_be_registered_makes_nobody(
    browser: Any, given: dict[str, str], status: int, said: bytes
) -> None:
    make_user(email="ann@example.org", password=PASSWORD)
    client = browser()
    answer = client.post("/register/", given)
    assert answer.status_code == status
    assert said in answer.content
    assert User.objects.count() == 1
    assert "_auth_user_id" not in client.session


def test_guessing_is_limited(browser: Any, settings: Any) -> None:
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] | {"login": "10/day"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    client = browser()
    answers = [client.post("/signin/", {"email": "ann@example.org", "password": "no"}).status_code for _ in range(12)]
    assert answers[:10] == [401] * 10
    assert answers[10:] == [429] * 2


def test_signing_out_takes_a_post(browser: Any) -> None:
    client = browser(make_user())
    assert client.get("/signout/").status_code == 405
    assert client.get("/studio/").status_code == 200
    assert client.post("/signout/")["Location"] == "/signin/"
    assert client.get("/studio/").status_code == 302


def test_the_doors_want_their_token(browser: Any) -> None:
    from django.test import Client

    make_user(email="ann@example.org", password=PASSWORD)
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/signin/", {"email": "ann@example.org", "password": PASSWORD}).status_code == 403
    assert strict.post("/signout/").status_code == 403
