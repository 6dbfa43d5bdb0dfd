import os
from pathlib import Path
from typing import Any

from django.apps import AppConfig


class StackConfig(AppConfig):
    name = "stack"

    def ready(self) -> None:
        """A worker or beat that the stack started says that it takes work by making the file named by the stack."""
        if path := os.environ.get("RW_READY_FILE"):
            from celery.signals import beat_init, worker_ready

            def announce(**_: Any) -> None:
                Path(path).touch()

            worker_ready.connect(announce, weak=False)
            beat_init.connect(announce, weak=False)
