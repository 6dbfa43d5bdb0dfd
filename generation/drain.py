"""A worker that is asked to end finishes the step it is at, and begins no other.

Its processes learn it from the file by which the worker says that it takes work, and which it removes when asked.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def watch() -> Callable[[], bool]:
    """Whether the worker, which takes work now, has been asked to end since; never where nobody made such a file."""
    path = os.environ.get("RW_READY_FILE", "")
    if not path or not Path(path).exists():
        return _never
    return lambda: not Path(path).exists()


def _never() -> bool:
    return False
