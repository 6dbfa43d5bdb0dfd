import os
from pathlib import Path
from typing import Any

from django.apps import AppConfig


class StackConfig(AppConfig):
    name = "stack"

    def ready(self) -> None:
        """A worker or beat that the stack started says by the file that the stack names whether it takes work."""
        if path := os.environ.get("RW_READY_FILE"):
            from celery.signals import beat_init, worker_ready, worker_shutting_down

            def announce(**_: Any) -> None:
                Path(path).touch()

            def withdraw(**_: Any) -> None:
                Path(path).unlink(missing_ok=True)

            worker_ready.connect(announce, weak=False)
            worker_shutting_down.connect(withdraw, weak=False)  # its processes see it, and claim nothing more
            beat_init.connect(announce, weak=False)
