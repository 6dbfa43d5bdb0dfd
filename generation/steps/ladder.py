"""A shot's lower rungs, from its mezzanine: decoded once, scaled by area, encoded with the same settings."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import cv2

from generation.assembly.encoder import clip_writer, read_i420, scale_i420
from generation.engines.base import RenderContext
from generation.steps.inputs import Input

CHECK_FRAMES, PROGRESS_FRAMES = 6, 24


def run(spec: Mapping[str, Any], inputs: Mapping[str, Input], out: Path, ctx: RenderContext) -> dict[str, Any]:
    """`{rungs, fps, encoder}` and shot -> <rung>.mp4 each; meta: frames."""
    cv2.setNumThreads(1)
    shot, encoder, fps = inputs["shot"], spec["encoder"], int(spec["fps"])
    total = max(1, int(shot.meta["frames"]))
    out.mkdir(parents=True, exist_ok=True)
    frames = 0
    with ExitStack() as stack:
        writers = [
            stack.enter_context(
                clip_writer(out / f"{rung['name']}.mp4", rung["width"], rung["height"], fps, int(rung["crf"]), encoder)
            )
            for rung in spec["rungs"]
        ]
        for frames, frame in enumerate(read_i420(shot.folder / "clip.mp4"), start=1):
            if frames % CHECK_FRAMES == 1:
                ctx.check()
            if frames % PROGRESS_FRAMES == 0:
                ctx.progress(frames / total)
            for writer, rung in zip(writers, spec["rungs"], strict=True):
                writer.write(scale_i420(frame, rung["width"], rung["height"]))
    return {"frames": frames}
