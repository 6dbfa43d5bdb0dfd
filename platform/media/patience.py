"""Transfers that can be called off: whoever waits for bytes is asked, between pieces, whether they are still wanted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

SHORTEST, LONGEST = 0.001, 0.05  # seconds between two looks at a transfer that other threads carry out

_asked: ContextVar[Callable[[], None] | None] = ContextVar("media_patience", default=None)


@contextmanager
def while_wanted(check: Callable[[], None]) -> Iterator[None]:
    """Puts and fetches of this thread inside the block end by whatever `check` raises; it is called often."""
    before = _asked.set(check)
    try:
        yield
    finally:
        _asked.reset(before)


def look() -> None:
    """Raises if the transfer is no longer wanted."""
    check = _asked.get()
    if check is not None:
        check()


def result_of(transfer: Any) -> Any:
    """The result of a future, waiting for it with `look`."""
    pause = SHORTEST
    while _asked.get() is not None and not transfer.done():
        look()
        time.sleep(pause)
        pause = min(LONGEST, pause * 2)
    return transfer.result()
