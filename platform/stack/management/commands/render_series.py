"""`manage.py render_series DIR`: every screenplay of a folder, as the episodes of one series."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from rich.text import Text

from common.errors import DomainError, Invalid
from generation import batches
from generation.batches.errors import PreflightFailed
from generation.models import Batch
from generation.preflight import blocking
from stack.local import local_studio
from stack.rendering import Job, RenderFailed, explain, fountain_files, read_job, write
from stack.schema import disconnect
from stack.series import Folder, View, begin, follow, pause, refuse_mixed, render_of, survey
from stack.series_shown import BatchBars, preflight_shown
from stack.studio_commands import BAD_INPUT, RenderCommand

STOPPED = "Stopped, and paused: the same command goes on from here."
WAITING = "The others wait. The same command with --yes, or without --pilot, makes them."


class Command(RenderCommand):
    help = (
        "Render the Fountain files of a folder, in the order of their names, as one batch: all are read and surveyed "
        "before one is rendered. A second run goes on where the first was stopped."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder with .fountain files")
        parser.add_argument("--title", default="", help="title of the series (default: name of the folder)")
        parser.add_argument("--out", type=Path, help="where to put them (default build/<name of the folder>)")
        parser.add_argument("--preflight", action="store_true", help="only report: store nothing, render nothing")
        parser.add_argument("--pilot", type=int, metavar="N", help="render episode N first, then ask")
        parser.add_argument("--yes", action="store_true", help="do not ask after the pilot: render the others")
        self.add_render_arguments(parser)

    def handle(self, **options: Any) -> None:
        self.as_json = options["json"]
        folder = self.folder(options)
        with self.working("manage.py render_series", stopped=STOPPED, profile=options["profile"]):
            report = survey(folder, local=local_studio(), now=timezone.now())
            self.console.print(preflight_shown(report))
            if options["preflight"]:
                self.answer(report)
                return
            if found := blocking(report):
                raise self.refused(PreflightFailed(blocking=found), BAD_INPUT)
            reports = self.render_folder(folder, options)
        self.answer(reports)

    def folder(self, options: dict[str, Any]) -> Folder:
        """All files, read before any server is started; what is wrong with any of them is said at once."""
        path: Path = options["folder"].resolve()
        out: Path = options["out"] or Path("build") / path.name
        try:
            files = fountain_files(path)
            jobs = self.read_all(files, out, options)
            refuse_mixed(jobs)
            if options["pilot"] is not None and not 1 <= options["pilot"] <= len(jobs):
                raise Invalid(
                    f"There is no episode {options['pilot']}.", code="no_such_pilot",
                    remedy=f"--pilot takes a number from 1 to {len(jobs)}.",
                )
        except DomainError as wrong:
            raise self.refused(wrong, BAD_INPUT) from wrong
        return Folder(jobs, options["title"] or path.name, options["profile"])

    def read_all(self, files: Sequence[Path], out: Path, options: dict[str, Any]) -> list[Job]:
        jobs, wrong = [], []
        for path in files:
            try:
                jobs.append(
                    read_job(path, profile=options["profile"], out=out / path.stem, language=options["language"])
                )
            except DomainError as error:
                wrong.append((path, error))
        if wrong:
            raise self.all_refused(wrong)
        return jobs

    def all_refused(self, wrong: list[tuple[Path, DomainError]]) -> CommandError:
        """Every bad file with its line. For programs: the first one, as for a single file, and all in `files`."""
        first = wrong[0][1]
        files = [
            {"file": str(path), "line": error.details.get("line"), "code": error.code, "message": error.message,
             "remedy": error.remedy}
            for path, error in wrong
        ]  # fmt: skip
        if self.as_json:
            details = first.details | {"files": files}
            self.refused(DomainError(first.message, code=first.code, remedy=first.remedy, **details), BAD_INPUT)
        return CommandError("\n".join(explain(error, path) for path, error in wrong), returncode=BAD_INPUT)

    def render_folder(self, folder: Folder, options: dict[str, Any]) -> list[dict[str, Any]]:
        """The batch, from its beginning or from where it was left, to its files."""
        batch = begin(folder, local=local_studio(), pilot=options["pilot"], now=timezone.now())
        reports: dict[int, dict[str, Any]] = {}
        try:
            if batches.batch_view(batch, now=timezone.now())["waits_for_go"]:
                self.look(batch, folder, reports, pilot_only=True)
                if not (options["yes"] or self.agreed()):
                    self.console.print(Text(WAITING))
                    return list(reports.values())
                batches.batch_go(batch=batch, now=timezone.now())
            self.look(batch, folder, reports, pilot_only=False)
        except KeyboardInterrupt:
            disconnect()  # it may have cut a query short, and that connection is of no more use
            pause(batch)
            raise
        return [reports[number] for number in sorted(reports)]

    def look(
        self, batch: Batch, folder: Folder, reports: dict[int, dict[str, Any]], *, pilot_only: bool
    ) -> None:
        """Follow it, and write each episode's files as soon as it is done. Raises `RenderFailed` with all that did not.
        """
        jobs = dict(folder.numbered())

        def show(view: View) -> None:
            bars.show(view)
            for row in view["episodes"]:
                if row["status"] == "done" and row["number"] not in reports:
                    reports[row["number"]] = write(render_of(row), jobs[row["number"]].out)
                    self.tell(jobs[row["number"]], reports[row["number"]])

        with BatchBars(self.console, folder.title) as bars:
            view = follow(batch, show, pilot_only=pilot_only)
        rows = [row for row in view["episodes"] if row["pilot"] or not pilot_only]
        if failed := [row for row in rows if row["status"] != "done"]:
            raise _failure(failed, jobs)

    def agreed(self) -> bool:
        """Whether whoever sits here wants the others too; a pipe is not asked."""
        if self.as_json or not sys.stdin.isatty():
            return False
        self.console.print(Text("Look at the pilot. Render the others? [y/N] "), end="")
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def answer(self, document: Any) -> None:
        if self.as_json:
            self.stdout.write(json.dumps(document, ensure_ascii=False))


def _failure(failed: list[View], jobs: dict[int, Job]) -> RenderFailed:
    """The first reason for people, all of them for programs."""
    first = failed[0]
    error = first["error"] or {"code": "", "message": f"It was {first['status']}.", "remedy": ""}
    message = f"{jobs[first['number']].path}: {error['message']}"
    if len(failed) > 1:
        message = f"{len(failed)} episodes were not made. {message}"
    return RenderFailed(message, code=error["code"], remedy=error["remedy"], episodes=[
        {"number": row["number"], "file": str(jobs[row["number"]].path), "status": row["status"], "error": row["error"]}
        for row in failed
    ])  # fmt: skip
