"""The animatic engine: resolve is arithmetic, render draws once and then composes frame by frame into the encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
from PIL import Image

from generation.assembly.encoder import clip_writer
from generation.engines.animatic import VERSION
from generation.engines.animatic.paint import Pixels
from generation.engines.animatic.scene import HEIGHT, WIDTH, Scene
from generation.engines.base import LineTiming, RenderContext, ResolvedShot, ShotResult, ShotSpec, VoiceClip
from generation.engines.stills import Stills, telling
from generation.steps.files import finished
from generation.timing import ShotTiming, shot_timing

CHECK_FRAMES = 4  # a cancel is seen within a sixth of a second of picture
PROGRESS_FRAMES = 12


class AnimaticEngine:
    """Draws people and places from words. Any size is the 720 x 1280 picture, scaled."""

    id = "animatic"
    version = VERSION

    def resolve(self, spec: ShotSpec) -> ResolvedShot:
        """Even sizes, at most 60 frames a second."""
        width, height = spec.width - spec.width % 2, spec.height - spec.height % 2
        seconds = spec.shot.estimated_ms / 1000
        estimate = 1.0 + 0.3 * seconds * width * height / (WIDTH * HEIGHT)
        return ResolvedShot(spec, self.id, self.version, width, height, min(60, max(1, spec.fps)), round(estimate, 2))

    def render(
        self,
        shot: ResolvedShot,
        voices: Sequence[VoiceClip],
        encoder: Mapping[str, Any],
        out: Path,
        context: RenderContext,
    ) -> ShotResult:
        """See `Engine.render`. One OpenCV thread: workers already run one process a core."""
        cv2.setNumThreads(1)
        context.check()
        timing = shot_timing([voice.duration_ms for voice in voices], shot.spec.shot.estimated_ms, shot.fps)
        scene = Scene(shot.spec, voices, timing, context.check)
        context.check()
        still, stills = _sized(scene.frame(scene.telling_frame(), captions=False), shot), Stills(context.workdir)
        _jpeg(still, out / "preview.jpg")
        context.progress(0.05, stills.due(still))
        try:
            self._encode(scene, shot, timing, encoder, out, context, stills)
        except BaseException:
            (out / "preview.jpg").unlink(missing_ok=True)
            raise
        return self._result(scene, shot, voices, timing, out)

    def _encode(
        self, scene: Scene, shot: ResolvedShot, timing: ShotTiming, encoder: Mapping[str, Any], out: Path,
        context: RenderContext, stills: Stills,
    ) -> None:  # fmt: skip
        clip = out / "clip.mp4"
        picture: Pixels | None = None
        with clip_writer(clip, shot.width, shot.height, shot.fps, int(encoder["crf"]), encoder) as writer:
            for index in range(timing.frames):
                if index % CHECK_FRAMES == 0:
                    context.check()
                if index % PROGRESS_FRAMES == 0:
                    still = None if picture is None else stills.due(picture)
                    context.progress(0.05 + 0.95 * index / timing.frames, still)
                picture = _sized(scene.frame(index), shot)
                writer.write_rgba(picture)
            context.check()
        if picture is not None:
            _jpeg(picture, out / "last.jpg")

    def _result(
        self, scene: Scene, shot: ResolvedShot, voices: Sequence[VoiceClip], timing: ShotTiming, out: Path
    ) -> ShotResult:
        lines = tuple(
            LineTiming(index, start, voice.duration_ms)
            for index, (start, voice) in enumerate(zip(timing.line_starts_ms, voices, strict=True))
        )
        spec = shot.spec
        return ShotResult(
            clip=out / "clip.mp4",
            last_frame=out / "last.jpg",
            preview=out / "preview.jpg",
            frames=timing.frames,
            duration_ms=timing.duration_ms,
            lines=lines,
            seed=spec.seed,
            telling=telling(spec.shot),
            provenance={
                "engine": self.id,
                "version": self.version,
                "weather": scene.weather,
                "framing": spec.shot.framing,
            },
        )


def _sized(picture: Pixels, shot: ResolvedShot) -> Pixels:
    if (shot.width, shot.height) == (WIDTH, HEIGHT):
        return picture
    result: Pixels = cv2.resize(picture, (shot.width, shot.height), interpolation=cv2.INTER_AREA)
    return result


def _jpeg(picture: Pixels, path: Path) -> None:
    with finished(path) as draft:
        Image.fromarray(picture[..., :3].copy()).save(draft, "JPEG", quality=88)
