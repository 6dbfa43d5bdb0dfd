"""The still that tells most of the episode."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from generation.engines.base import RenderContext
from generation.steps.files import finished
from generation.steps.inputs import Input

POSTER, STILL = "poster.jpg", "preview.jpg"
TOO_DARK = 22.0  # mean of 0..255 below which a still is no poster


def run(spec: Mapping[str, Any], inputs: Mapping[str, Input], out: Path, ctx: RenderContext) -> dict[str, Any]:
    """`{shots}`, shot:1.. -> poster.jpg: a face, well lit; the first of equals. Meta: the number of its shot."""
    ctx.check()
    stills = [inputs[f"shot:{number}"] for number in range(1, int(spec["shots"]) + 1)]
    best = max(
        range(len(stills)),
        key=lambda i: (_brightness(stills[i]) > TOO_DARK, float(stills[i].meta.get("telling", 0)), -i),
    )
    with finished(out / POSTER) as draft:
        shutil.copyfile(stills[best].folder / STILL, draft)
        ctx.check()
    ctx.progress(1.0)
    return {"shot": best + 1}


def _brightness(still: Input) -> float:
    with Image.open(still.folder / STILL) as picture:
        picture.draft("L", (90, 160))
        small = picture.convert("L").resize((18, 32))
        return sum(small.tobytes()) / (18 * 32)
