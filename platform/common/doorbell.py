"""Messages are doorbells: sent after commit, with ids only, and safe to lose or to double.

Tasks are rung by their registered name, so that services never import tasks. A broker that is gone costs the caller at
most the socket timeout of settings; the row that the task would look for is there, and a periodic sweep finds it.
"""

from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import ChannelError, OperationalError
from redis.exceptions import RedisError

from common import outage

log = structlog.get_logger(__name__)
# connecting fails with kombu's own error, publishing on a connection that has died with the client library's
LOST = (OSError, OperationalError, RedisError)


def ring(task: str, *, queue: str | None = None, **ids: Any) -> bool:
    """Send `task` to its queue now; returns whether the broker took it.

    Raises `KeyError` for a name that no app has registered (a programming error).
    """
    registered = current_app.tasks[task]
    options: dict[str, Any] = {"queue": queue} if queue else {}
    if outage.lasts():
        log.warning("doorbell_lost", task=task, error="outage", **ids)
        return False
    try:
        registered.apply_async(kwargs=ids, retry=False, **options)
    except LOST as gone:
        outage.note(gone)
        log.warning("doorbell_lost", task=task, error=str(gone), **ids)
        return False
    return True


def waiting(queue: str) -> int:
    """How many messages wait at the broker in `queue`; 0 also if it cannot be asked (ringing will tell)."""
    if outage.lasts():
        return 0
    try:
        pool: Any = current_app.pool
        with pool.acquire(block=True) as line:
            return int(line.default_channel.queue_declare(queue, passive=True).message_count)
    except ChannelError:  # a queue that has never had a message, or has none now
        return 0
    except LOST as gone:
        outage.note(gone)
        return 0


def ring_after_commit(task: str, *, queue: str | None = None, **ids: Any) -> None:
    """Send `task` once the surrounding transaction has committed (at once if there is none)."""
    transaction.on_commit(lambda: ring(task, queue=queue, **ids))
