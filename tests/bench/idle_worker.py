"""A Celery application for `bench_step_overhead`: steps that do next to nothing, and a bare task that does nothing."""

import time

import django

from config.celery import app

django.setup()

from django.core.cache import cache  # noqa: E402

from generation.steps import KINDS, StepKind  # noqa: E402

QUEUE = "bench"


def nothing(spec, inputs, out, ctx):  # type: ignore[no-untyped-def]
    """Says when it began."""
    began = time.time()
    (out / "made").write_bytes(b"ok")
    return {"began": began}


KINDS["nothing"] = StepKind("nothing", QUEUE, "1", nothing, lambda spec: 0.1)


@app.task(name="bench.nothing", ignore_result=True)
def bare() -> None:
    """The floor."""


@app.task(name="bench.mark", ignore_result=True)
def mark(name: str) -> None:
    """Everything that was sent before is done (one process, one queue)."""
    cache.set(f"bench-{name}", time.time(), 60)
