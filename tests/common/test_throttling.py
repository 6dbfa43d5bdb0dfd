"""Limits count atomically, by person or by network."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from common.throttling import LimitsUnavailable, network_of, parse_rate, spend


@pytest.fixture
def two_a_minute(settings: Any) -> None:
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": {"write": "2/min"}}


@pytest.mark.parametrize(
    ("text", "rate"), [("30/hour", (30, 3600)), ("10/min", (10, 60)), ("5/s", (5, 1)), ("1/day", (1, 86_400))]
)
def test_a_rate_is_read(text: str, rate: tuple[int, int]) -> None:
    assert parse_rate(text) == rate


def test_past_the_limit_one_is_told_how_long_to_wait(two_a_minute: None) -> None:
    for _ in range(2):
        spend(scope="write", ident="a")
    with pytest.raises(Throttled) as refused:
        spend(scope="write", ident="a")
    assert refused.value.wait is not None
    assert 1 <= refused.value.wait <= 60
    spend(scope="write", ident="b")


def test_of_many_at_once_no_more_than_the_limit_pass(two_a_minute: None) -> None:
    start, passed = threading.Barrier(8), []

    def go() -> None:
        start.wait()
        try:
            spend(scope="write", ident="a")
            passed.append(1)
        except Throttled:
            pass

    threads = [threading.Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 2


def test_without_a_cache_a_closed_limit_refuses_and_an_open_one_lets_pass(settings: Any) -> None:
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1"}}
    spend(scope="write", ident="a")
    with pytest.raises(LimitsUnavailable):
        spend(scope="login", ident="a", closed=True)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"), ("", ""), ("unix", "unix"),
    ],
)
def test_where_a_request_comes_from(address: str, network: str) -> None:
    assert network_of(Request(RequestFactory().get("/", REMOTE_ADDR=address))) == network
