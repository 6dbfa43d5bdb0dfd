"""The kinds of work that make an episode: files in, files out. No kind knows the database or who runs it.

`run(spec, inputs, out, ctx) -> meta`: reads only `spec` (JSON) and `inputs` (name -> `Input`), leaves files in `out`,
returns JSON. Same spec and same inputs leave the same bytes on one machine. When it raises, `out` holds nothing half.
`estimate(spec) -> float` is CPU seconds on one ordinary core, for the price and the progress bar.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from generation.engines.base import RenderContext
from generation.steps import estimates
from generation.steps.inputs import Input

__all__ = ["KINDS", "Input", "StepKind"]

Run = Callable[[Mapping[str, Any], Mapping[str, Input], Path, RenderContext], dict[str, Any]]
Estimate = Callable[[Mapping[str, Any]], float]


@dataclass(frozen=True, slots=True)
class StepKind:
    """One kind of step. `version` is part of the key: raise it when the same spec would leave other bytes.

    `libraries` are the distributions whose version decides the bytes as well. `reads` says which files of an input the
    step opens, by the input's name up to its colon; an input that is not in it is read whole.
    """

    name: str
    queue: str
    version: str
    run: Run
    estimate: Estimate
    libraries: tuple[str, ...] = ()
    reads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def files_of(self, name: str) -> tuple[str, ...] | None:
        """The files that the step opens of its input `name`; None: all of them."""
        return self.reads.get(name.partition(":")[0])


def _lazy(module: str, name: str = "run") -> Run:
    """The step's code (OpenCV, PyAV) is imported when it first runs: planning in a web process stays light."""

    def run(spec: Mapping[str, Any], inputs: Mapping[str, Input], out: Path, ctx: RenderContext) -> dict[str, Any]:
        meta: dict[str, Any] = getattr(import_module(f"generation.steps.{module}"), name)(spec, inputs, out, ctx)
        return meta

    return run


PYAV, OPENCV, NUMPY, PILLOW = "av", "opencv-python-headless", "numpy", "pillow"
WORDS = ("jieba", "manimgx-fonts-cjk")  # where Chinese words end, and how letters look
STILLS, META_ONLY = ("preview.jpg",), ()

KINDS: dict[str, StepKind] = {
    kind.name: kind
    for kind in (
        StepKind("voice", "voice", "1", _lazy("voice"), estimates.voice_seconds, ("espeakng-loader", NUMPY)),
        # what they are run with is pinned by the engine's card: torch is not where planning is
        StepKind("prompt", "gpu", "1", _lazy("film", "prompt"), estimates.told_seconds),
        StepKind("sheet", "gpu", "1", _lazy("film", "keyframe"), estimates.told_seconds),
        StepKind("keyframe", "gpu", "1", _lazy("film", "keyframe"), estimates.told_seconds),
        StepKind("latents", "gpu", "1", _lazy("film", "latents"), estimates.told_seconds, (), {"last": ("last.png",)}),
        StepKind("footage", "remote", "1", _lazy("footage"), estimates.told_seconds, (), {"last": ("last.png",)}),
        StepKind(  # what the engine uses comes on top, see `engines.EngineCard`
            "shot", "render", "1", _lazy("shot"), estimates.shot_seconds, (PYAV,), {"last": ("last.jpg",)},
        ),
        StepKind(
            "ladder", "encode", "1", _lazy("ladder"), estimates.ladder_seconds, (PYAV, OPENCV, NUMPY),
            {"shot": ("clip.mp4",)},
        ),
        StepKind(
            "sound", "encode", "3", _lazy("sound"), estimates.sound_seconds, (PYAV, OPENCV, NUMPY),
            {"shot": ("sound.wav",)},  # only a model that speaks leaves one
        ),
        StepKind("join", "encode", "1", _lazy("join"), estimates.join_seconds, (PYAV,), {"shot": ("clip.mp4",)}),
        StepKind("poster", "encode", "2", _lazy("poster"), estimates.poster_seconds, (PILLOW,), {"shot": STILLS}),
        StepKind(
            "package", "encode", "2", _lazy("package"), estimates.package_seconds, (PILLOW, *WORDS),
            {"shot": STILLS, "voice": META_ONLY},
        ),
    )
}
