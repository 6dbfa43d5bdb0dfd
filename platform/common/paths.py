"""Where this checkout keeps its state and its sockets. Pure: creates nothing, so that settings can ask it."""

import hashlib
import os
import tempfile
from pathlib import Path

SOCKET_PATH_LIMIT = 60  # a unix socket path may hold 104-108 bytes; the names inside need the rest


def state_dir(base: Path) -> Path:
    """The folder that holds the embedded servers' data, logs and local media (`RW_STATE_DIR`, default `.local`)."""
    return Path(os.environ.get("RW_STATE_DIR") or base / ".local").resolve()


def run_dir(state: Path) -> Path:
    """A short per-user, per-state folder for unix sockets."""
    tag = hashlib.sha256(str(state).encode()).hexdigest()[:10]
    root = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    if len(root) > SOCKET_PATH_LIMIT or not Path(root).is_dir():
        root = "/tmp"  # noqa: S108 - the folder itself is made 0700 and its owner is checked by the stack
    return Path(root) / f"rw-{os.getuid()}-{tag}"
