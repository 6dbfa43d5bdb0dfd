"""A Celery application for one test: real steps, and a film that waits after each denoising step until it may go on."""

import os
import time
from pathlib import Path

import django

from config.celery import app  # noqa: F401 - what `celery -A` looks for

django.setup()

from generation.context import StepContext  # noqa: E402

GATE = Path(os.environ["RW_TEST_GATE"])  # a folder: `open` lets films go on, `reached` says that one waits
plain = StepContext.progress


def progress(self: StepContext, fraction: float, preview: Path | None = None) -> None:
    plain(self, fraction, preview)
    if self._lease.kind == os.environ["RW_TEST_KIND"] and 0 < fraction < 1:
        (GATE / "reached").touch()
        while not (GATE / "open").exists():
            self.check()
            time.sleep(0.02)


StepContext.progress = progress  # type: ignore[method-assign]
