"""`manage.py worker --queue render` or `--gpu 0`: one supervised Celery worker, for machines that only render."""

import argparse
import os
import signal
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.engines.diffusion.room import WrongTools, require_tools
from stack import children
from stack.places import Places
from stack.running import TEND_SECONDS
from stack.supervisor import Child, Supervisor

QUEUES = ("default", "voice", "render", "encode")
GPU_QUEUE = "gpu"
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
        what.add_argument("--queue", action="append", choices=QUEUES, help="may be given again (default: all)")
        what.add_argument("--gpu", type=int, metavar="N", help="the GPU with this number, and nothing else")
        what.add_argument("--cpu", action="store_true", help="diffusion models on the CPU: for the tiny ones")
        parser.add_argument("--concurrency", type=int, default=os.cpu_count() or 1, help="processes (default: cores)")
        parser.add_argument(
            "--drain", type=float, help=f"seconds to finish a step in (default: {DRAIN:g}, on a GPU {GPU_DRAIN:g})"
        )

    def handle(self, **options: Any) -> None:
        places = Places.of()
        places.make()
        name = f"worker-{os.getpid()}"
        _tend(self, places, _child(places, name, options))
        places.ready_file(name).unlink(missing_ok=True)
        sys.stdout.flush()


def _child(places: Places, name: str, options: dict[str, Any]) -> Child:
    if options["gpu"] is None and not options["cpu"]:
        drain = DRAIN if options["drain"] is None else options["drain"]
        queues = options["queue"] or QUEUES
        return children.worker(places, name, queues, options["concurrency"], foreground=True, drain=drain)
    try:
        require_tools()
    except WrongTools as wrong:
        raise CommandError(f"{wrong.message} {wrong.remedy}") from wrong
    here = {"RW_DEVICE": "cpu"} if options["cpu"] else _gpu(options["gpu"])
    drain = GPU_DRAIN if options["drain"] is None else options["drain"]
    return children.worker(places, name, [GPU_QUEUE], 1, foreground=True, drain=drain, env=here)


def _gpu(number: int) -> dict[str, str]:
    """The process sees one GPU, which is then its first; whether torch can use it is asked before work is taken."""
    env = {"RW_DEVICE": "cuda:0", "CUDA_VISIBLE_DEVICES": str(number)}
    if not children.sees_gpu(env):
        raise CommandError(
            f"torch sees no GPU number {number} on this machine. Install the driver and a CUDA build of torch, or "
            "start with --cpu for the tiny models."
        )
    return env


def _tend(command: BaseCommand, places: Places, child: Child) -> None:
    asked: list[int] = []
    for signo in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signo, lambda number, frame: asked.append(number))
    supervisor = Supervisor(places)
    try:
        supervisor.start(child)
        while not asked:
            for line in supervisor.tend():
                command.stderr.write(line)
            time.sleep(TEND_SECONDS)
    finally:
        supervisor.stop()
