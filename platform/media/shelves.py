"""Where bytes lie: one protocol for a local disk and a bucket that behave the same, and the local disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from common.ids import unguessable
from media.errors import NoSuchObject, StoreFault
from media.patience import look

CHUNK = 1 << 18
READ_ONLY = 0o444
UNFINISHED = ".tmp"


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What is known of a stored object without reading it. `etag` is strong and quoted."""

    size: int
    etag: str
    modified: datetime


class Put(NamedTuple):
    """A local file and the name that it shall have."""

    source: Path
    name: str
    content_type: str


class Folder(NamedTuple):
    """What lies below a prefix: how many bytes, and when the newest of it came."""

    prefix: str
    size: int
    modified: datetime


class Shelf(Protocol):
    """Every name is clean (see `media.names`); writes replace whole objects and are never seen half done.

    Whatever the shelf cannot do at the moment raises `StoreFault`; a full disk raises the system's `OSError`.
    """

    def put_files(self, files: Sequence[Put]) -> None:
        """Store all of them; they are there for good when this returns."""

    def put_bytes(self, name: str, data: bytes, content_type: str) -> None: ...

    def read_bytes(self, name: str) -> bytes: ...

    def fetch_files(self, files: Sequence[tuple[str, Path]]) -> list[str]:
        """Copy each to its place; returns the names of those that are not there, whose places stay empty."""

    def info(self, name: str) -> ObjectInfo | None: ...

    def delete_tree(self, prefix: str) -> None: ...

    def folders(self, kind: str, *, after: str) -> Iterator[Folder]:
        """The prefixes `kind/xx/…` behind `after` in ascending order, as they lie there; never all at once."""

    def drop_unfinished(self, *, before: datetime) -> int:
        """Delete what puts that began before then left half done when their process was killed; returns how many."""


class LocalShelf:
    """A folder. Files appear by rename, after their bytes are on the disk; `.tmp` cannot be named from outside."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        return self.root / name

    def put_files(self, files: Sequence[Put]) -> None:
        changed = self._growing([file.name for file in files])
        for file in files:
            with file.source.open("rb") as data:
                self._write(file.name, _wanted(data))
        for folder in changed:
            _sync(folder)  # a row will say that they are there: the names must outlive a power cut, as the bytes do

    def put_bytes(self, name: str, data: bytes, content_type: str) -> None:
        self._write(name, iter((data,)))

    def read_bytes(self, name: str) -> bytes:
        try:
            return self.path(name).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as gone:
            raise NoSuchObject() from gone

    def fetch_files(self, files: Sequence[tuple[str, Path]]) -> list[str]:
        """Copies, no links: who writes into a link writes into the store, and no mode bit holds root back."""
        if files and not self.root.is_dir():
            raise StoreFault("The media folder is not there.", remedy="Look whether its disk is mounted.")
        return [name for name, to in files if not self._copy(name, to)]

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
        try:
            shutil.rmtree(self.path(prefix))
        except FileNotFoundError:  # or another deletes it at the same time: then go on until nothing is left
            if self.path(prefix).exists():
                self.delete_tree(prefix)

    def folders(self, kind: str, *, after: str) -> Iterator[Folder]:
        for shard in _below(self.root / kind):
            prefixes = [f"{kind}/{shard.name}/{tree.name}" for tree in _below(shard)]
            yield from (self._folder(prefix) for prefix in prefixes if prefix > after)

    def drop_unfinished(self, *, before: datetime) -> int:
        parts = [part for part in (self.root / UNFINISHED).glob("*") if _modified(part) < before.timestamp()]
        for part in parts:
            part.unlink(missing_ok=True)
        return len(parts)

    def _folder(self, prefix: str) -> Folder:
        top = self.path(prefix)
        found = [entry.stat() for entry in (top, *top.rglob("*")) if entry.exists()]
        newest = max((entry.st_mtime for entry in found), default=0.0)
        size = sum(entry.st_size for entry in found[1:])
        return Folder(prefix, size, datetime.fromtimestamp(newest, tz=UTC))

    def _copy(self, name: str, to: Path) -> bool:
        look()
        try:
            shutil.copyfile(self.path(name), to)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            to.unlink(missing_ok=True)
            return False
        return True

    def _growing(self, names: Sequence[str]) -> list[Path]:
        """The folders that these objects add an entry to: their own, and those that get a new folder."""
        own = {self.path(name).parent for name in names}
        new = {folder for one in own for folder in (one, *one.parents) if not folder.exists()}
        return sorted(own | {folder.parent for folder in new if folder != self.root})

    def _write(self, name: str, chunks: Iterator[bytes]) -> None:
        target, part = self.path(name), self.root / UNFINISHED / unguessable()
        part.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as out:
                out.writelines(chunks)
                out.flush()
                os.fchmod(out.fileno(), READ_ONLY)
                os.fsync(out.fileno())
            target.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


def _wanted(data: BinaryIO) -> Iterator[bytes]:
    while chunk := data.read(CHUNK):
        look()
        yield chunk


def _below(folder: Path) -> list[Path]:
    """The folders in a folder, by name."""
    try:
        return sorted(entry for entry in folder.iterdir() if entry.is_dir())
    except FileNotFoundError:
        return []


def _modified(part: Path) -> float:
    try:
        return part.stat().st_mtime
    except FileNotFoundError:  # its put has ended just now
        return float("inf")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
