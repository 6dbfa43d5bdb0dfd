"""Room to work in: a folder for one step that a killed worker does not leave for ever, and space on the disks."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from django.conf import settings

from media import storage
from media.errors import DiskFull, disk_faults

log = structlog.get_logger(__name__)
PREFIX = "rw-step-"
ALIVE = ".alive"


@contextmanager
def workroom() -> Iterator[Path]:
    """An empty folder that is gone when the block ends. A full disk inside the block raises `DiskFull`."""
    with disk_faults(), tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        with (Path(folder) / ALIVE).open("wb") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX)  # the kernel lets go of it with the process, however that ends
            yield Path(folder)


def clear_abandoned() -> int:
    """Delete the folders of workers that were killed; returns how many."""
    found = list(Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{ALIVE}"))
    return sum(_clear(alive) for alive in found)


def _clear(alive: Path) -> bool:
    """False if its worker lives, or another clears it just now, or it is another person's."""
    try:
        with alive.open("rb+") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(alive.parent, ignore_errors=True)
    except OSError:
        return False
    log.info("workroom_cleared", folder=alive.parent.name)
    return True


def require_room() -> None:
    """Raises `DiskFull` if a disk that steps write to has less than MIN_FREE_BYTES left (0: do not look), even without
    what killed workers left there.
    """
    if _narrow() and (not clear_abandoned() or _narrow()):
        raise DiskFull(f"Less than {settings.MIN_FREE_BYTES >> 20} MiB are free.")


def free_bytes(folder: Path) -> int:
    """What this process may still write there: reserved blocks do not count, and none is left without inodes."""
    found = os.statvfs(folder)
    if found.f_files and not found.f_favail:
        return 0
    return found.f_bavail * found.f_frsize


def _narrow() -> bool:
    return any(free_bytes(folder) < settings.MIN_FREE_BYTES for folder in _folders())


def _folders() -> Iterator[Path]:
    yield Path(tempfile.gettempdir())
    if (root := storage.local_root()) is not None:
        while not root.exists():
            root = root.parent
        yield root
