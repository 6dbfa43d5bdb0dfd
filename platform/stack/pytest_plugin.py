"""Tests run on real servers: one cluster a run, started by the controller; pytest-django makes a database per worker.

With `DATABASE_URL` set this does nothing: the tests then use what it names.
"""

import os
import shutil
from pathlib import Path

import pytest

from stack.lock import StackLock
from stack.places import Places, StackError
from stack.servers import CARELESS, create_database, start_postgres, start_valkey
from stack.supervisor import Supervisor

SLOTS = 16  # so many runs side by side in one checkout, each with a warm cluster of its own
OURS = "RW_TEST_SERVERS"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Runs before pytest-django reads the settings, which take the servers' addresses from the environment."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        _own_redis(worker)
    elif not os.environ.get("DATABASE_URL"):
        try:
            _serve(early_config)
        except StackError as failure:
            raise pytest.UsageError(f"{failure.message}\n{failure.remedy}") from failure


def _own_redis(worker: str) -> None:
    """Each xdist worker has a Valkey database of its own, on the controller's server."""
    if places := os.environ.get(OURS):
        os.environ["REDIS_URL"] = Places.of(Path(places)).redis_url(1 + int(worker.removeprefix("gw")))


def _serve(config: pytest.Config) -> None:
    places, lock = _free_slot()
    places.make()
    shutil.rmtree(places.state / "media", ignore_errors=True)
    supervisor = Supervisor(places, lock.fd)
    config.add_cleanup(lock.release)
    config.add_cleanup(supervisor.stop)
    _start_postgres_or_anew(supervisor)
    start_valkey(supervisor)
    create_database(places)
    os.environ.update(
        {
            OURS: str(places.state),
            "RW_STATE_DIR": str(places.state),
            "DATABASE_URL": places.database_url(),
            "REDIS_URL": os.environ.get("REDIS_URL") or places.redis_url(),
        }
    )


def _free_slot() -> tuple[Places, StackLock]:
    base = Places.of().state
    for slot in range(SLOTS):
        places = Places.of(base.with_name(f"{base.name}-test") / str(slot))
        places.state.mkdir(parents=True, exist_ok=True)
        lock = StackLock(places.lock)
        if lock.take():
            return places, lock
    raise StackError(f"{SLOTS} test runs are going on here.", remedy="Wait for one, or set DATABASE_URL.")


def _start_postgres_or_anew(supervisor: Supervisor) -> None:
    """A test cluster does not survive a crash of the machine (no fsync), and need not: make a new one."""
    try:
        start_postgres(supervisor, options=CARELESS)
    except StackError:
        if "postgres" not in supervisor.running:
            raise
        supervisor.discard("postgres")
        shutil.rmtree(supervisor.places.data, ignore_errors=True)
        start_postgres(supervisor, options=CARELESS)
