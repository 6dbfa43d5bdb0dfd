"""`manage.py demo`: the whole platform with two series that are made before your eyes, from nothing."""

import argparse
import os
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console

from common.errors import DomainError
from stack.children import Address
from stack.demo.making import Stage
from stack.demo.people import refuse_production
from stack.demo.running import run
from stack.demo.showing import Bars, JsonLines, Shows, name_of
from stack.lock import StackLock
from stack.places import Places, StackError
from stack.rendering import explain
from stack.running import Wish, ensure_stack
from stack.schema import disconnect
from stack.status import Status


class Command(BaseCommand):
    help = "Run the platform and make two series on it; Ctrl-C ends it, the next run goes on where it was."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=Address().port, help="port to listen on (default %(default)s)")
        parser.add_argument("--json", action="store_true", help="print events as one JSON document a line")
        parser.add_argument("--episodes", type=int, help="make only so many of each series (default: all)")
        parser.add_argument("--exit-when-done", action="store_true", help="stop again as soon as all is published")

    def handle(self, **options: Any) -> None:
        for signo in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # also where a shell has it ignored
            signal.signal(signo, signal.default_int_handler)  # all end it the same way, in order
        shows: Shows = JsonLines(self._line) if options["json"] else Bars(Console())
        wish = Wish("manage.py demo", timezone.now(), Address(port=options["port"]))
        try:
            refuse_production()
            with ensure_stack(wish, shows.say) as status:
                failed = self._demo(status, shows, options["episodes"])
                if status.pid == os.getpid() and not options["exit_when_done"]:
                    threading.Event().wait()
        except DomainError as refused:
            raise CommandError(explain(refused)) from refused
        except KeyboardInterrupt:
            shows.say("stopped; make demo goes on where it was")
        else:
            if failed:
                raise CommandError("\n".join(failed))

    def _demo(self, status: Status, shows: Shows, episodes: int | None) -> list[str]:
        """Make what is missing, unless another demo is at it; returns what went wrong, a line for each episode."""
        if not status.url:
            raise StackError(
                f"The stack that runs here ({status.command}) has no pages.", remedy="Try again when it has ended."
            )
        lock = StackLock(Places.of().state / "demo.lock")
        if not lock.take():
            shows.say("another demo is making the episodes")
            shows.doors(status.url)
            return []
        try:
            works = run(url=status.url, shows=shows, episodes=episodes)
        finally:
            lock.release()
            disconnect()
        shows.say(f"{sum(work.stage is Stage.PUBLISHED for work in works)} of {len(works)} episodes are published")
        return [f"{name_of(work)}: {work.note}" for work in works if work.stage is Stage.FAILED]

    def _line(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
