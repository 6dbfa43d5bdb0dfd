"""What this process knows of a messenger that hangs: a request waits for it once, not at every turn.

A server that is gone refuses at once. One that hangs (frozen, or behind a dead network) costs each limit, doorbell and
push its whole timeout, one after another. Whoever waited in vain says so here, and for a moment nobody else waits.
"""

import time

from redis.exceptions import TimeoutError as RedisTimeout

SECONDS = 2.0
HUNG = (TimeoutError, RedisTimeout)
_until = 0.0


def note(failure: BaseException) -> None:
    """Remember it if `failure` was a wait in vain, whatever a library has wrapped round it."""
    global _until  # one figure a process; a race of two threads writes nearly the same one
    cause: BaseException | None = failure
    for _ in range(8):
        if isinstance(cause, HUNG):
            _until = time.monotonic() + SECONDS
            return
        cause = cause and cause.__cause__


def lasts() -> bool:
    """Whether asking now would most likely be another wait in vain."""
    return time.monotonic() < _until


def forget() -> None:
    """Ask again at once (tests)."""
    global _until
    _until = 0.0
