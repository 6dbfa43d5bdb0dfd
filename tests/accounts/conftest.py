from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def quick_hashes(settings: Any) -> None:
    """Real hashing costs a third of a second a password; one test asks for it by name."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def rate(settings: Any) -> Any:
    """`rate(login="2/min")` sets limits for one test."""

    def change(**rates: str) -> None:
        everything = settings.REST_FRAMEWORK
        settings.REST_FRAMEWORK = everything | {
            "DEFAULT_THROTTLE_RATES": everything["DEFAULT_THROTTLE_RATES"] | rates
        }

    return change
