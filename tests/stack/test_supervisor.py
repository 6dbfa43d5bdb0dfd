"""Small real children: started, restarted, stopped in order, and never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from stack.lock import StackLock, is_held
from stack.places import Places, StackError
from stack.supervisor import Child, Supervisor
from tests.live import ROOT
from tests.stack.processes import wait_until

SLEEPS = ("/bin/sh", "-c", "sleep 60 & wait")
STUBBORN = ("/bin/sh", "-c", "trap '' TERM INT; touch ready; while :; do sleep 0.1; done")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(tmp_path / "state", tmp_path / "run")
    places.make()
    return places


@pytest.fixture
def supervisor(places: Places) -> Iterator[Supervisor]:
    supervisor = Supervisor(places)
    yield supervisor
    supervisor.stop()


def sleeper(name: str = "sleeper", **more: object) -> Child:
    return Child(**{"name": name, "argv": SLEEPS, "ready": lambda: True, "grace": 2.0, **more})  # type: ignore[arg-type]


def end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def test_a_child_that_is_killed_is_started_again_with_growing_pauses(supervisor: Supervisor) -> None:
    run = supervisor.start(sleeper())
    pauses = []
    for _ in range(3):
        end(run.process.pid)
        wait_until(lambda: run.process.poll() is not None, 5, "the child ends")
        said = supervisor.tend()
        pauses.append(said[0].rpartition(" in ")[2])
        run.retry_at = time.monotonic()
        assert supervisor.tend() == ["sleeper runs again"]
    assert pauses == ["0.5 s", "1 s", "2 s"]
    assert run.restarts == 3
    assert run.process.poll() is None


def test_a_child_that_was_steady_starts_its_pauses_anew(supervisor: Supervisor) -> None:
    run = supervisor.start(sleeper())
    run.failures, run.started = 5, time.monotonic() - 3600
    end(run.process.pid)
    wait_until(lambda: run.process.poll() is not None, 5, "the child ends")
    assert supervisor.tend() == ["sleeper ended with -9; starting it again in 0.5 s"]


def test_the_pause_before_a_restart_has_an_end(supervisor: Supervisor) -> None:
    run = supervisor.start(sleeper())
    run.failures = 40
    end(run.process.pid)
    wait_until(lambda: run.process.poll() is not None, 5, "the child ends")
    assert supervisor.tend() == ["sleeper ended with -9; starting it again in 30 s"]


def test_a_restart_ends_what_the_dead_child_had_started(supervisor: Supervisor) -> None:
    run = supervisor.start(sleeper())
    wait_until(lambda: bool(psutil.Process(run.process.pid).children()), 5, "the grandchild runs")
    [grandchild] = psutil.Process(run.process.pid).children()
    end(run.process.pid)
    wait_until(lambda: run.process.poll() is not None, 5, "the child ends")
    supervisor.tend()
    wait_until(lambda: gone(grandchild), 5, "the grandchild is gone too")


def gone(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def test_children_stop_highest_tier_first(places: Places) -> None:
    supervisor = Supervisor(places)
    script = 'trap "echo $0 >>{}; exit 0" TERM; while :; do sleep 0.05; done'.format(places.state / "order")
    for name, tier in (("server", 0), ("page", 2), ("worker", 1)):
        supervisor.start(sleeper(name, argv=("/bin/sh", "-c", script, name), tier=tier))
    time.sleep(0.5)
    supervisor.stop()
    assert (places.state / "order").read_text().split() == ["page", "worker", "server"]


def test_a_child_that_does_not_listen_is_killed_after_its_grace(places: Places) -> None:
    supervisor = Supervisor(places)
    run = supervisor.start(sleeper(argv=STUBBORN, cwd=places.state, grace=0.5))
    wait_until((places.state / "ready").exists, 5, "the child ignores signals")
    supervisor.stop()
    assert run.process.returncode == -signal.SIGKILL


def test_a_child_that_ends_while_it_starts_is_told_with_the_end_of_its_log(supervisor: Supervisor) -> None:
    supervisor.start(sleeper(argv=("/bin/sh", "-c", "echo no such table; exit 3"), ready=lambda: False))
    with pytest.raises(StackError, match="sleeper ended with 3 while it started") as told:
        supervisor.wait_ready(["sleeper"], seconds=10)
    assert told.value.code == "stack_child_failed"
    assert told.value.message.endswith("no such table")


def test_a_child_that_is_never_ready_is_told_after_its_time(supervisor: Supervisor) -> None:
    supervisor.start(sleeper(ready=lambda: False))
    with pytest.raises(StackError, match="was not ready after 0 s"):
        supervisor.wait_ready(["sleeper"], seconds=0.2)


def test_waiting_ends_when_somebody_asks_to_stop(supervisor: Supervisor) -> None:
    run = supervisor.start(sleeper(ready=lambda: False))
    supervisor.wait_ready(["sleeper"], seconds=60, asked=lambda: True)
    assert run.ready is False


def test_a_watchdog_that_is_killed_is_replaced_and_knows_the_children(places: Places) -> None:
    supervisor = Supervisor(places)
    run = supervisor.start(sleeper())
    end(supervisor.watchdog.pid)
    supervisor.watchdog.wait()
    supervisor.tend()
    watchdog = supervisor.watchdog
    assert watchdog.stdin is not None
    watchdog.stdin.close()  # what the kernel does when the parent is killed
    assert watchdog.wait(10) == 0
    assert run.process.wait(5) == -signal.SIGTERM
    supervisor.stop()


PARENT = """
import sys, time
sys.path[:0] = [sys.argv[1] + "/platform", sys.argv[1]]
from pathlib import Path
from stack.lock import StackLock
from stack.places import Places
from stack.supervisor import Child, Supervisor
places = Places(Path(sys.argv[2]), Path(sys.argv[2]) / "run")
places.make()
lock = StackLock(places.lock)
assert lock.take()
supervisor = Supervisor(places, lock.fd)
shell = "trap '' TERM; while :; do sleep 0.1; done" if sys.argv[3] == "stubborn" else "sleep 60"
run = supervisor.start(Child("child", ("/bin/sh", "-c", shell), lambda: True, grace=1.0))
print(run.process.pid, supervisor.watchdog.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("kernel_helps", [True, False])
@pytest.mark.parametrize("manner", ["quiet", "stubborn"])
def test_a_killed_parent_leaves_no_orphan_and_frees_the_lock(tmp_path: Path, manner: str, kernel_helps: bool) -> None:
    variables = dict(os.environ) if kernel_helps else os.environ | {"RW_NO_PDEATHSIG": "1"}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(ROOT), str(tmp_path), manner],
        stdout=subprocess.PIPE, text=True, env=variables,
    )
    assert parent.stdout is not None
    family = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
    assert is_held(tmp_path / "lock")
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: all(gone(process) for process in family), 10, "all are gone")
    wait_until(lambda: not is_held(tmp_path / "lock"), 2, "the lock is free")


def test_the_lock_is_held_by_one_and_free_after_release(tmp_path: Path) -> None:
    first, second = StackLock(tmp_path / "lock"), StackLock(tmp_path / "lock")
    assert is_held(tmp_path / "lock") is False
    assert first.take() is True
    assert second.take() is False
    assert is_held(tmp_path / "lock") is True
    first.release()
    assert second.take() is True
    second.release()
