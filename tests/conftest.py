"""Fixtures that every test may use. Builders of rows are in tests/builders.py."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from common import outage


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
