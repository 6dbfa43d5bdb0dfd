"""Real servers on private folders: made whole, healed, and never shared by accident."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from stack.binaries import postgres_bin
from stack.identity import Identity, postgres_identity
from stack.places import Places, StackError
from stack.servers import CARELESS, create_database, make_cluster, start_postgres, start_valkey
from stack.supervisor import Supervisor
from tests.stack.processes import wait_until


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An initialised cluster's state folder, made once: each test starts from a copy of it."""
    places = Places.of(tmp_path_factory.mktemp("cluster") / "state")
    places.make()
    identity = postgres_identity(places, postgres_bin() / "postgres")
    assert make_cluster(places, identity) is True
    assert make_cluster(places, identity) is False
    return places.state


@pytest.fixture
def supervisor(cluster: Path, tmp_path: Path) -> Iterator[Supervisor]:
    state = tmp_path / "state"
    shutil.copytree(cluster, state, symlinks=True)
    places = Places.of(state)
    places.make()
    supervisor = Supervisor(places)
    yield supervisor
    supervisor.stop()
    shutil.rmtree(places.run, ignore_errors=True)


def connect(places: Places, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(places.database_url(database), autocommit=True)


def is_back(supervisor: Supervisor, name: str) -> bool:
    supervisor.tend()
    return supervisor.running[name].ready and supervisor.running[name].restarts > 0


def test_a_database_is_made_once_and_knows_chinese_trigrams(supervisor: Supervisor) -> None:
    start_postgres(supervisor, options=CARELESS)
    create_database(supervisor.places)
    create_database(supervisor.places)
    with connect(supervisor.places, "reelwright") as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        found = connection.execute("SELECT array_length(show_trgm('雨夜的信'), 1)").fetchone()
    assert found == (5,)


def test_postgres_listens_on_its_private_socket_only(supervisor: Supervisor) -> None:
    start_postgres(supervisor, options=CARELESS)
    with connect(supervisor.places) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW unix_socket_permissions").fetchone() == ("0700",)
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)


def test_rows_survive_a_kill_and_the_server_comes_back_by_itself(supervisor: Supervisor) -> None:
    start_postgres(supervisor)
    with connect(supervisor.places) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
    os.kill(supervisor.running["postgres"].process.pid, signal.SIGKILL)
    wait_until(lambda: is_back(supervisor, "postgres"), 30, "postgres is ready again")
    with connect(supervisor.places) as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (42,)


def test_a_start_right_after_a_kill_waits_until_the_old_server_is_gone(supervisor: Supervisor) -> None:
    start_postgres(supervisor)
    with connect(supervisor.places) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
    run = supervisor.running.pop("postgres")
    os.kill(run.process.pid, signal.SIGKILL)  # its children live on for a moment, and hold its memory
    run.process.wait()
    start_postgres(supervisor)
    with connect(supervisor.places) as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (42,)


def test_what_a_killed_initdb_left_is_not_taken_for_a_cluster(tmp_path: Path) -> None:
    places = Places.of(tmp_path / "state")
    places.make()
    for rest in (places.half_made, places.data):
        rest.mkdir()
        (rest / "half").write_text("made")
    identity = postgres_identity(places, postgres_bin() / "postgres")
    assert make_cluster(places, identity) is True
    assert not places.half_made.exists()
    assert not (places.data / "half").exists()
    assert (places.data / "PG_VERSION").read_text() == "18\n"
    shutil.rmtree(places.run)


def test_a_broken_cluster_is_told_and_not_thrown_away(supervisor: Supervisor) -> None:
    (supervisor.places.data / "global" / "pg_control").unlink()
    with pytest.raises(StackError, match="postgres ended with") as told:
        start_postgres(supervisor)
    assert "pg_control" in told.value.message
    assert (supervisor.places.data / "PG_VERSION").exists()


def test_valkey_starts_over_a_stale_socket_and_keeps_what_it_was_told(supervisor: Supervisor) -> None:
    places = supervisor.places
    places.valkey_socket.write_text("stale")
    start_valkey(supervisor)
    with redis.Redis.from_url(places.redis_url(3)) as client:
        client.set("kept", "42")
        client.execute_command("WAITAOF", 1, 0, 2000)
    os.kill(supervisor.running["valkey"].process.pid, signal.SIGKILL)
    wait_until(lambda: is_back(supervisor, "valkey"), 15, "valkey is ready again")
    with redis.Redis.from_url(places.redis_url(3)) as client:
        assert client.get("kept") == b"42"


def test_an_ordinary_user_stays_who_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert postgres_identity(Places(tmp_path, tmp_path), tmp_path / "postgres") == Identity()


if os.geteuid() == 0:  # nobody else can become somebody else, and a skipped test would only be noise

    def test_root_takes_a_namespace_where_nobody_cannot_walk(tmp_path: Path) -> None:
        tmp_path.chmod(0o700)
        walled = Places(tmp_path / "state", tmp_path / "run")
        walled.make()
        choice = postgres_identity(walled, postgres_bin() / "postgres")
        assert choice.uid is None
        assert choice.prefix[1:] == ("--user", "--map-user=65534", "--map-group=65534")
        assert choice.run(["id", "-u"]).stdout == "65534\n"
        assert walled.postgres.stat().st_uid == 0
