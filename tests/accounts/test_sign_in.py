"""Registering, passwords, and what they end."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.builders import make_guest, make_moderator, make_user

REGISTER, TOKEN, ME = "/api/v1/auth/register", "/api/v1/auth/token", "/api/v1/me"
PASSWORD = "correct-horse-9"
pytestmark = pytest.mark.django_db


def bearer(api: Any, access: str) -> Any:
    client = api()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


def test_registering_signs_in(api: Any) -> None:
    answer = api().post(REGISTER, {"email": "Jonas@Example.ORG", "password": PASSWORD, "display_name": "林乔"})
    assert answer.status_code == 201
    assert answer.json()["user"] | {"uid": "", "created_at": ""} == {
        "uid": "", "kind": "registered", "email": "jonas@example.org", "display_name": "林乔", "language": "en",
        "created_at": "",
    }
    assert "password" not in answer.content.decode()
    assert bearer(api, answer.json()["access"]).get(ME).status_code == 200


def test_an_address_is_registered_once_in_any_case_of_letters(api: Any) -> None:
    assert api().post(REGISTER, {"email": "a@example.org", "password": PASSWORD}).status_code == 201
    again = api().post(REGISTER, {"email": "A@EXAMPLE.org", "password": PASSWORD})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "email_taken")
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""), ("email", "nobody"), ("email", "a@b"), ("email", "x" * 250 + "@example.org"), ("email", None),
        ("email", "\u212aim@example.org"), ("email", "a\x00@example.org"), ("email", ["a@example.org"]),
        ("password", ""), ("password", "x" * 257), ("password", None),
        ("display_name", "two\nlines"), ("display_name", "\u202egnp.exe"), ("display_name", "x" * 61),
        ("language", "xx"),
    ],
)
def test_registering_with_bad_input_makes_nobody(api: Any, field: str, value: Any) -> None:
    good = {"email": "a@example.org", "password": PASSWORD}
    answer = api().post(REGISTER, good | {field: value}, format="json")
    assert answer.status_code == 400
    assert list(answer.json()["error"]["details"]["fields"]) == [field]
    assert User.objects.count() == 0


@pytest.mark.parametrize("weak", ["short", "password123", "jonas@example.org"])
def test_a_weak_password_is_refused_with_the_reason(api: Any, weak: str) -> None:
    answer = api().post(REGISTER, {"email": "jonas@example.org", "password": weak})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "weak_password")
    assert len(answer.json()["error"]["message"]) > 20
    assert User.objects.count() == 0


@pytest.mark.parametrize("body", ["", "[]", "null", '"x"', "{", "\x00", '{"email": {"a": 1}}'])
def test_a_body_that_is_no_object_is_bad_input(api: Any, body: str) -> None:
    answer = api().generic("POST", TOKEN, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in ("invalid", "parse_error")


def test_wrong_address_wrong_password_and_closed_account_answer_alike(api: Any) -> None:
    make_user(email="here@example.org", password=PASSWORD)
    make_user(email="closed@example.org", password=PASSWORD, is_active=False)
    make_user(email="unset@example.org")
    make_guest()
    answers = [
        api().post(TOKEN, {"email": email, "password": password})
        for email, password in [
            ("here@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("closed@example.org", PASSWORD),
            ("unset@example.org", "!"),
        ]
    ]
    assert [answer.status_code for answer in answers] == [401] * 4
    errors = [answer.json()["error"] | {"request_id": ""} for answer in answers]
    assert errors == [errors[0]] * 4
    assert errors[0]["code"] == "wrong_credentials"
    assert api().post(TOKEN, {"email": "HERE@example.org", "password": PASSWORD}).status_code == 200


def test_an_unknown_address_costs_one_hash_like_a_known_one(api: Any, settings: Any, monkeypatch: Any) -> None:
    from django.contrib.auth import hashers

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    monkeypatch.setattr(hashers.PBKDF2PasswordHasher, "iterations", 1000)
    work: list[int] = []
    encode = hashers.PBKDF2PasswordHasher.encode

    def counted(self: Any, password: str, salt: str, iterations: int | None = None) -> str:
        work.append(iterations or self.iterations)
        return str(encode(self, password, salt, iterations))

    make_user(email="here@example.org", password=PASSWORD)
    make_user(email="unset@example.org")
    monkeypatch.setattr(hashers.PBKDF2PasswordHasher, "encode", counted)
    done = []
    for email in ("here@example.org", "nobody@example.org", "unset@example.org"):
        work.clear()
        assert api().post(TOKEN, {"email": email, "password": "wrong"}).status_code == 401
        done.append(sum(work))
    assert done == [hashers.PBKDF2PasswordHasher.iterations] * 3


def test_sign_ins_are_limited_by_network(api: Any, rate: Any) -> None:
    rate(login="3/min")
    seen = [
        api().post(TOKEN, {"email": f"p{n}@example.org", "password": "wrong"}).status_code for n in range(4)
    ]
    assert seen == [401, 401, 401, 429]


def test_sign_ins_are_limited_by_address_from_any_network(api: Any, rate: Any) -> None:
    rate(login="3/min")
    make_user(email="here@example.org", password=PASSWORD)
    tries = [
        api().post(TOKEN, {"email": "Here@example.org", "password": "wrong"}, REMOTE_ADDR=f"203.0.113.{n}")
        for n in range(4)
    ]
    assert [answer.status_code for answer in tries] == [401, 401, 401, 429]
    assert 1 <= int(tries[-1]["Retry-After"]) <= 60
    assert tries[-1].json()["error"]["code"] == "throttled"


def test_when_nothing_can_be_counted_sign_in_refuses_and_reading_goes_on(api: Any, settings: Any) -> None:
    person = make_user(email="here@example.org", password=PASSWORD)
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",
            "OPTIONS": {"socket_connect_timeout": 1},
        }
    }
    refused = api().post(TOKEN, {"email": "here@example.org", "password": PASSWORD})
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "limits_unavailable")
    changed = api(person).patch(ME, {"display_name": "Still here"})
    assert changed.status_code == 200


def test_a_changed_password_ends_tokens_sessions_and_the_old_password(api: Any) -> None:
    made = api().post(REGISTER, {"email": "a@example.org", "password": PASSWORD}).json()
    browser = Client()
    assert browser.login(email="a@example.org", password=PASSWORD)
    assert browser.get(ME).status_code == 200
    change = {"current_password": PASSWORD, "new_password": "another-horse-8"}
    changed = bearer(api, made["access"]).post("/api/v1/me/password", change)
    assert changed.status_code == 200
    old = bearer(api, made["access"]).get(ME)
    assert (old.status_code, old.json()["error"]["code"]) == (401, "password_changed")
    assert api().post("/api/v1/auth/token/refresh", {"refresh": made["refresh"]}).status_code == 401
    assert browser.get(ME).status_code == 401
    assert bearer(api, changed.json()["access"]).get(ME).status_code == 200
    assert api().post(TOKEN, {"email": "a@example.org", "password": PASSWORD}).status_code == 401
    assert api().post(TOKEN, {"email": "a@example.org", "password": "another-horse-8"}).status_code == 200


def test_a_password_changes_only_for_who_knows_it(api: Any) -> None:
    person = make_user(email="a@example.org", password=PASSWORD)
    before = person.password
    wrong = api(person).post("/api/v1/me/password", {"current_password": "no", "new_password": "another-horse-8"})
    weak = api(person).post("/api/v1/me/password", {"current_password": PASSWORD, "new_password": "12345678"})
    guest = api(make_guest()).post("/api/v1/me/password", {"current_password": "", "new_password": PASSWORD})
    assert [wrong.status_code, weak.status_code, guest.status_code] == [400, 400, 403]
    assert [a.json()["error"]["code"] for a in (wrong, weak, guest)] == [
        "wrong_credentials", "weak_password", "registration_required",
    ]
    person.refresh_from_db()
    assert person.password == before


def test_me_changes_what_is_given_and_nothing_else(api: Any) -> None:
    person = make_user(email="a@example.org", display_name="A")
    body = {"language": "zh", "email": "evil@example.org", "kind": "guest", "is_staff": True, "is_superuser": True}
    answer = api(person).patch(ME, body, format="json")
    assert answer.status_code == 200
    person.refresh_from_db()
    assert (person.language, person.display_name, person.email) == ("zh", "A", "a@example.org")
    assert (person.kind, person.is_staff, person.is_superuser) == ("registered", False, False)
    assert api(person).patch(ME, {"display_name": "a\u2028b"}).status_code == 400
    assert api().get(ME).status_code == 401


def test_a_session_cannot_write_without_the_csrf_token(api: Any) -> None:
    make_user(email="a@example.org", password=PASSWORD)
    browser = Client(enforce_csrf_checks=True)
    assert browser.login(email="a@example.org", password=PASSWORD)
    answer = browser.patch(ME, {"display_name": "evil"}, content_type="application/json")
    assert answer.status_code == 403
    assert User.objects.get().display_name == ""


def test_moderators_are_staff_in_the_group_that_the_migration_makes() -> None:
    from accounts.selectors import is_moderator

    Group.objects.all().delete()
    migration = import_module("accounts.migrations.0002_moderators_group")
    for _ in range(2):  # a second time makes no second group
        migration.make(apps, None)
    group = Group.objects.get()
    staff, outsider = make_user(is_staff=True), make_user()
    outsider.groups.add(group)
    assert (is_moderator(user=staff), is_moderator(user=outsider)) == (False, False)
    staff.groups.add(group)
    assert is_moderator(user=staff)
    assert is_moderator(user=make_moderator())
    assert not is_moderator(user=make_user(is_superuser=True, is_active=True))
    assert not is_moderator(user=make_moderator(is_active=False))


def test_the_database_holds_no_guest_with_an_address_and_no_address_in_capitals() -> None:
    from django.db import IntegrityError, transaction

    for fields in ({"kind": "guest", "email": "a@example.org"}, {"kind": "registered"},
                   {"kind": "registered", "email": "A@example.org"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.bulk_create([User(password="!", **fields)])
    assert User.objects.count() == 0


def test_a_password_change_that_comes_second_is_told() -> None:
    from accounts.services.people import password_change
    from common.errors import Conflict

    one = make_user(email="a@example.org", password=PASSWORD)
    two = User.objects.get(pk=one.pk)
    password_change(user=one, current=PASSWORD, new="another-horse-8", now=timezone.now())
    with pytest.raises(Conflict):
        password_change(user=two, current=PASSWORD, new="third-horse-77", now=timezone.now())
    assert User.objects.get().check_password("another-horse-8")
