"""Every request has an id that its answer and its logs share."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import structlog
from django.http import HttpResponse
from django.test import Client, RequestFactory

from common.middleware import RequestContext


def test_a_request_without_an_id_gets_a_time_ordered_one() -> None:
    first, second = (Client().get("/healthz")["X-Request-ID"] for _ in range(2))
    assert uuid.UUID(first).version == 7
    assert first != second


@pytest.mark.parametrize("given", ["abcdefgh", "a" * 64, "0b8e-1234-XYZ"])
def test_a_sane_id_is_kept(given: str) -> None:
    assert Client().get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given", ["short", "a" * 65, "a b c d e f", "a\nb-12345678", "ünï-12345678", '"><script>xx', ""]
)
def test_an_id_that_could_break_a_log_is_replaced(given: str) -> None:
    answered = Client().get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"]
    assert answered != given
    assert uuid.UUID(answered).version == 7


@pytest.fixture(autouse=True)
def fresh_logger(monkeypatch: pytest.MonkeyPatch) -> None:
    """A logger that was used before somebody configured logs anew would not be captured."""
    monkeypatch.setattr("common.middleware.log", structlog.get_logger("request"))


def run(path: str, view: Any = lambda request: HttpResponse()) -> list[dict[str, Any]]:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        RequestContext(view)(RequestFactory().get(path, headers={"X-Request-ID": "abc-12345"}))
    return [dict(line) for line in lines]


def test_one_line_a_request_without_query_or_grant() -> None:
    (line,) = run("/m/secret-grant-token/720p.mp4?ticket=secret")
    assert line | {"ms": 0} == {
        "event": "request", "log_level": "info", "method": "GET", "path": "/m/-/720p.mp4", "status": 200, "ms": 0,
        "request_id": "abc-12345",
    }
    assert "secret" not in str(line)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/static/a.js"])
def test_probes_are_not_logged(path: str) -> None:
    assert run(path) == []


def test_logs_inside_the_request_carry_its_id_and_those_after_it_do_not() -> None:
    inside: list[Any] = []

    def view(request: Any) -> HttpResponse:
        inside.append(structlog.contextvars.get_contextvars())
        return HttpResponse()

    run("/x", view)
    assert inside == [{"request_id": "abc-12345"}]
    assert structlog.contextvars.get_contextvars() == {}


def test_the_id_does_not_outlive_a_view_that_fails() -> None:
    def view(request: Any) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run("/x", view)
    assert structlog.contextvars.get_contextvars() == {}
