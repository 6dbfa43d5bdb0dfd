"""A messenger that hangs is waited for once, whatever a request wants of it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from common import outage
from common.doorbell import ring
from common.throttling import LimitsUnavailable, spend
from generation.progress import push

TASK = "accounts.forget_expired_tokens"


@pytest.fixture
def silent(settings: Any) -> Iterator[None]:
    """The cache is a server that takes connections and never says a word."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(8)
        place = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": place}}
        yield
    outage.forget()


def test_a_request_waits_for_a_silent_server_once(silent: None) -> None:
    started = time.monotonic()
    spend(scope="write", ident="somebody")
    waited = time.monotonic() - started
    assert 1.5 < waited < 12
    assert ring(TASK) is False
    spend(scope="write", ident="somebody")
    with pytest.raises(LimitsUnavailable):
        spend(scope="login", ident="somebody", closed=True)
    push([])
    assert time.monotonic() - started - waited < 1.8


def test_after_a_moment_it_is_asked_again(silent: None) -> None:
    outage.note(TimeoutError())
    assert outage.lasts()
    time.sleep(outage.SECONDS + 0.05)
    assert not outage.lasts()


def test_a_server_that_refuses_at_once_costs_no_wait_and_stops_nobody() -> None:
    outage.note(ConnectionRefusedError())
    assert not outage.lasts()
