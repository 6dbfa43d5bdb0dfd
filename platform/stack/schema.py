"""Brings the database's schema up to date, one process at a time."""

from django.core.management import call_command
from django.db import connection

ADVISORY_LOCK = 0x5265656C  # any number that means this and nothing else in this database


def migrate() -> None:
    """Run the migrations under an advisory lock: two stacks on one managed database take turns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        try:
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])
    disconnect()


def disconnect() -> None:
    """Let go of every connection of this process, so that the server can stop at once."""
    connection.close()
    close_pool = getattr(connection, "close_pool", None)
    if close_pool:
        close_pool()
