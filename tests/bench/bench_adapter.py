"""What our stages add to a diffusers pipeline: words, latents and decoding as steps, against one bare call.

A tiny model, made to work for long by many denoising steps, on one thread; CPU seconds, ours and bare in turn.
"""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from tests.bench.harness import Result, compare

SECONDS = 30.0  # of CPU for a shot at least: what is added once a shot must not be seen
ROUNDS = 9
MODEL = "tiny-wan"
FEW = 12  # steps for sizing


class Nobody:
    """Runs a stage for nobody, and asks as seldom as the real runner does."""

    def __init__(self, workdir: Path) -> None:
        self.workdir = workdir

    def progress(self, fraction: float, preview: Path | None = None) -> None:
        pass

    def check(self) -> None:
        pass

    def keeping(self) -> nullcontext[None]:
        return nullcontext()


def run() -> list[Result]:
    with tempfile.TemporaryDirectory() as name:
        os.environ |= {"RW_MODELS_DIR": name, "RW_DEVICE": "cpu", "RW_TORCH_THREADS": "1"}
        return _measured(Path(name))


def _measured(folder: Path) -> list[Result]:
    from dataclasses import replace

    import torch

    from generation.engines.diffusion.cards import model_card
    from generation.engines.diffusion.runtime import stages, tiny
    from generation.engines.diffusion.runtime.device import device
    from generation.engines.diffusion.runtime.manager import models
    from generation.engines.diffusion.store import folder_of, write_manifest
    from generation.engines.diffusion.take import Prompts, Take

    card = model_card(MODEL)
    write_manifest(tiny.make_tiny(MODEL, folder_of(card)))
    assert device().type == "cpu"
    words = Prompts("Mara, red coat, opens a door, close-up", "blurred")
    take = Take(MODEL, "text", 1, 256, 448, 25, 12, FEW, card.guidance)

    def bare(take: Take) -> float:
        with models().use(MODEL) as loaded:
            pipe = loaded.pipe("text")
            started = time.process_time()
            frames = pipe(
                words.positive, negative_prompt=words.negative, width=take.width, height=take.height,
                num_frames=take.frames, num_inference_steps=take.steps, guidance_scale=take.guidance,
                max_sequence_length=card.max_tokens, generator=torch.Generator("cpu").manual_seed(1), output_type="pt",
            ).frames[0]
            for frame in frames:
                (frame.permute(1, 2, 0).float() * 255).round().clamp(0, 255).to(torch.uint8).numpy()
            return time.process_time() - started

    def ours(take: Take) -> float:
        nobody = Nobody(folder)
        started = time.process_time()
        stages.embed(MODEL, words, folder, nobody)
        prompt = folder / "prompt.safetensors"
        stages.denoise(take, prompt, first=None, last=None, references=(), out=folder, ctx=nobody)
        with stages.decode(take, folder / "latents.safetensors", nobody) as decoded:
            for _ in decoded.frames:
                pass
        return time.process_time() - started

    bare(take)
    one, many = bare(replace(take, steps=1)), bare(take)
    steps = round(FEW * SECONDS / (many - one))
    long = replace(take, steps=steps)
    whole = compare(
        "diffusion_adapter", lambda: ours(long), lambda: bare(long), unit="CPU s", rounds=ROUNDS,
        budget="<= 1.03x of the bare pipeline",
    )
    short = replace(take, steps=1, frames=1, width=64, height=128)
    once = compare(
        "diffusion_adapter_per_shot", lambda: ours(short) * 1000, lambda: bare(short) * 1000, unit="CPU ms",
        budget="<= 50 ms CPU more than the bare pipeline", rounds=ROUNDS,
    )
    return [whole, once]
