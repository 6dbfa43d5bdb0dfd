"""The one shape of an error, whoever raised it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import InvalidToken

from common.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, PaymentRequired
from tests.builders import make_user

SHAPE = {"code", "message", "remedy", "details", "request_id"}


def answer_to(error: Exception) -> Response:
    """What a view that raises `error` answers."""

    class Raising(APIView):
        authentication_classes: list[Any] = []
        permission_classes = [AllowAny]

        def get(self, request: Any) -> Response:
            raise error

    request = APIRequestFactory().get("/", HTTP_X_REQUEST_ID="req-12345678")
    answer = Raising.as_view()(request)
    assert isinstance(answer, Response)
    answer.render()
    return answer


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Invalid("No."), 400, "invalid"),
        (Invalid("No.", code="special"), 400, "special"),
        (DomainError("No.", status=418, code="teapot"), 418, "teapot"),
        (NotFound(), 404, "not_found"),
        (Forbidden(), 403, "forbidden"),
        (Conflict(), 409, "conflict"),
        (PaymentRequired(), 402, "payment_required"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "forbidden"),
        (exceptions.PermissionDenied(code="special"), 403, "special"),
        (exceptions.ValidationError({"a": ["b"]}), 400, "invalid"),
        (exceptions.ValidationError("b"), 400, "invalid"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
        (exceptions.UnsupportedMediaType("a/b"), 415, "unsupported_media_type"),
        (exceptions.Throttled(wait=7), 429, "throttled"),
        (InvalidToken(), 403, "token_not_valid"),  # 403: this view has no way to sign in, and says so
    ],
)
def test_every_refusal_has_the_one_shape(error: Exception, status: int, code: str) -> None:
    answer = answer_to(error)
    assert answer.status_code == status
    assert set(answer.data) == {"error"}
    assert set(answer.data["error"]) == SHAPE
    assert answer.data["error"]["code"] == code
    assert answer.data["error"]["request_id"] == "req-12345678"
    assert answer.data["error"]["message"]
    assert answer.data["error"]["remedy"]
    assert "{" not in answer.data["error"]["message"]


def test_what_a_program_needs_is_in_details() -> None:
    answer = answer_to(PaymentRequired(shortfall=60, remedy="Buy coins."))
    assert answer.data["error"]["details"] == {"shortfall": 60}
    assert answer.data["error"]["remedy"] == "Buy coins."
    fields = answer_to(exceptions.ValidationError({"title": ["Too long."]}))
    assert fields.data["error"]["details"] == {"fields": {"title": ["Too long."]}}


def test_throttled_says_when_to_come_back() -> None:
    assert answer_to(exceptions.Throttled(wait=7))["Retry-After"] == "7"


def test_a_fault_of_ours_is_not_dressed_up_as_a_refusal() -> None:
    with pytest.raises(ZeroDivisionError):
        answer_to(ZeroDivisionError())


@pytest.mark.django_db
def test_a_refusal_through_the_whole_stack_carries_the_id_of_its_request(api: Any) -> None:
    answer = api().get("/api/v1/me", headers={"X-Request-ID": "abc-12345"})
    assert answer.status_code == 401
    assert answer.json()["error"]["request_id"] == answer["X-Request-ID"] == "abc-12345"
    assert answer["Content-Type"] == "application/json"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "kwargs", "status"),
    [
        ("put", {"data": {}}, 405),
        ("post", {"data": "a=1", "content_type": "application/x-www-form-urlencoded"}, 415),
        ("post", {"data": "{", "content_type": "application/json"}, 400),
        ("post", {"data": b"\xff\xfe{", "content_type": "application/json"}, 400),
        ("post", {"data": "[" * 50_000, "content_type": "application/json"}, 400),
        ("post", {"data": {}, "headers": {"Accept": "text/html"}}, 406),
    ],
)
def test_what_never_reaches_a_view_has_the_shape_too(
    api: Any, method: str, kwargs: dict[str, Any], status: int
) -> None:
    answer = getattr(api(), method)("/api/v1/auth/token", **kwargs)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == SHAPE


@pytest.mark.django_db
def test_an_address_that_leads_nowhere_has_the_shape_under_the_api_only(api: Any) -> None:
    answer = api().get("/api/v1/nothing/here", headers={"X-Request-ID": "abc-12345"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert answer.json()["error"]["request_id"] == "abc-12345"
    page = api().get("/nothing/here")
    assert (page.status_code, page["Content-Type"].split(";")[0]) == (404, "text/html")


@pytest.mark.django_db
def test_what_django_itself_refuses_has_the_shape_under_the_api_only(api: Any) -> None:
    answer = api().get("/api/v1/packs", headers={"Host": "elsewhere.example"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")
    much = '{"device_id": "' + "a" * 3_000_000 + '"}'
    answer = api().post("/api/v1/auth/guest", data=much, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_big")
    assert set(answer.json()["error"]) == SHAPE
    page = api().get("/healthz", headers={"Host": "elsewhere.example"})
    assert (page.status_code, page["Content-Type"].split(";")[0]) == (400, "text/html")


@pytest.mark.django_db
def test_a_fault_of_ours_has_the_shape_and_tells_nothing(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = api()
    client.raise_request_exception = False
    monkeypatch.setattr("accounts.api.MyAccount.get", lambda view, request: 1 / 0)
    answer = client.get("/api/v1/me")
    assert answer.status_code == 401
    client.force_authenticate(make_user())
    answer = client.get("/api/v1/me")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "server_fault")
    assert "ZeroDivision" not in answer.content.decode()
