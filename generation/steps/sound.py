"""The episode's sound in one AAC track."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.assembly.ambience import SILENT, air_of
from generation.assembly.audio import write_aac
from generation.assembly.loudness import normalised
from generation.assembly.mix import Spoken, Stretch, mixed
from generation.assembly.signal import RATE
from generation.assembly.wav import read_stereo
from generation.engines.base import RenderContext
from generation.steps.files import finished
from generation.steps.inputs import Input
from generation.voices.speech import read_wav


def run(spec: Mapping[str, Any], inputs: Mapping[str, Input], out: Path, ctx: RenderContext) -> dict[str, Any]:
    """`{shots, sample_rate, target_lufs}`, shot:1.., voice:<shot>:<i> -> sound.m4a, with its loudness."""
    cv2.setNumThreads(1)
    ctx.check()
    stretches = _stretches(spec["shots"], inputs, ctx)
    ctx.progress(0.2)
    mix = mixed(stretches, ctx.check)
    ctx.check()
    ctx.progress(0.6)
    mix, loudness = normalised(mix, float(spec["target_lufs"]), ctx.check)
    ctx.check()
    with finished(out / "sound.m4a") as path:
        write_aac(path, mix, ctx.check)
        ctx.check()
    ctx.progress(1.0)
    return {"duration_ms": round(mix.shape[1] * 1000 / RATE), "loudness_lufs": round(loudness, 2)}


def _stretches(shots: list[Mapping[str, Any]], inputs: Mapping[str, Input], ctx: RenderContext) -> list[Stretch]:
    stretches, clock = [], 0.0
    for number, shot in enumerate(shots, start=1):
        ctx.check()
        meta = inputs[f"shot:{number}"].meta
        start, end = round(clock * RATE), round((clock + meta["frames"] / meta["fps"]) * RATE)
        clock += meta["frames"] / meta["fps"]
        own = _own(inputs[f"shot:{number}"])
        if own is not None:  # the model has spoken, and there is air in what it made
            stretches.append(Stretch(start, end, SILENT, (), own))
            continue
        spoken = [_spoken(inputs[f"voice:{number}:{line['index']}"], start, line["start_ms"]) for line in meta["lines"]]
        air = air_of(shot, str(meta.get("provenance", {}).get("weather", "")))
        stretches.append(Stretch(start, end, air, tuple(spoken)))
    return stretches


def _own(shot: Input) -> NDArray[np.float32] | None:
    path = shot.folder / "sound.wav"
    return read_stereo(path) if path.is_file() else None


def _spoken(voice: Input, shot_start: int, start_ms: int) -> Spoken:
    samples, rate = read_wav(voice.folder / "line.wav")
    return Spoken(samples, rate, shot_start + start_ms * RATE // 1000)
