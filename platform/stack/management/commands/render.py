"""`manage.py render FILE`: one screenplay becomes one episode on disk."""

import argparse
import json
from pathlib import Path
from typing import Any

from stack.studio_commands import RenderCommand


class Command(RenderCommand):
    help = "Render a Fountain file to episode.mp4, poster, captions and a report; starts the stack if it is not up."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a screenplay in Fountain")
        parser.add_argument("--out", type=Path, help="folder for the files (default build/<name of the file>)")
        self.add_render_arguments(parser)

    def handle(self, **options: Any) -> None:
        path: Path = options["file"]
        job = self.read(path, out=options["out"] or Path("build") / path.stem, options=options)
        [report] = self.render_all([job], series_title=job.title, command="manage.py render")
        self.tell(job, report)
        if self.as_json:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
