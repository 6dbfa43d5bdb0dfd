"""Fixtures that every test may use. Builders of rows are in tests/builders.py."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from pytest_django.plugin import blocking_manager_key
from rest_framework.test import APIClient

from common import outage


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """A transactional test empties every table when it ends: put back what migrations had put there."""
    yield
    marker = item.get_closest_marker("django_db")
    if marker and (marker.kwargs.get("transaction") or (marker.args and marker.args[0])):
        with item.config.stash[blocking_manager_key].unblock():
            connection.creation.deserialize_db_from_string(connection._test_serialized_contents)
            connection.close()


@pytest.fixture(autouse=True)
def clean_cache(settings: Any) -> None:
    """Throttles and tickets live in the cache: every test starts with its own, in every thread that it starts."""
    outage.forget()
    mine = settings.CACHES["default"] | {"KEY_PREFIX": f"test-{uuid.uuid4().hex[:8]}"}
    settings.CACHES = settings.CACHES | {"default": mine}


@pytest.fixture
def api() -> Callable[..., APIClient]:
    """`api(user)` is a client signed in as that user, `api()` an anonymous one."""

    def build(user: Any = None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_authenticate(user)
        return client

    return build
