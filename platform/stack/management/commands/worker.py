"""`manage.py worker --queue render`: one supervised Celery worker, for machines that only render."""

import argparse
import os
import signal
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand

from stack import children
from stack.places import Places
from stack.running import TEND_SECONDS
from stack.supervisor import Supervisor

QUEUES = ("default", "voice", "render", "encode")


class Command(BaseCommand):
    help = "Run one Celery worker and start it again if it dies; Ctrl-C lets it finish what it can and ends it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--queue", action="append", choices=QUEUES, help="may be given again (default: all)")
        parser.add_argument("--concurrency", type=int, default=os.cpu_count() or 1, help="processes (default: cores)")

    def handle(self, **options: Any) -> None:
        asked: list[int] = []
        for signo in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signo, lambda number, frame: asked.append(number))
        places = Places.of()
        places.make()
        name = f"worker-{os.getpid()}"
        supervisor = Supervisor(places)
        try:
            supervisor.start(
                children.worker(places, name, options["queue"] or QUEUES, options["concurrency"], foreground=True)
            )
            while not asked:
                for line in supervisor.tend():
                    self.stderr.write(line)
                time.sleep(TEND_SECONDS)
        finally:
            supervisor.stop()
            places.ready_file(name).unlink(missing_ok=True)
        sys.stdout.flush()
