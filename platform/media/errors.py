"""What goes wrong with stored bytes, in words that a person can act on. All of it may go better later."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from common.errors import DomainError, NotFound

FULL = (errno.ENOSPC, errno.EDQUOT)


class NoSuchObject(NotFound):
    """Nothing is stored under that name."""


class StoreFault(DomainError):
    """The store cannot do it now; nothing is known to be lost. Whoever works for it waits and tries again."""

    status = 503
    code = "store_unavailable"
    message = "The media storage does not answer."
    remedy = "Nothing is lost. It is tried again; look at the storage if this lasts."


class DiskFull(StoreFault):
    """No room is left where files have to be written."""

    code = "disk_full"
    message = "The disk is full."
    remedy = "Free some space (manage.py collect_artifacts), or give it a bigger disk; the work goes on by itself."


def is_disk_full(error: BaseException | None) -> bool:
    """Whether the error, or one that led to it, is the system's word that no space (or no quota) is left."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, DiskFull) or (isinstance(error, OSError) and error.errno in FULL):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False


@contextmanager
def disk_faults() -> Iterator[None]:
    """Whatever fails in this block because a disk is full raises `DiskFull`."""
    try:
        yield
    except DiskFull:
        raise
    except Exception as error:
        if is_disk_full(error):
            raise DiskFull() from error
        raise
