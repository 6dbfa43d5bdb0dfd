"""Fixtures of rendering."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def shelf_of_its_own(settings: Any, tmp_path: Path) -> None:
    """Whatever a test stores lies in its own folder."""
    local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "shelf")}}
    settings.STORAGES = settings.STORAGES | {"default": local}
