"""Puts and fetches trees of files, on a local disk or in S3, by settings. Knows bytes and names, no episode.

Everything here raises `StoreFault` (it may go better later; `DiskFull` is one) for what the store cannot do just now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.storage.handler import InvalidStorageError

from common.errors import Invalid
from media.bucket import BucketShelf
from media.errors import DiskFull, NoSuchObject, StoreFault, disk_faults
from media.names import clean, content_type, new_prefix
from media.shelves import CHUNK, Folder, LocalShelf, ObjectInfo, Put

__all__ = [
    "DiskFull", "Folder", "NoSuchObject", "ObjectInfo", "StoreFault", "StoredFile", "Wanted", "delete_tree",
    "drop_unfinished", "exists", "fetch_checked", "fetch_tree", "folders", "info", "local_root", "new_prefix",
    "put_bytes", "put_tree", "read_bytes", "shelf",
]
UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a stored tree: its name below the prefix, its bytes, and the sha256 of them (64 hex digits)."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stored file by its whole name, what it must be, and where it shall go."""

    name: str
    size: int
    sha256: str
    to: Path


def shelf() -> LocalShelf | BucketShelf:
    """The storage that settings name. Raises `InvalidStorageError` for a backend that is neither disk nor S3."""
    if isinstance(default_storage, FileSystemStorage):
        return LocalShelf(Path(default_storage.location))
    if hasattr(default_storage, "bucket_name"):
        return BucketShelf(default_storage)
    raise InvalidStorageError("STORAGES['default'] must be a FileSystemStorage or an S3Storage.")


def local_root() -> Path | None:
    """The folder that things are stored in, None if they go to a bucket."""
    here = shelf()
    return here.root if isinstance(here, LocalShelf) else None


def put_tree(local: Path, prefix: str) -> list[StoredFile]:
    """Store every file below `local` under `prefix`, ordered by name. A symlink is refused, not followed.

    If it fails, some may be there: the caller deletes the tree.
    """
    clean(prefix)
    found = sorted(path for path in local.rglob("*") if path.is_symlink() or not path.is_dir())
    names = [_plain(path, path.relative_to(local).as_posix()) for path in found]
    with disk_faults():
        files = [StoredFile(name, *_measure(path)) for path, name in zip(found, names, strict=True)]
        shelf().put_files(
            [Put(path, f"{prefix}/{name}", _type(name)) for path, name in zip(found, names, strict=True)]
        )
    return files


def fetch_tree(prefix: str, names: Sequence[str], to: Path) -> None:
    """Copy the named files of `prefix` into the folder `to`, replacing what is there.

    Raises `NoSuchObject` if one is missing.
    """
    clean(prefix)
    if _fetch((f"{prefix}/{clean(name)}", to / name) for name in names):
        raise NoSuchObject()


def fetch_checked(files: Sequence[Wanted]) -> list[Wanted]:
    """Copy the files to their places; returns those that are missing, or are not what they must be (size, sha256).

    A file that looks altered is fetched once more: a bad wire is not a bad store.
    """
    suspects = _fetch_and_check(files)
    return _fetch_and_check(suspects) if suspects else []


def put_bytes(name: str, data: bytes, content_type: str) -> None:
    """Store `data` under `name`, replacing what was there in one step."""
    with disk_faults():
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


def folders(kind: str, *, after: str = "") -> Iterator[Folder]:
    """The prefixes of a kind (see `new_prefix`) that follow `after`, ascending, read page by page."""
    return shelf().folders(clean(kind), after=after and clean(after))


def drop_unfinished(*, before: datetime) -> int:
    """Delete what puts that began before then left half done when their process died; returns how many."""
    return shelf().drop_unfinished(before=before)


def _fetch_and_check(files: Sequence[Wanted]) -> list[Wanted]:
    """All of them are on their way at once where the store can do that; each is read again from the disk's cache."""
    gone = set(_fetch((clean(file.name), file.to) for file in files))
    return [
        file for file in files if file.name in gone or _measure(file.to) != (file.size, file.sha256)
    ]


def _fetch(files: Iterable[tuple[str, Path]]) -> list[str]:
    asked = list(files)
    with disk_faults():
        for _, target in asked:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
        return shelf().fetch_files(asked)


def _plain(path: Path, name: str) -> str:
    if path.is_symlink() or not path.is_file():
        raise Invalid("Only plain files can be stored.", code="not_a_plain_file", name=name)
    return clean(name)


def _type(name: str) -> str:
    return content_type(name) or UNKNOWN_TYPE


def _measure(path: Path) -> tuple[int, str]:
    """Bytes and sha256 of a file, read in pieces."""
    total = hashlib.sha256()
    with path.open("rb") as data:
        for chunk in iter(lambda: data.read(CHUNK), b""):
            total.update(chunk)
        return data.tell(), total.hexdigest()
