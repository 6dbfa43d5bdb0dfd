"""As whom PostgreSQL runs: it refuses root, and many a container has nobody else."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack.places import Places, StackError

NOBODY = 65534
PROBE = '"$1" --version >/dev/null && test -w "$2" && test -w "$3"'
PROBE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Identity:
    """`prefix` goes before the command; `uid` is who the process becomes, None for who we are."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None

    def run(self, command: Sequence[str | Path], **options: Any) -> "subprocess.CompletedProcess[str]":
        """Run a command as this identity and wait for it; `options` are those of `subprocess.run`."""
        who = {} if self.uid is None else {"user": self.uid, "group": self.uid, "extra_groups": ()}
        done: subprocess.CompletedProcess[str] = subprocess.run(  # type: ignore[call-overload]
            [*self.prefix, *command], check=False, cwd="/", capture_output=True, text=True, **who, **options
        )
        return done


def postgres_identity(places: Places, program: Path) -> Identity:
    """Who runs `program` (postgres) over the data of `places`; gives them the folders they need.

    An ordinary user stays who they are. Root becomes nobody where nobody can walk to program and data, else puts on
    another number in a user namespace. Raises `StackError` where neither works.
    """
    if os.geteuid() != 0:
        return Identity()
    os.chmod(places.run, 0o711)  # noqa: S103 - nobody has to walk through it; what lies inside is 0700
    for identity, owner in _choices():
        for folder in (places.postgres, places.postgres_socket):
            _give(folder, owner)
        if _can_run(identity, program, places):
            return identity
    raise StackError(
        "PostgreSQL refuses to run as root, and nobody else can reach its program and data here.",
        remedy="Run as an ordinary user, set RW_STATE_DIR to a folder below /var/tmp, or set DATABASE_URL.",
    )


def _choices() -> list[tuple[Identity, int]]:
    choices = [(Identity(uid=NOBODY), NOBODY)]
    if unshare := shutil.which("unshare"):
        choices.append((Identity(prefix=(unshare, "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")), 0))
    return choices


def _give(folder: Path, owner: int) -> None:
    """Hand over a tree; walks it only when its owner changes."""
    if folder.stat().st_uid == owner:
        return
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(parent) / name, owner, owner, follow_symlinks=False)
    os.chown(folder, owner, owner)


def _can_run(identity: Identity, program: Path, places: Places) -> bool:
    command: list[str | Path] = ["/bin/sh", "-c", PROBE, "sh", program, places.postgres, places.postgres_socket]
    try:
        return identity.run(command, timeout=PROBE_SECONDS).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False
