"""Ends the stack's children when their parent is gone, however it went.

The parent holds the other end of stdin and writes lines: `add <pid> <signal> <seconds> <tier>`, `gone <pid>`, `bye`.
End of file without `bye` means that the parent is dead: every process group is stopped, highest tier first. Standard
library only; started with `-S -E`, so that it costs 10 MB and nothing can break its imports.
"""

import contextlib
import os
import signal
import sys
import time
from typing import NamedTuple, TextIO

SHORT_SECONDS = 4.0  # nobody waits for these children's work any more, but PostgreSQL wants its checkpoint


class Child(NamedTuple):
    signo: int
    seconds: float
    tier: int


def read_until_end(lines: TextIO) -> dict[int, Child] | None:
    """The children that are left at end of file, by pid; None if the parent said `bye`."""
    children: dict[int, Child] = {}
    for line in lines:
        word, *rest = line.split() or [""]
        if word == "add":
            children[int(rest[0])] = Child(int(rest[1]), float(rest[2]), int(rest[3]))
        elif word == "gone":
            children.pop(int(rest[0]), None)
        elif word == "bye":
            return None
    return children


def alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def stop(children: dict[int, Child]) -> None:
    """Stop tier by tier: workers and web first, the servers they talk to last."""
    for tier in sorted({child.tier for child in children.values()}, reverse=True):
        mine = {pid: child for pid, child in children.items() if child.tier == tier}
        for pid, child in mine.items():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, child.signo)
        wait = max(child.seconds if tier == 0 else min(child.seconds, SHORT_SECONDS) for child in mine.values())
        end = time.monotonic() + wait
        while time.monotonic() < end and any(alive(pid) for pid in mine):
            time.sleep(0.05)
        for pid in mine:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)


def main() -> None:
    for signo in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signo, signal.SIG_IGN)
    children = read_until_end(sys.stdin)
    if children:
        stop(children)


if __name__ == "__main__":
    main()
