"""A media store for each test: a folder, or a bucket of the S3 twin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from tests.twins.s3 import S3Twin

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STATIC = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture
def disk(settings: Any, tmp_path: Path) -> Path:
    """The default storage is this folder."""
    root = tmp_path / "media"
    local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(root)}}
    settings.STORAGES = {"default": local, **STATIC}
    return root


@pytest.fixture(scope="session")
def twin_of_all() -> Iterator[S3Twin]:
    """One server for the run: making a client of it takes a second, and `twin` empties it."""
    with S3Twin("reels") as twin:
        yield twin


@pytest.fixture(scope="session")
def twin_storage(twin_of_all: S3Twin) -> Any:
    from storages.backends.s3 import S3Storage

    return S3Storage(**twin_of_all.options())


@pytest.fixture
def twin(settings: Any, twin_of_all: S3Twin, twin_storage: Any) -> S3Twin:
    """The default storage is the empty bucket `reels` of this server, made as from settings."""
    twin_of_all.reset("reels")
    use(settings, twin_of_all)
    default_storage._wrapped = twin_storage  # what Django would make of these settings, made once
    return twin_of_all


@pytest.fixture
def bucket(twin: S3Twin) -> Any:
    """The same; gives a client of it."""
    from media.storage import shelf

    return shelf().client  # type: ignore[union-attr]


@pytest.fixture(params=["disk", "bucket"])
def store(request: pytest.FixtureRequest) -> Any:
    """Both, one after the other."""
    return request.getfixturevalue(request.param)


def use(settings: Any, twin: S3Twin, **options: Any) -> None:
    """Make the twin the default storage, as django-storages makes it from settings."""
    bucket = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": twin.options(**options)}
    settings.STORAGES = {"default": bucket, **STATIC}
