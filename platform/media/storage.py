"""Puts and fetches trees of files, on a local disk or in S3, by settings. Knows bytes and names, no episode."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.storage.handler import InvalidStorageError

from common.errors import Invalid
from media.names import clean, content_type, new_prefix
from media.shelves import CHUNK, BucketShelf, LocalShelf, NoSuchObject, ObjectInfo, Shelf

__all__ = [
    "NoSuchObject", "ObjectInfo", "StoredFile", "delete_tree", "exists", "fetch_tree", "info", "new_prefix",
    "put_bytes", "put_tree", "read_bytes", "shelf",
]
UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a stored tree: its name below the prefix, its bytes, and the sha256 of them (64 hex digits)."""

    name: str
    size: int
    sha256: str


def shelf() -> LocalShelf | BucketShelf:
    """The storage that settings name. Raises `InvalidStorageError` for a backend that is neither disk nor S3."""
    if isinstance(default_storage, FileSystemStorage):
        return LocalShelf(Path(default_storage.location))
    if hasattr(default_storage, "bucket_name"):
        return BucketShelf(default_storage)
    raise InvalidStorageError("STORAGES['default'] must be a FileSystemStorage or an S3Storage.")


def put_tree(local: Path, prefix: str) -> list[StoredFile]:
    """Store every file below `local` under `prefix`, ordered by name. A symlink is refused, not followed."""
    clean(prefix)
    found = sorted(path for path in local.rglob("*") if path.is_symlink() or not path.is_dir())
    return [_put_one(path, path.relative_to(local).as_posix(), prefix) for path in found]


def fetch_tree(prefix: str, names: Sequence[str], to: Path) -> None:
    """Bring the named files of `prefix` into the folder `to`, for reading only (they may be links to the stored ones).

    Raises `NoSuchObject` if one is missing; a file already at its place is replaced.
    """
    clean(prefix)
    here = shelf()
    for name in names:
        target = to / clean(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        here.fetch_file(f"{prefix}/{name}", target)


def put_bytes(name: str, data: bytes, content_type: str) -> None:
    """Store `data` under `name`, replacing what was there in one step."""
    shelf().put_bytes(clean(name), data, content_type)


def read_bytes(name: str) -> bytes:
    """The whole object; raises `NoSuchObject`. For small things: the range view never uses it on a video."""
    return shelf().read_bytes(clean(name))


def exists(name: str) -> bool:
    """Whether an object lies under `name`."""
    return info(name) is not None


def info(name: str) -> ObjectInfo | None:
    """Size, tag and time of an object, None if there is none."""
    return shelf().info(clean(name))


def delete_tree(prefix: str) -> None:
    """Delete everything below `prefix`; it is no error if there is nothing."""
    shelf().delete_tree(clean(prefix))


def _put_one(path: Path, name: str, prefix: str) -> StoredFile:
    if path.is_symlink() or not path.is_file():
        raise Invalid("Only plain files can be stored.", code="not_a_plain_file", name=name)
    clean(name)
    target: Shelf = shelf()
    target.put_file(path, f"{prefix}/{name}", content_type(name) or UNKNOWN_TYPE)
    return StoredFile(name, path.stat().st_size, _sha256(path))


def _sha256(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as data:
        for chunk in iter(lambda: data.read(CHUNK), b""):
            total.update(chunk)
    return total.hexdigest()
