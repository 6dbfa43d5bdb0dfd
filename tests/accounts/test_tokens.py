"""Access and refresh tokens: what is good, what is spent, what is forged."""

from __future__ import annotations

import base64
import json
import threading
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings as project
from django.db import connection
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.models import User
from accounts.services.tokens import tokens_forget_expired, tokens_issue
from accounts.tasks import forget_expired_tokens
from tests.builders import make_guest, make_user

REFRESH, LOGOUT, ME = "/api/v1/auth/token/refresh", "/api/v1/auth/logout", "/api/v1/me"
pytestmark = pytest.mark.django_db


def get_me(api: Any, token: str) -> Any:
    client = api()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client.get(ME)


def forged(token: str, **changes: Any) -> str:
    """The same claims, changed, signed with our own key: only the claims themselves can refuse it."""
    claims = jwt.decode(token, options={"verify_signature": False}) | changes
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, project.SECRET_KEY, algorithm="HS256")


def unsigned(token: str) -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = jwt.decode(token, options={"verify_signature": False})
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


def test_a_refresh_token_works_once_and_gives_the_next_pair(api: Any) -> None:
    person = make_user()
    first = tokens_issue(user=person)
    second = api().post(REFRESH, {"refresh": first.refresh})
    assert second.status_code == 200
    assert second.json()["user"]["uid"] == str(person.uid)
    assert get_me(api, second.json()["access"]).status_code == 200
    reused = api().post(REFRESH, {"refresh": first.refresh})
    assert (reused.status_code, reused.json()["error"]["code"]) == (401, "token_refused")
    assert api().post(REFRESH, {"refresh": second.json()["refresh"]}).status_code == 200


def test_an_expired_access_token_in_the_header_does_not_stop_a_refresh(api: Any) -> None:
    pair = tokens_issue(user=make_user())
    client = api()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {forged(pair.access, exp=1)}")
    assert client.get(ME).status_code == 401
    assert client.post(REFRESH, {"refresh": pair.refresh}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_many_refreshes_at_once_one_wins(api: Any) -> None:
    pair, start, seen = tokens_issue(user=make_user()), threading.Barrier(4), []

    def trade_in() -> None:
        start.wait()
        try:
            seen.append(api().post(REFRESH, {"refresh": pair.refresh}).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=trade_in) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [200, 401, 401, 401]


def test_logout_ends_the_refresh_token_and_may_be_repeated(api: Any) -> None:
    pair = tokens_issue(user=make_user())
    assert [api().post(LOGOUT, {"refresh": pair.refresh}).status_code for _ in range(2)] == [204, 204]
    assert api().post(REFRESH, {"refresh": pair.refresh}).status_code == 401
    assert BlacklistedToken.objects.count() == 1


def test_logout_with_rubbish_stores_nothing(api: Any) -> None:
    assert api().post(LOGOUT, {"refresh": "rubbish"}).status_code == 204
    assert api().post(LOGOUT, {}).status_code == 400
    assert OutstandingToken.objects.count() == 0


def test_the_token_itself_is_kept_nowhere(api: Any) -> None:
    pair = tokens_issue(user=make_user())
    api().post(REFRESH, {"refresh": pair.refresh})
    assert OutstandingToken.objects.get().token == ""


@pytest.mark.parametrize("gone", ["deleted", "inactive"])
def test_somebody_who_is_gone_gets_401_everywhere(api: Any, gone: str) -> None:
    person = make_guest()
    pair = tokens_issue(user=person)
    if gone == "deleted":
        User.objects.all().delete()
    else:
        User.objects.update(is_active=False)
    refused = api().post(REFRESH, {"refresh": pair.refresh})
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "token_refused")
    assert get_me(api, pair.access).status_code == 401
    assert api().post(LOGOUT, {"refresh": pair.refresh}).status_code == 204


def test_each_kind_of_token_is_good_for_its_own_use_only(api: Any) -> None:
    pair = tokens_issue(user=make_user())
    assert get_me(api, pair.refresh).status_code == 401
    assert api().post(REFRESH, {"refresh": pair.access}).status_code == 401
    assert get_me(api, pair.access).status_code == 200


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        lambda token: token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB"),
        lambda token: jwt.encode(jwt.decode(token, options={"verify_signature": False}), "x" * 40, algorithm="HS256"),
        lambda token: jwt.encode(
            jwt.decode(token, options={"verify_signature": False}), project.SECRET_KEY * 2, algorithm="HS512"
        ),
        lambda token: forged(token, exp=1),
        lambda token: forged(token, exp=None),
        lambda token: forged(token, jti=None),
        lambda token: forged(token, sub=None),
        lambda token: forged(token, hash_password=None),
        lambda token: "a.b.c",
        lambda token: "\x00",
        lambda token: "",
    ],
    ids=["none", "tampered", "other key", "other algorithm", "expired", "no expiry", "no id", "nobody", "no password",
         "rubbish", "nul", "empty"],
)  # fmt: skip
def test_forged_tokens_are_refused(api: Any, forge: Any) -> None:
    pair = tokens_issue(user=make_user())
    assert get_me(api, forge(pair.access)).status_code == 401
    assert api().post(REFRESH, {"refresh": forge(pair.refresh)}).status_code in (400, 401)
    assert OutstandingToken.objects.count() == 0


def test_a_refused_token_is_explained_in_the_one_shape(api: Any) -> None:
    answer = get_me(api, "a.b.c")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (401, "token_not_valid")
    assert error["message"] == "Given token not valid for any token type"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_access_ends_after_fifteen_minutes_and_refresh_after_thirty_days() -> None:
    pair = tokens_issue(user=make_user())
    access, refresh = (jwt.decode(t, options={"verify_signature": False}) for t in (pair.access, pair.refresh))
    assert access["exp"] - access["iat"] == 15 * 60 == pair.expires_in
    assert refresh["exp"] - refresh["iat"] == 30 * 86_400
    assert "email" not in access
    assert access["sub"] == str(User.objects.get().uid)


def test_what_expired_by_itself_is_forgotten_in_batches(api: Any) -> None:
    person = make_user()
    for _ in range(3):
        api().post(LOGOUT, {"refresh": tokens_issue(user=person).refresh})
    kept = OutstandingToken.objects.latest("id")
    OutstandingToken.objects.exclude(pk=kept.pk).update(expires_at=timezone.now() - timedelta(days=1))
    assert [tokens_forget_expired(now=timezone.now(), batch=1) for _ in range(3)] == [1, 1, 0]
    forget_expired_tokens()
    assert [row.pk for row in OutstandingToken.objects.all()] == [kept.pk]
    assert BlacklistedToken.objects.count() == 1
