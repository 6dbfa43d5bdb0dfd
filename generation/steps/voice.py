"""One line of text becomes a WAV with word times."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generation.engines.base import RenderContext
from generation.steps.files import finished
from generation.steps.inputs import Input
from generation.voices.speech import speak, write_wav


def run(spec: Mapping[str, Any], inputs: Mapping[str, Input], out: Path, ctx: RenderContext) -> dict[str, Any]:
    """`{text, language, voice, manner}` -> line.wav; meta: duration_ms, sample_rate, words [[text, start, end]]."""
    ctx.check()
    speech = speak(
        text=str(spec["text"]),
        language=str(spec["language"]),
        voice=str(spec["voice"]),
        manner=str(spec.get("manner", "")),
    )
    with finished(out / "line.wav") as path:
        write_wav(path, speech)
    ctx.progress(1.0)
    return {
        "duration_ms": speech.duration_ms,
        "sample_rate": speech.sample_rate,
        "words": [list(word) for word in speech.words],
    }
