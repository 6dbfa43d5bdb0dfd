"""A film that is looked at before it is kept, and made again with the next seed if it is broken."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generation.engines.base import RenderContext
from generation.engines.diffusion.judge import Judge, Verdict, verdict
from generation.engines.diffusion.runtime import stages
from generation.engines.diffusion.take import Prompts, Take

FILM = "latents.safetensors"


def denoise(
    take: Take, words: Path | Prompts, *, first: Path | None, references: Sequence[Path], out: Path,
    ctx: RenderContext, rerolls: int,
) -> dict[str, Any]:  # fmt: skip
    """As `stages.denoise`; with `rerolls` each film is looked at, and of several the one with the fewest faults is kept
    (the first of equals). Meta's `tries` says of each seed what was wrong with it.
    """
    tries: list[dict[str, Any]] = []
    best: tuple[int, dict[str, Any]] | None = None
    kept = ctx.workdir / FILM
    for again in range(1 + rerolls):
        rolled = replace(take, seed=take.seed + again)
        meta = stages.denoise(rolled, words, first=first, last=None, references=references, out=out, ctx=ctx)
        if not rerolls:
            return meta
        found = _seen(rolled, out / FILM, references, ctx)
        tries.append({"seed": rolled.seed, **found.to_json()})
        if best is None or len(found.faults) < best[0]:
            best = (len(found.faults), meta)
            shutil.copyfile(out / FILM, kept)
        if not found.faults:
            break
    kept.replace(out / FILM)
    assert best is not None
    return best[1] | {"tries": tries}


def _seen(take: Take, film: Path, references: Sequence[Path], ctx: RenderContext) -> Verdict:
    known = [np.asarray(Image.open(path).convert("RGB")) for path in references]
    judge = Judge(known)
    with stages.decode(take, film, ctx) as decoded:
        for frame in decoded.frames:
            judge.see(frame)
            ctx.check()
    return verdict(judge.measures())
