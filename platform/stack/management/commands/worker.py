"""`manage.py worker --queue render` or `--gpu 0`: one supervised Celery worker, for machines that only render."""

import argparse
import os
import signal
import sys
import time
from contextlib import nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from stack import children
from stack.devices import add_device_arguments, device_of
from stack.places import Places
from stack.probes import answering
from stack.running import TEND_SECONDS
from stack.supervisor import Child, Supervisor

QUEUES = ("default", "voice", "render", "encode")
GPU_QUEUE, REMOTE_QUEUE = "gpu", "remote"
LIVE_SECONDS = 30.0
DRAIN, GPU_DRAIN = 8.0, 900.0  # seconds to finish a step in: a film on a GPU is too dear to be cut off


class Command(BaseCommand):
    help = (
        "Run one Celery worker and start it again if it dies. Ctrl-C or SIGTERM lets it finish the step it is at, and "
        "ends it. With --gpu N (one worker a GPU) or --cpu it makes the pictures of diffusion models; its one process "
        "keeps the model that it used last."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--queue", action="append", choices=(*QUEUES, REMOTE_QUEUE),
            help="may be given again (default: all that need neither a GPU nor a video service)")
        add_device_arguments(what)
        parser.add_argument("--concurrency", type=int, default=os.cpu_count() or 1, help="processes (default: cores)")
        parser.add_argument(
            "--health-port", type=int, metavar="PORT", help="answer GET /livez and /readyz there (default: nowhere)"
        )
        parser.add_argument(
            "--drain", type=float, help=f"seconds to finish a step in (default: {DRAIN:g}, on a GPU {GPU_DRAIN:g})"
        )

    def handle(self, **options: Any) -> None:
        places = Places.of()
        places.make()
        name = f"worker-{os.getpid()}"
        ready, tended = places.ready_file(name), Tended()
        port, probes = options["health_port"], {"/livez": tended.lately, "/readyz": ready.exists}
        with nullcontext() if port is None else answering(port, probes):
            _tend(self, places, _child(places, name, options), tended)
        ready.unlink(missing_ok=True)
        sys.stdout.flush()


def _child(places: Places, name: str, options: dict[str, Any]) -> Child:
    try:
        device = device_of(options)
    except DomainError as refused:
        raise CommandError(f"{refused.message} {refused.remedy}") from refused
    if device is None:
        queues, processes, drain = options["queue"] or QUEUES, options["concurrency"], DRAIN
    else:
        queues, processes, drain = [GPU_QUEUE], 1, GPU_DRAIN
    drain = drain if options["drain"] is None else options["drain"]
    return children.worker(places, name, queues, processes, foreground=True, drain=drain, env=device)


class Tended:
    """When the worker was looked after last: one that stands still is found by its probe."""

    def __init__(self) -> None:
        self.now()

    def now(self) -> None:
        self._at = time.monotonic()

    def lately(self) -> bool:
        return time.monotonic() - self._at < LIVE_SECONDS


def _tend(command: BaseCommand, places: Places, child: Child, tended: Tended) -> None:
    asked: list[int] = []
    for signo in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signo, lambda number, frame: asked.append(number))
    supervisor = Supervisor(places)
    try:
        supervisor.start(child)
        while not asked:
            tended.now()
            for line in supervisor.tend():
                command.stderr.write(line)
            time.sleep(TEND_SECONDS)
    finally:
        supervisor.stop()
