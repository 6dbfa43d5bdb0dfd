"""What the commands that render share: options, the order of things, and how errors reach people and programs."""

import argparse
import json
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.text import Text

from common.errors import DomainError
from stack.bars import RenderBars
from stack.devices import device_for
from stack.local import local_studio
from stack.rendering import Job, explain, make, read_job
from stack.running import Wish, ensure_stack

BAD_INPUT = 2
INTERRUPTED = 130
NO_GPU_WORKER = (
    "The stack that runs here has no worker for diffusion models. Unless one runs elsewhere, start it beside:\n"
    "  python manage.py worker --gpu 0    (--cpu for the tiny models)"
)


class RenderCommand(BaseCommand):
    """Files in, episodes out. Exit codes: 0 done, 1 failed, 2 bad input (nothing was stored), 130 interrupted."""

    requires_system_checks: list[str] = []
    as_json = False

    def add_render_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--profile", default="animatic", help="what to render with (default %(default)s)")
        parser.add_argument("--language", default="", help="refuse a file that is not in this language (en, zh)")
        parser.add_argument("--json", action="store_true", help="print the report as JSON and nothing else")

    @property
    def console(self) -> Console:
        """Where progress goes: with --json stdout is for the program that reads it."""
        return Console(stderr=True, quiet=self.as_json)

    def read(self, path: Path, *, out: Path, options: dict[str, Any]) -> Job:
        """A job, before any server is started; bad input ends the command with exit code 2."""
        self.as_json = options["json"]
        try:
            return read_job(path, profile=options["profile"], out=out, language=options["language"])
        except DomainError as wrong:
            raise self.refused(wrong, BAD_INPUT, path) from wrong

    @contextmanager
    def working(self, command: str, *, stopped: str, profile: str = "animatic") -> Iterator[None]:
        """A stack that runs or is started for it, then with the worker that `profile` needs. Refusals end the command
        with 1, Ctrl-C (`stopped` is said) with 130.
        """
        say = self.console
        for signo in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C also where a shell in the background had it ignored
            signal.signal(signo, signal.default_int_handler)
        try:
            wish = Wish(command, timezone.now(), gpu=device_for(profile))
            with ensure_stack(wish, lambda line: say.print(Text(line))) as status:
                if wish.gpu is not None and "gpu" not in status.children:
                    say.print(Text(NO_GPU_WORKER))
                yield
        except DomainError as failed:
            raise self.refused(failed, 1) from failed
        except KeyboardInterrupt as interrupted:
            raise CommandError(stopped, returncode=INTERRUPTED) from interrupted

    def render_all(self, jobs: Sequence[Job], *, series_title: str, command: str) -> list[dict[str, Any]]:
        """Render every job, one after the other, as episodes 1, 2, … of one series."""
        with self.working(command, stopped="Stopped; the render is cancelled.", profile=jobs[0].profile):
            return self.make_all(jobs, series_title=series_title)

    def make_all(self, jobs: Sequence[Job], *, series_title: str) -> list[dict[str, Any]]:
        local, reports = local_studio(), []
        with RenderBars(self.console) as bars:
            for number, job in enumerate(jobs, start=1):
                bars.begin(job.title)
                reports.append(
                    make(job, local=local, series_title=series_title, number=number, now=timezone.now(), show=bars.show)
                )
        return reports

    def tell(self, job: Job, report: dict[str, Any]) -> None:
        """Where the files are and what it took."""
        seconds = f"{report['duration_ms'] / 1000:.1f} s"
        work = f"{report['steps_run']} steps run, {report['steps_reused']} reused, {report['seconds']:.1f} s"
        self.console.print(Text(f"{job.title}: {seconds} in {job.out}/episode.mp4 ({work})"))

    def refused(self, error: DomainError, code: int, path: Path | None = None) -> CommandError:
        """The error as this command ends: on stderr for people, with --json also on stdout for programs."""
        if self.as_json:
            found = {"code": error.code, "message": error.message, "remedy": error.remedy, "details": error.details}
            self.stdout.write(json.dumps({"error": found}, ensure_ascii=False))
        return CommandError(explain(error, path), returncode=code)
