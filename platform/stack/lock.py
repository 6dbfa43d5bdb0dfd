"""One stack for one state folder. The lock goes with the process that holds it, so that it cannot be left behind."""

import fcntl
import os
import time
from pathlib import Path


class StackLock:
    """An flock on a file. The watchdog inherits it: it is free again only when the last child is gone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fd = -1

    def take(self, *, wait: float = 0.0) -> bool:
        """Whether the lock is ours now; tries for `wait` seconds."""
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        end = time.monotonic() + wait
        while not _try(fd):
            if time.monotonic() >= end:
                os.close(fd)
                return False
            time.sleep(0.1)
        self.fd = fd
        return True

    def release(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def is_held(path: Path) -> bool:
    """Whether some process holds the lock on `path`."""
    lock = StackLock(path)
    if not path.exists():
        return False
    taken = lock.take()
    lock.release()
    return not taken


def _try(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
