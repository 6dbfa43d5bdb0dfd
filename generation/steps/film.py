"""The stages of a diffusion shot before its clip, each a step: words, keyframe, latents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generation.engines.base import RenderContext
from generation.engines.diffusion.room import enter
from generation.engines.diffusion.take import Prompts, Take
from generation.steps.inputs import Input

PROMPT, KEYFRAME, LAST = "prompt.safetensors", "keyframe.png", "last.png"


def prompt(spec: Mapping[str, Any], inputs: Mapping[str, Input], out: Path, ctx: RenderContext) -> dict[str, Any]:
    """`{identity, prompts}` -> prompt.safetensors; meta says how many of its words the model could not read."""
    meta: dict[str, Any] = enter("stages", ctx).embed(spec["identity"]["model"], Prompts(**spec["prompts"]), out, ctx)
    ctx.progress(1.0)
    return meta


def keyframe(spec: Mapping[str, Any], inputs: Mapping[str, Input], out: Path, ctx: RenderContext) -> dict[str, Any]:
    """`{identity, take[, prompts]}`, prompt -> keyframe.png; a character's sheet is one as well."""
    meta: dict[str, Any] = enter("stages", ctx).keyframe(
        Take(**spec["take"]), _words(spec, inputs), references=(), out=out, ctx=ctx
    )
    ctx.progress(1.0)
    return meta


def latents(spec: Mapping[str, Any], inputs: Mapping[str, Input], out: Path, ctx: RenderContext) -> dict[str, Any]:
    """`{identity, take[, prompts, judge, rerolls]}`, prompt, and keyframe, last or sheet:0.. -> latents.safetensors."""
    first = next((inputs[name].folder / file for name, file in FIRST.items() if name in inputs), None)
    sheets = [inputs[name].folder / KEYFRAME for name in sorted(inputs) if name.startswith("sheet:")]
    meta: dict[str, Any] = enter("judged", ctx).denoise(
        Take(**spec["take"]), _words(spec, inputs), first=first, references=sheets, out=out, ctx=ctx,
        rerolls=int(spec.get("rerolls", 0)),
    )  # fmt: skip
    ctx.progress(1.0)
    return meta


FIRST = {"keyframe": KEYFRAME, "last": LAST}


def _words(spec: Mapping[str, Any], inputs: Mapping[str, Input]) -> Path | Prompts:
    return inputs["prompt"].folder / PROMPT if "prompt" in inputs else Prompts(**spec["prompts"])
