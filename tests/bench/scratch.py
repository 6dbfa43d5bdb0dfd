"""A database of the benchmark's own, and servers of its own where the environment names none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


@contextmanager
def scratch_database() -> Iterator[None]:
    """An empty, migrated database and an empty shelf until the block ends. Sets Django up."""
    with ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            _own_servers(stack)
        import django

        django.setup()
        from django.conf import settings
        from django.db import connection

        folder = stack.enter_context(tempfile.TemporaryDirectory())
        shelf = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(Path(folder))}}
        settings.STORAGES = settings.STORAGES | {"default": shelf}
        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        stack.callback(connection.creation.destroy_test_db, name, verbosity=0)
        yield


def _own_servers(stack: ExitStack) -> None:
    from stack.lock import StackLock
    from stack.places import Places
    from stack.servers import CARELESS, create_database, start_postgres, start_valkey
    from stack.supervisor import Supervisor

    places = Places.of(Path(stack.enter_context(tempfile.TemporaryDirectory())) / "state")
    places.make()
    lock = StackLock(places.lock)
    lock.take()
    stack.callback(lock.release)
    supervisor = Supervisor(places, lock.fd)
    stack.callback(supervisor.stop)
    start_postgres(supervisor, options=CARELESS)
    start_valkey(supervisor)
    create_database(places)
    os.environ |= {
        "RW_STATE_DIR": str(places.state), "DATABASE_URL": places.database_url(), "REDIS_URL": places.redis_url()
    }
