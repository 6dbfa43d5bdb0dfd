"""Where bytes lie: one protocol, a local disk and an S3 bucket that behave the same."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from common.errors import NotFound
from common.ids import unguessable

CHUNK = 1 << 18


class NoSuchObject(NotFound):
    """Nothing is stored under that name."""


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What is known of a stored object without reading it. `etag` is strong and quoted."""

    size: int
    etag: str
    modified: datetime


class Shelf(Protocol):
    """Every name is clean (see `media.names`); writes replace whole objects and are never seen half done."""

    def put_file(self, source: Path, name: str, content_type: str) -> None: ...
    def put_bytes(self, name: str, data: bytes, content_type: str) -> None: ...
    def read_bytes(self, name: str) -> bytes: ...
    def fetch_file(self, name: str, to: Path) -> None: ...
    def info(self, name: str) -> ObjectInfo | None: ...
    def delete_tree(self, prefix: str) -> None: ...


class LocalShelf:
    """A folder. Files appear by rename, after their bytes are on the disk; `.tmp` cannot be named from outside."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        return self.root / name

    def put_file(self, source: Path, name: str, content_type: str) -> None:
        with source.open("rb") as data:
            self._write(name, iter(lambda: data.read(CHUNK), b""))

    def put_bytes(self, name: str, data: bytes, content_type: str) -> None:
        self._write(name, iter((data,)))

    def read_bytes(self, name: str) -> bytes:
        try:
            return self.path(name).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as gone:
            raise NoSuchObject() from gone

    def fetch_file(self, name: str, to: Path) -> None:
        """Links instead of copying where the disk allows it: callers read what they fetch and never write into it."""
        try:
            os.link(self.path(name), to)
        except FileNotFoundError as gone:
            raise NoSuchObject() from gone
        except OSError as refused:
            if refused.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
                raise
            shutil.copyfile(self.path(name), to)

    def info(self, name: str) -> ObjectInfo | None:
        try:
            found = self.path(name).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        if not self.path(name).is_file():
            return None
        modified = datetime.fromtimestamp(found.st_mtime, tz=UTC)
        return ObjectInfo(found.st_size, f'"{found.st_mtime_ns:x}-{found.st_size:x}"', modified)

    def delete_tree(self, prefix: str) -> None:
        shutil.rmtree(self.path(prefix), ignore_errors=True)

    def _write(self, name: str, chunks: Iterator[bytes]) -> None:
        target, part = self.path(name), self.root / ".tmp" / unguessable()
        part.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as out:
                out.writelines(chunks)
                out.flush()
                os.fsync(out.fileno())
            target.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


class BucketShelf:
    """An S3 bucket, through the client that django-storages made from the settings. Private objects only."""

    def __init__(self, storage: Any) -> None:
        self.storage = storage

    @property
    def client(self) -> Any:
        return self.storage.connection.meta.client

    @property
    def bucket(self) -> str:
        return str(self.storage.bucket_name)

    def put_file(self, source: Path, name: str, content_type: str) -> None:
        self.client.upload_file(str(source), self.bucket, name, ExtraArgs={"ContentType": content_type})

    def put_bytes(self, name: str, data: bytes, content_type: str) -> None:
        self.client.put_object(Bucket=self.bucket, Key=name, Body=data, ContentType=content_type)

    def read_bytes(self, name: str) -> bytes:
        try:
            body = self.client.get_object(Bucket=self.bucket, Key=name)["Body"]
        except self.client.exceptions.NoSuchKey as gone:
            raise NoSuchObject() from gone
        with body:
            return bytes(body.read())

    def fetch_file(self, name: str, to: Path) -> None:
        from botocore.exceptions import ClientError  # a laptop with a local disk never loads it

        try:
            self.client.download_file(self.bucket, name, str(to))
        except ClientError as refused:
            raise _missing(refused) from refused

    def info(self, name: str) -> ObjectInfo | None:
        from botocore.exceptions import ClientError

        try:
            head = self.client.head_object(Bucket=self.bucket, Key=name)
        except ClientError as refused:
            _missing(refused)
            return None
        return ObjectInfo(head["ContentLength"], head["ETag"], head["LastModified"])

    def delete_tree(self, prefix: str) -> None:
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=f"{prefix}/"):
            keys = [{"Key": entry["Key"]} for entry in page.get("Contents", [])]
            if keys:
                self.client.delete_objects(Bucket=self.bucket, Delete={"Objects": keys, "Quiet": True})

    def presign(self, name: str, *, seconds: int) -> str:
        """An address that reads this one object and dies after `seconds`."""
        return str(
            self.client.generate_presigned_url(
                "get_object", Params={"Bucket": self.bucket, "Key": name}, ExpiresIn=seconds
            )
        )


def _missing(refused: Any) -> NoSuchObject:
    """`NoSuchObject` for a 404; anything else that S3 says is a fault and goes on as it came."""
    if refused.response.get("ResponseMetadata", {}).get("HTTPStatusCode") != 404:
        raise refused
    return NoSuchObject()
