"""People with a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def browser() -> Callable[..., Client]:
    """`browser(user)` is a browser signed in as that user, `browser()` a stranger's; `language` is what it asks for."""

    def build(user: Any = None, language: str = "en") -> Client:
        client = Client(headers={"Accept-Language": language})
        if user is not None:
            client.force_login(user)
        return client

    return build
