"""`manage.py up`: the whole platform on one machine, with nothing installed but Python packages."""

import argparse
import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.errors import DomainError
from stack.children import Address
from stack.devices import add_device_arguments, device_of
from stack.places import Places, StackError
from stack.running import TEND_SECONDS, Stack, Wish
from stack.terminal import Board, JsonLines, Shows

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Command(BaseCommand):
    help = "Run PostgreSQL, Valkey, web, workers and beat; Ctrl-C ends them all."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default=Address().host, help="address to listen on (default %(default)s)")
        parser.add_argument("--port", type=int, default=Address().port, help="port to listen on (default %(default)s)")
        add_device_arguments(parser.add_mutually_exclusive_group())
        parser.add_argument("--json", action="store_true", help="print events as one JSON document a line")
        parser.add_argument("--exit-when-ready", action="store_true", help="stop again as soon as all is ready")

    def handle(self, **options: Any) -> None:
        asked: list[int] = []
        for signo in SIGNALS:
            signal.signal(signo, lambda number, frame: asked.append(number))
        shows: Shows = JsonLines(self._line) if options["json"] else Board()
        try:
            device = device_of(options)
        except DomainError as refused:
            raise CommandError(f"{refused.message}\n{refused.remedy}") from refused
        wish = Wish("manage.py up", timezone.now(), Address(options["host"], options["port"]), device)
        stack = Stack(Places.of(), wish, shows.say)
        try:
            with shows.showing(stack.status):
                stack.start(lambda: bool(asked))
                if not asked:
                    shows.ready(stack.status())
                while not (asked or options["exit_when_ready"]):
                    stack.tend()
                    time.sleep(TEND_SECONDS)
        except StackError as failure:
            raise CommandError(f"{failure.message}\n{failure.remedy}") from failure
        finally:
            stack.stop()
        shows.say("stopped")

    def _line(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
