"""Episodes whose films come from the twin, and what becomes of their jobs."""

from __future__ import annotations

from generation.models import RemoteJob, Render, Step
from generation.runner import run_next
from tests.generation.tiny import drain, request_for, written
from tests.twins.videos import Videos

QUEUES = ("voice", "remote", "render", "encode")
ONE = """Title: The Key

INT. HALLWAY - NIGHT

MARA opens the door.
"""
TWO = ONE + """
A wet envelope lies under it. She picks it up and turns it over in the light.

EXT. STREET - DAY

A car waits with its engine running.
"""


def asked(source: str = ONE, profile: str = "remote") -> Render:
    return request_for(written(source), profile)


def filmed(render: Render) -> Render:
    drain(queues=QUEUES)
    render.refresh_from_db()
    return render


def footage(render: Render) -> Step:
    return Step.objects.get(links__render=render, kind="footage")


def once(queue: str = "remote") -> bool:
    return run_next(queue=queue, worker="test")


def states() -> list[str]:
    return list(RemoteJob.objects.order_by("pk").values_list("state", flat=True))


def jobs_made(twin: Videos) -> int:
    return len(twin.jobs)
