"""A media store for each test: a folder, or a bucket in moto."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STATIC = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
BUCKET = {
    "bucket_name": "reels", "region_name": "us-east-1", "access_key": "test", "secret_key": "test",
    "signature_version": "s3v4", "file_overwrite": False, "default_acl": None, "querystring_auth": True,
}


@pytest.fixture
def disk(settings: Any, tmp_path: Path) -> Path:
    """The default storage is this folder."""
    root = tmp_path / "media"
    local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(root)}}
    settings.STORAGES = {"default": local, **STATIC}
    return root


@pytest.fixture
def bucket(settings: Any) -> Iterator[Any]:
    """The default storage is this (moto) bucket; yields its client."""
    import boto3
    from moto import mock_aws

    with mock_aws():
        client = boto3.client(
            "s3", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        client.create_bucket(Bucket="reels")
        settings.STORAGES = {"default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": BUCKET}, **STATIC}
        yield client


@pytest.fixture(params=["disk", "bucket"])
def store(request: pytest.FixtureRequest) -> Any:
    """Both, one after the other."""
    return request.getfixturevalue(request.param)
