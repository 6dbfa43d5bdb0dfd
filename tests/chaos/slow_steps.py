"""A Celery application whose steps are the small ones of the tests, made to last long enough to be killed in."""

import time

import django

from config.celery import app  # noqa: F401 - what `celery -A` looks for

django.setup()

from generation.steps import KINDS  # noqa: E402
from tests.generation.tiny import install  # noqa: E402

STEP_SECONDS = 0.4


class Here:
    """Stands in for pytest's monkeypatch: this process lives for one test anyway."""

    @staticmethod
    def setitem(target, name, value) -> None:
        target[name] = value


def linger(kind, spec, ctx) -> None:
    end = time.monotonic() + STEP_SECONDS
    while time.monotonic() < end:
        ctx.check()
        time.sleep(0.02)


install(Here, linger)
assert KINDS["shot"].queue == "render"
