"""The kinds of work that make an episode: files in, files out. No kind knows the database or who runs it.

`run(spec, inputs, out, ctx) -> meta`: reads only `spec` (JSON) and `inputs` (name -> `Input`), leaves files in `out`,
returns JSON. Same spec and same inputs leave the same bytes on one machine. When it raises, `out` holds nothing half.
`estimate(spec) -> float` is CPU seconds on one ordinary core, for the price and the progress bar.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from generation.engines.base import RenderContext
from generation.steps.estimates import ladder_seconds, package_seconds, shot_seconds, sound_seconds, voice_seconds
from generation.steps.inputs import Input

__all__ = ["KINDS", "Input", "StepKind"]

Run = Callable[[Mapping[str, Any], Mapping[str, Input], Path, RenderContext], dict[str, Any]]
Estimate = Callable[[Mapping[str, Any]], float]


@dataclass(frozen=True, slots=True)
class StepKind:
    """One kind of step. `version` is part of the key: raise it when the same spec would leave other bytes."""

    name: str
    queue: str
    version: str
    run: Run
    estimate: Estimate


def _lazy(module: str) -> Run:
    """The step's code (OpenCV, PyAV) is imported when it first runs: planning in a web process stays light."""

    def run(spec: Mapping[str, Any], inputs: Mapping[str, Input], out: Path, ctx: RenderContext) -> dict[str, Any]:
        meta: dict[str, Any] = import_module(f"generation.steps.{module}").run(spec, inputs, out, ctx)
        return meta

    return run


KINDS: dict[str, StepKind] = {
    kind.name: kind
    for kind in (
        StepKind("voice", "voice", "1", _lazy("voice"), voice_seconds),
        StepKind("shot", "render", "1", _lazy("shot"), shot_seconds),
        StepKind("ladder", "encode", "1", _lazy("ladder"), ladder_seconds),
        StepKind("sound", "encode", "1", _lazy("sound"), sound_seconds),
        StepKind("package", "encode", "1", _lazy("package"), package_seconds),
    )
}
