"""Doorbells: after commit, by name, and never at the cost of the request."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import structlog
from celery import Celery, current_app
from django.db import transaction

from common import outage
from common.doorbell import ring, ring_after_commit

TASK = "accounts.forget_expired_tokens"
QUEUE = "test-doorbell"


@pytest.fixture
def waiting() -> Iterator[Callable[[], int]]:
    """How many messages wait in the queue of this test, at the real broker."""
    with current_app.connection_for_read() as connection:
        client = connection.default_channel.client
        client.delete(QUEUE)
        yield lambda: int(client.llen(QUEUE))
        client.delete(QUEUE)


def test_a_name_that_no_app_has_registered_is_a_fault() -> None:
    with pytest.raises(KeyError):
        ring("nobody.home")


@pytest.mark.django_db(transaction=True)
def test_it_rings_after_the_commit_and_not_after_a_rollback(waiting: Callable[[], int]) -> None:
    with transaction.atomic():
        ring_after_commit(TASK, queue=QUEUE)
        assert waiting() == 0
    assert waiting() == 1
    with transaction.atomic():
        ring_after_commit(TASK, queue=QUEUE)
        transaction.set_rollback(True)
    assert waiting() == 1


@pytest.mark.parametrize("broker", ["no socket", "refused", "silent"])
def test_a_dead_broker_costs_the_caller_no_error_and_two_seconds_at_most(broker: str) -> None:
    with socket.socket() as deaf, structlog.testing.capture_logs() as lines:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(8)  # takes connections, and never says a word
        addresses = {
            "no socket": "redis+socket:///nonexistent/valkey.sock",
            "refused": "redis://127.0.0.1:1/0",
            "silent": f"redis://127.0.0.1:{deaf.getsockname()[1]}/0",
        }
        with celery_with(addresses[broker]):
            started = time.monotonic()
            ring(TASK)
            took = time.monotonic() - started
    assert [(line["event"], line["task"]) for line in lines] == [("doorbell_lost", TASK)]
    assert took < 9
    assert outage.lasts() is (broker == "silent")


@contextmanager
def celery_with(broker: str) -> Iterator[None]:
    """The project's Celery, but with another broker, as the current one."""
    ours = current_app._get_current_object()  # type: ignore[attr-defined]
    other = Celery("other", set_as_current=False)
    other.config_from_object("django.conf:settings", namespace="CELERY")
    other.conf.broker_url = broker
    other.set_current()
    try:
        yield
    finally:
        ours.set_current()
        other.close()
