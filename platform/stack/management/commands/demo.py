"""`manage.py demo`: the whole platform with two rendered episodes, from nothing."""

import argparse
import os
import signal
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from rich.text import Text

from common.errors import DomainError
from stack.children import Address
from stack.places import ROOT
from stack.rendering import fountain_files
from stack.running import Wish, ensure_stack
from stack.status import Status
from stack.studio_commands import INTERRUPTED, RenderCommand
from stack.terminal import addresses

EXAMPLES = ROOT / "docs" / "examples"
OPTIONS = {"profile": "animatic", "language": "", "json": False}


class Command(RenderCommand):
    help = "Run the platform and render the two example screenplays; Ctrl-C ends it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=Address().port, help="port to listen on (default %(default)s)")
        parser.add_argument("--exit-when-ready", action="store_true", help="stop again as soon as all is rendered")

    def handle(self, **options: Any) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # both end it the same way, in order
        out = Path("build") / "demo"
        wish = Wish("manage.py demo", timezone.now(), Address(port=options["port"]))
        try:
            jobs = [self.read(path, out=out / path.stem, options=OPTIONS) for path in fountain_files(EXAMPLES)]
            with ensure_stack(wish, self._say) as status:
                for job in jobs:
                    [report] = self.make_all([job], series_title=job.title)
                    self.tell(job, report)
                self._invite(status)
                if status.pid == os.getpid() and not options["exit_when_ready"]:
                    threading.Event().wait()
        except DomainError as failed:
            raise self.refused(failed, 1) from failed
        except KeyboardInterrupt as stopped:
            raise CommandError("stopped", returncode=INTERRUPTED) from stopped

    def _say(self, line: str) -> None:
        self.console.print(Text(line))

    def _invite(self, status: Status) -> None:
        for line in addresses(status):
            self._say(line)
