"""How fast a model is on this machine: the figures that a card's `step_seconds` want."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from generation.engines.diffusion.cards import ModelCard
from generation.engines.diffusion.runtime import stages
from generation.engines.diffusion.runtime.device import describe
from generation.engines.diffusion.runtime.manager import models
from generation.engines.diffusion.snap import frames_for
from generation.engines.diffusion.take import Prompts, Take

WORDS = Prompts("a woman in a red coat opens a door, close-up", "blurred")


class Alone:
    """Runs a stage for nobody."""

    jobs: Any = None  # nothing is asked of a service here

    def __init__(self, workdir: Path) -> None:
        self.workdir = workdir

    def progress(self, fraction: float, preview: Path | None = None) -> None:
        """Nobody looks."""

    def check(self) -> None:
        """Nobody cancels."""

    def keeping(self) -> nullcontext[None]:
        return nullcontext()


def measure(card: ModelCard, *, frames: int = 0) -> dict[str, Any]:
    """Seconds of loading, words, each denoising step, decoding; at the card's own size, by a text take."""
    mode = "text" if "text" in card.modes else next(iter(card.modes))
    count = frames_for(card, frames or card.max_frames)
    take = Take(card.name, mode, 1, card.width, card.height, count, card.fps, card.steps, card.guidance)  # type: ignore[arg-type]
    took: dict[str, Any] = {"model": card.name, "size": f"{take.width}x{take.height}", "frames": count, **describe()}
    with tempfile.TemporaryDirectory() as name:
        alone = Alone(Path(name))
        with _timed(took, "load"), models().use(card.name):
            pass
        words: Path | Prompts = WORDS
        if card.embeds:
            with _timed(took, "prompt"):
                stages.embed(card.name, WORDS, alone.workdir, alone)
            words = alone.workdir / "prompt.safetensors"
        with _timed(took, "denoise"):
            stages.denoise(take, words, first=None, last=None, references=(), out=alone.workdir, ctx=alone)
        took["step_seconds"] = round(took["denoise_seconds"] / take.steps, 4)
        with _timed(took, "decode"), stages.decode(take, alone.workdir / "latents.safetensors", alone) as decoded:
            for _ in decoded.frames:
                pass
    return took


@contextmanager
def _timed(took: dict[str, Any], name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    took[f"{name}_seconds"] = round(time.perf_counter() - started, 3)
