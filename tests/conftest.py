"""Fixtures that every test may use. Builders of rows are in tests/builders.py."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from pytest_django.plugin import blocking_manager_key
from rest_framework.test import APIClient

from common import outage
from payments.models import CoinPack

SEEDS: pytest.StashKey[list[Any]] = pytest.StashKey()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any, request: pytest.FixtureRequest) -> None:
    """Remembers what migrations put into the tables, for `pytest_runtest_teardown`."""
    with django_db_blocker.unblock():
        request.config.stash[SEEDS] = [*Group.objects.all(), *CoinPack.objects.all()]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A transactional test empties every table when it ends: put back what migrations had put there."""
    yield
    if nextitem is not None and _empties_tables(item):
        with item.config.stash[blocking_manager_key].unblock():
            for seed in item.config.stash[SEEDS]:
                seed.save_base(raw=True)
            connection.close()


def _empties_tables(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = marker is not None and (marker.kwargs.get("transaction") or any(marker.args[:1]))
    return bool(asked) or not {"transactional_db", "live_server"}.isdisjoint(getattr(item, "fixturenames", ()))


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
