"""Every rung of the episode with its sound, in one file each: packets are copied, nothing is encoded again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generation.assembly.join import join
from generation.engines.base import RenderContext
from generation.packaging.boxes import codecs, layout
from generation.steps.files import finished
from generation.steps.inputs import Input


def run(spec: Mapping[str, Any], inputs: Mapping[str, Input], out: Path, ctx: RenderContext) -> dict[str, Any]:
    """`{rungs: [names, the mezzanine's first], shots, fps}`, shot:1.., ladder:1.., sound -> <rung>.mp4 each.

    Meta: frames, loudness_lufs, and where the fragments of each rung lie, so that playlists can do without the files.
    """
    out.mkdir(parents=True, exist_ok=True)
    try:
        return _joined(spec, inputs, out, ctx)
    except BaseException:
        for path in out.iterdir():
            path.unlink()
        raise


def _joined(spec: Mapping[str, Any], inputs: Mapping[str, Input], out: Path, ctx: RenderContext) -> dict[str, Any]:
    rungs, numbers, fps = list(spec["rungs"]), range(1, int(spec["shots"]) + 1), int(spec["fps"])
    told = {}
    for index, rung in enumerate(rungs):
        ctx.check()
        clips = [_clip(inputs, number, rung, top=index == 0) for number in numbers]
        with finished(out / f"{rung}.mp4") as path:
            join(clips, inputs["sound"].folder / "sound.m4a", path, fps)
        told[rung] = _told(out / f"{rung}.mp4", fps)
        ctx.progress((index + 1) / len(rungs))
    ctx.check()
    frames = sum(int(inputs[f"shot:{number}"].meta["frames"]) for number in numbers)
    return {"frames": frames, "loudness_lufs": inputs["sound"].meta["loudness_lufs"], "rungs": told}


def _clip(inputs: Mapping[str, Input], number: int, rung: str, *, top: bool) -> Path:
    return inputs[f"shot:{number}"].folder / "clip.mp4" if top else inputs[f"ladder:{number}"].folder / f"{rung}.mp4"


def _told(path: Path, fps: int) -> dict[str, Any]:
    where = layout(path, fps)
    return {
        "codecs": codecs(path),
        "size_bytes": path.stat().st_size,
        "init_size": where.init_size,
        "fragments": [[part.offset, part.size, part.start, part.duration] for part in where.fragments],
    }
