"""Becomes a child of the stack: `launch.py <parent pid> <death signal> <uid or -> <program> <argument>...`.

Runs before the child's program, in its process, and so needs no code between fork and exec in a parent with threads.
Standard library only; started with `-S -E`.
"""

import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def main(parent: int, death: int, uid: str, command: list[str]) -> None:
    die_with_parent = _loaded_prctl()  # while we may still read the library: nobody may not everywhere
    if uid != "-":
        os.setgroups([])
        os.setgid(int(uid))
        os.setuid(int(uid))
    die_with_parent(death)  # after setuid, which clears it
    if os.getppid() != parent:  # it ended before the line above
        sys.exit(1)
    for signo in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signo, signal.SIG_DFL)
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def _loaded_prctl() -> Callable[[int], object]:
    """Asks the kernel for a signal when the thread that started us ends. The watchdog does the same everywhere."""
    if sys.platform != "linux" or os.environ.get("RW_NO_PDEATHSIG"):
        return lambda death: None
    import ctypes

    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda death: prctl(PR_SET_PDEATHSIG, death, 0, 0, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
