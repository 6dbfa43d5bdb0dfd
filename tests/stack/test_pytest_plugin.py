"""Test runs inside a test run: each brings its own servers, or uses those it is told to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live import ROOT
from tests.stack.processes import environment

DATABASE_TEST = """
import os
import pathlib
import pytest
from django.db import connection

@pytest.mark.django_db
@pytest.mark.parametrize("number", range(2))
def test_the_database_is_there(number, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_setting('data_directory'), current_setting('fsync')")
        database, folder, fsync = cursor.fetchone()
    with (pathlib.Path(__file__).parent / "found").open("a") as file:  # a worker's own output goes nowhere
        print(database, folder, fsync, os.environ["REDIS_URL"].rpartition("/")[2], file=file)
"""


def run_pytest(state: Path, test: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", str(test), "-q", "--rootdir", str(ROOT), "-c", "pyproject.toml"]
    return subprocess.run(
        [*command, "-p", "no:schemathesis", "-p", "no:cacheprovider", *arguments],
        env=environment(state, **more), cwd=ROOT, capture_output=True, text=True, timeout=200,
    )


def found(folder: Path) -> list[list[str]]:
    """What every test inside saw: database, cluster, fsync, Valkey's database."""
    return sorted(line.split() for line in (folder / "found").read_text().splitlines())


@pytest.fixture
def test_file(tmp_path: Path) -> Path:
    path = tmp_path / "test_inside.py"
    path.write_text(DATABASE_TEST)
    return path


@pytest.mark.slow
def test_a_run_with_nothing_set_brings_its_own_servers_and_takes_them_away(tmp_path: Path, test_file: Path) -> None:
    done = run_pytest(tmp_path / "state", test_file)
    assert done.returncode == 0, done.stdout + done.stderr
    slot = tmp_path / "state-test" / "0"
    assert found(tmp_path) == [["test_reelwright", str(slot / "pg/data"), "off", "valkey.sock?db=0"]] * 2
    assert not (slot / "pg/data/postmaster.pid").exists()


@pytest.mark.slow
def test_workers_have_a_database_each_on_one_cluster(tmp_path: Path, test_file: Path) -> None:
    done = run_pytest(tmp_path / "state", test_file, "-n", "2", "--dist", "each")
    assert done.returncode == 0, done.stdout + done.stderr
    folder = str(tmp_path / "state-test" / "0" / "pg/data")
    assert found(tmp_path) == [
        *[["test_reelwright_gw0", folder, "off", "valkey.sock?db=1"]] * 2,
        *[["test_reelwright_gw1", folder, "off", "valkey.sock?db=2"]] * 2,
    ]


@pytest.mark.slow
def test_two_runs_side_by_side_do_not_share_a_cluster(tmp_path: Path, test_file: Path) -> None:
    slow = tmp_path / "test_slow.py"
    slow.write_text(DATABASE_TEST + f"\ndef test_inside():\n    {_run_again(tmp_path, test_file)}\n")
    done = run_pytest(tmp_path / "state", slow)
    assert done.returncode == 0, done.stdout + done.stderr
    folders = {words[1] for words in found(tmp_path)}
    assert folders == {str(tmp_path / "state-test" / slot / "pg/data") for slot in ("0", "1")}


def _run_again(tmp_path: Path, test_file: Path) -> str:
    return (
        "from pathlib import Path; from tests.stack.test_pytest_plugin import run_pytest; "
        f"done = run_pytest(Path({str(tmp_path / 'state')!r}), Path({str(test_file)!r})); print(done.stdout); "
        "assert done.returncode == 0"
    )


def test_a_named_database_is_used_and_nothing_is_started(tmp_path: Path) -> None:
    test = tmp_path / "test_inside.py"
    test.write_text("import os\ndef test_it():\n    assert 'nowhere.invalid' in os.environ['DATABASE_URL']\n")
    done = run_pytest(tmp_path / "state", test, DATABASE_URL="postgresql://nobody@nowhere.invalid/none")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (tmp_path / "state-test").exists()


def test_servers_that_cannot_start_end_the_run_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "test_inside.py").write_text("def test_it():\n    pass\n")
    done = run_pytest(tmp_path / "state", tmp_path / "test_inside.py", RW_PG_BIN=str(tmp_path))
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "does not hold postgres and initdb" in done.stderr
    assert "correct RW_PG_BIN" in done.stderr
    assert os.listdir(tmp_path / "state-test") == ["0"]
