"""`manage.py up` as people use and abuse it. Every stack here is whole and private."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import requests

from stack.lock import is_held
from stack.places import Places
from stack.status import ChildStatus, Status, read
from tests.live import ROOT, free_port
from tests.stack.processes import Up, environment, manage, up, wait_until

WARM_SECONDS = 15  # on a machine that does nothing else
CHILDREN = {"postgres", "valkey", "web", "worker", "render", "beat"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One running stack for the tests that leave it running."""
    with up(tmp_path_factory.mktemp("stack") / "state") as started:
        started.wait_ready()
        yield started


def url(stack: Up) -> str:
    return f"http://127.0.0.1:{stack.port}"


@pytest.mark.slow
def test_every_child_is_ready_and_the_web_answers(stack: Up) -> None:
    status = stack.status()
    assert set(status["children"]) == CHILDREN
    assert {child["state"] for child in status["children"].values()} == {"ready"}
    assert status["state"] == "ready"
    assert status["url"] == url(stack)
    assert status["embedded"] == ["postgres", "valkey"]
    answer = requests.get(f"{url(stack)}/readyz", timeout=5)
    assert answer.status_code == 200
    assert answer.json()["ok"] is True


@pytest.mark.slow
def test_a_second_start_says_that_one_is_running_and_where(stack: Up) -> None:
    second = manage(stack.state, "up", "--port", str(free_port()))
    assert second.returncode == 1
    assert f"already running on {stack.state} at {url(stack)} (manage.py up, process" in second.stderr
    assert "RW_STATE_DIR" in second.stderr
    assert requests.get(f"{url(stack)}/healthz", timeout=5).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("name", ["worker", "web", "valkey", "postgres"])
def test_a_child_that_is_killed_comes_back(stack: Up, name: str) -> None:
    before = stack.status()["children"][name]
    os.kill(before["pid"], signal.SIGKILL)
    wait_until(lambda: is_back(stack, name, before["restarts"]), 60, f"{name} is back")
    assert stack.status()["children"][name]["pid"] != before["pid"]
    wait_until(lambda: answers(f"{url(stack)}/readyz"), 30, "all is well again")


def is_back(stack: Up, name: str, restarts: int) -> bool:
    child = stack.status()["children"][name]
    return bool(child["restarts"] == restarts + 1 and child["state"] == "ready")


def answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


@pytest.mark.slow
def test_each_signal_ends_everything_and_a_warm_start_is_fast(tmp_path: Path) -> None:
    state, took = tmp_path / "state", []
    for signo in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        began = time.monotonic()
        with up(state) as started:
            started.wait_ready()
            took.append((time.monotonic() - began) / busy())
            started.process.send_signal(signo)
            assert started.process.wait(60) == 0
            assert started.survivors(5) == []
        assert not (state / "stack.json").exists()
        assert is_held(state / "lock") is False
        assert "database system is shut down" in (state / "logs" / "postgres.log").read_text().splitlines()[-1]
    assert min(took[1:]) < WARM_SECONDS


def busy() -> float:
    """How much slower this machine may be now: others may be at work on it."""
    return max(1.0, 2 * os.getloadavg()[0] / (os.cpu_count() or 1))


@pytest.mark.slow
@pytest.mark.parametrize("kernel_helps", [True, False])
def test_killing_the_parent_leaves_no_orphan_and_the_next_start_works(tmp_path: Path, kernel_helps: bool) -> None:
    more = {} if kernel_helps else {"RW_NO_PDEATHSIG": "1"}
    with up(tmp_path / "state", **more) as first:
        first.wait_ready()
        first.process.kill()
        first.process.wait()
        with up(tmp_path / "state") as second:  # at once: it waits until the watchdog of the first is done
            second.wait_ready()
            assert first.survivors(0) == []
    log = (tmp_path / "state" / "logs" / "postgres.log").read_text()
    assert "database system was not properly shut down" not in log


@pytest.mark.slow
def test_a_half_made_state_heals(tmp_path: Path) -> None:
    places = Places.of(tmp_path / "state")
    places.make()
    places.half_made.mkdir()
    (places.half_made / "PG_VERSION").write_text("18\n")
    places.valkey_socket.write_text("stale")
    (places.postgres_socket / ".s.PGSQL.5432").write_text("stale")
    places.ready_file("worker").touch()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    Status(dead.pid, "manage.py up", "ready", "http://127.0.0.1:1", "then", "there").write(places.status)
    with up(places.state) as started:
        status = started.wait_ready()
        assert status["pid"] == started.process.pid
        assert not places.half_made.exists()


@pytest.mark.slow
def test_managed_servers_are_used_and_not_started(stack: Up, tmp_path: Path) -> None:
    places = Places.of(stack.state)
    with psycopg.connect(places.database_url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE managed")
    with up(tmp_path / "s", DATABASE_URL=places.database_url("managed"), REDIS_URL=places.redis_url(9)) as other:
        status = other.wait_ready()
        assert set(status["children"]) == CHILDREN - {"postgres", "valkey"}
        assert status["embedded"] == []
        assert answers(f"http://127.0.0.1:{other.port}/readyz")
        assert not (tmp_path / "s" / "pg" / "data").exists()


@pytest.mark.slow
def test_a_worker_for_one_queue_runs_beside_the_stack_and_ends_on_ctrl_c(stack: Up) -> None:
    port = free_port()
    worker = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "worker", "--queue", "encode", "--concurrency", "1",
         "--health-port", str(port)],
        env=environment(stack.state), cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )
    assert worker.stderr is not None
    said = []
    for line in worker.stderr:
        said.append(line)
        if " ready." in line:
            break
    family = psutil.Process(worker.pid).children(recursive=True)
    assert len(family) >= 3, said
    assert answers(f"http://127.0.0.1:{port}/livez")
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), 10, "the worker takes work")
    worker.send_signal(signal.SIGINT)
    worker.stderr.read()
    assert worker.wait(30) == 0
    worker.stderr.close()
    assert psutil.wait_procs(family, timeout=5)[1] == []


def test_a_port_that_is_taken_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = manage(tmp_path / "state", "up", "--port", str(taken.getsockname()[1]))
    assert refused.returncode == 1
    assert "is not free" in refused.stderr
    assert "--port" in refused.stderr
    assert not (tmp_path / "state" / "pg").exists()


def test_the_status_file_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "stack.json"
    status = Status(1, "manage.py up", "ready", "u", "s", "l", ("valkey",), {"web": ChildStatus(2, "ready", 0)})
    assert read(path) is None
    status.write(path)
    assert read(path) == status
    assert os.listdir(tmp_path) == ["stack.json"]
    for broken in ("", "{", "[]", json.dumps({"pid": 1}), json.dumps({"children": {"web": {}}})):
        path.write_text(broken)
        assert read(path) is None
