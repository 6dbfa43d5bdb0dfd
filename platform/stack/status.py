"""`stack.json`: what runs, where and since when, for people, scripts and a second start. Holds no secret."""

import contextlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ChildStatus:
    pid: int
    state: str
    restarts: int


@dataclass(frozen=True, slots=True)
class Status:
    """`started` is ISO 8601 in UTC; `state` is starting, ready or stopping; `url` is empty without a web process."""

    pid: int
    command: str
    state: str
    url: str
    started: str
    logs: str
    embedded: tuple[str, ...] = ()
    children: dict[str, ChildStatus] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Replace the file in one step: a reader sees the old or the new."""
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.write_text(json.dumps(asdict(self), indent=2) + "\n")
        fresh.rename(path)


def read(path: Path) -> Status | None:
    """What the file says; None if there is none or it is not whole."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        found = json.loads(path.read_text())
        children = {name: ChildStatus(**child) for name, child in found.pop("children").items()}
        return Status(**{**found, "embedded": tuple(found["embedded"]), "children": children})
    return None


def is_alive(pid: int) -> bool:
    """Whether a process of this number exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
