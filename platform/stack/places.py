"""Every path that the stack uses below one state folder, and how these folders come to be."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from common.errors import DomainError
from common.paths import run_dir, state_dir

ROOT = Path(__file__).resolve().parent.parent.parent


class StackError(DomainError):
    """The stack cannot start, or cannot go on; message and remedy are for the person at the terminal."""

    status = 503
    code = "stack"
    remedy = "Look into the logs named above."


@dataclass(frozen=True, slots=True)
class Places:
    """`state` holds data and logs; `run` holds unix sockets, whose paths must be short."""

    state: Path
    run: Path

    @classmethod
    def of(cls, state: Path | None = None) -> "Places":
        """The places of `state`, or of the state folder that the environment names."""
        state = state_dir(ROOT) if state is None else state.resolve()
        return cls(state, run_dir(state))

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def postgres(self) -> Path:
        return self.state / "pg"

    @property
    def data(self) -> Path:
        return self.postgres / "data"

    @property
    def half_made(self) -> Path:
        """Where initdb works: what a killed initdb leaves is never taken for a cluster."""
        return self.postgres / "data.new"

    @property
    def valkey(self) -> Path:
        return self.state / "valkey"

    @property
    def postgres_socket(self) -> Path:
        """The folder that holds PostgreSQL's socket, as clients want it."""
        return self.run / "pg"

    @property
    def valkey_socket(self) -> Path:
        return self.run / "valkey.sock"

    @property
    def lock(self) -> Path:
        return self.state / "lock"

    @property
    def status(self) -> Path:
        return self.state / "stack.json"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def ready_file(self, name: str) -> Path:
        return self.run / f"{name}.ready"

    def database_url(self, name: str = "reelwright") -> str:
        return f"postgresql://postgres@/{name}?host={self.postgres_socket}"

    def redis_url(self, number: int = 0) -> str:
        return f"unix://{self.valkey_socket}?db={number}"

    def make(self) -> None:
        """Create the folders. Raises `StackError` if another person's folder stands where ours should be."""
        for folder in (self.state, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.postgres, self.valkey, self.run, self.postgres_socket):
            folder.mkdir(mode=0o700, exist_ok=True)
        found = os.lstat(self.run)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
            raise StackError(f"{self.run} is not a folder of yours alone.", remedy="Remove it, or set RW_STATE_DIR.")

    def tail(self, name: str, lines: int = 12) -> str:
        """The end of a log, for an error message."""
        try:
            return "\n".join(self.log(name).read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""
