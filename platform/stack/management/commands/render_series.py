"""`manage.py render_series DIR`: every screenplay of a folder, as the episodes of one series."""

import argparse
import json
from pathlib import Path
from typing import Any

from common.errors import DomainError
from stack.rendering import fountain_files
from stack.studio_commands import BAD_INPUT, RenderCommand


class Command(RenderCommand):
    help = "Render the Fountain files of a folder in the order of their names; all are read before one is rendered."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder with .fountain files")
        parser.add_argument("--title", default="", help="title of the series (default: name of the folder)")
        parser.add_argument("--out", type=Path, help="where to put them (default build/<name of the folder>)")
        self.add_render_arguments(parser)

    def handle(self, **options: Any) -> None:
        folder: Path = options["folder"].resolve()
        out: Path = options["out"] or Path("build") / folder.name
        try:
            files = fountain_files(folder)
        except DomainError as wrong:
            self.as_json = options["json"]
            raise self.refused(wrong, BAD_INPUT) from wrong
        jobs = [self.read(path, out=out / path.stem, options=options) for path in files]
        reports = self.render_all(jobs, series_title=options["title"] or folder.name, command="manage.py render_series")
        for job, report in zip(jobs, reports, strict=True):
            self.tell(job, report)
        if self.as_json:
            self.stdout.write(json.dumps(reports, ensure_ascii=False))
