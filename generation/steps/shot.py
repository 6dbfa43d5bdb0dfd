"""One shot becomes a mezzanine clip, by whichever engine its spec names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from generation.engines import get_engine
from generation.engines.base import Film, RenderContext, ShotSpec, VoiceClip
from generation.steps.inputs import Input

DEFAULT_ENGINE, LAST = "animatic", "last.jpg"
FILMS = {"latents": "latents.safetensors", "footage": "film.mp4"}  # what stands before a clip, by its input


def run(spec: Mapping[str, Any], inputs: Mapping[str, Input], out: Path, ctx: RenderContext) -> dict[str, Any]:
    """`ShotSpec.to_json() | {encoder, engine}`, voice:0.. perhaps last, latents or footage -> clip.mp4, stills.

    An engine may leave more: last.png, and sound.wav where the model speaks itself.
    """
    shot = ShotSpec.from_json(spec)
    engine = get_engine(str(spec.get("engine", DEFAULT_ENGINE)))
    voices = [voice_clip(inputs[f"voice:{index}"]) for index in range(len(shot.shot.lines))]
    out.mkdir(parents=True, exist_ok=True)
    before = inputs["last"].folder / LAST if "last" in inputs else None
    resolved = replace(
        engine.resolve(shot), first_frame=before, film=_film(spec, inputs), lip_sync=str(spec.get("lip_sync", ""))
    )
    result = engine.render(resolved, voices, spec["encoder"], out, ctx)
    ctx.progress(1.0)
    return {
        "frames": result.frames,
        "fps": shot.fps,
        "duration_ms": result.duration_ms,
        "lines": [asdict(line) for line in result.lines],
        "action": shot.shot.action,
        "seed": result.seed,
        "telling": result.telling,
        "provenance": dict(result.provenance),
    }


def _film(spec: Mapping[str, Any], inputs: Mapping[str, Input]) -> Film | None:
    for name, file in FILMS.items():
        if made := inputs.get(name):
            return Film(made.folder / file, spec["take"], made.meta.get("provenance", {}))
    return None


def voice_clip(voice: Input) -> VoiceClip:
    """A voice step's result as the engine wants it."""
    words = tuple((str(text), int(start), int(end)) for text, start, end in voice.meta["words"])
    return VoiceClip(voice.folder / "line.wav", int(voice.meta["duration_ms"]), words)
