"""Tiny models on disk, once for all tests of a run, and one thread, so that bits repeat."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of models, filled as they are asked for (see `tiny`)."""
    folder = tmp_path_factory.mktemp("models")
    before = {name: os.environ.get(name) for name in ("RW_MODELS_DIR", "RW_DEVICE", "RW_TORCH_THREADS")}
    os.environ |= {"RW_MODELS_DIR": str(folder), "RW_DEVICE": "cpu", "RW_TORCH_THREADS": "1"}
    yield folder
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


def tiny(name: str) -> str:
    """Make a tiny model if it is not there; returns its name."""
    from generation.engines.diffusion.cards import model_card
    from generation.engines.diffusion.runtime.tiny import make_tiny
    from generation.engines.diffusion.store import folder_of, is_here, write_manifest

    card = model_card(name)
    if not is_here(card):
        write_manifest(make_tiny(name, folder_of(card)))
    return name


class Watched:
    """A runner for one stage: remembers what it was told, and stops the work when `stop_at` checks were made."""

    def __init__(self, workdir: Path, stop_at: int | None = None) -> None:
        self.workdir, self.stop_at = workdir, stop_at
        self.told: list[float] = []
        self.stills: list[bytes] = []
        self.checks = 0

    def progress(self, fraction: float, preview: Path | None = None) -> None:
        self.told.append(fraction)
        if preview is not None:
            self.stills.append(preview.read_bytes())

    def check(self) -> None:
        self.checks += 1
        if self.stop_at is not None and self.told and len(self.told) >= self.stop_at:
            raise Stop

    def keeping(self) -> AbstractContextManager[None]:
        return nullcontext()


class Stop(Exception):
    """Somebody cancelled it."""
