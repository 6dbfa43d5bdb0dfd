"""Frames that a model made become a clip: as many as the lines need, as large as the profile wants, with captions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generation.assembly.encoder import clip_writer
from generation.assembly.signal import RATE, resampled
from generation.assembly.wav import write_stereo
from generation.captions.burn import Captions
from generation.engines.base import LineTiming, RenderContext, ResolvedShot, ShotResult, VoiceClip
from generation.engines.retime import retimed
from generation.engines.stills import Stills, telling
from generation.steps.files import finished
from generation.timing import ShotTiming, shot_timing

Frame: TypeAlias = NDArray[np.uint8]
CHECK_FRAMES, PROGRESS_FRAMES = 4, 12
DECODED = 0.4  # of the step's time is spent when the frames are there
STILL_MS = 350  # after the first words begin


@dataclass(frozen=True, slots=True)
class Footage:
    """`count` frames, each (height, width, 3) bytes of RGB, at `fps`; `sound` stereo (2, samples) at `rate` Hz."""

    frames: Iterator[Frame]
    count: int
    fps: float
    sound: NDArray[np.float32] | None = None
    rate: int = RATE


def timing_of(shot: ResolvedShot, voices: Sequence[VoiceClip], footage: Footage) -> ShotTiming:
    """By our voices; where the model speaks itself the shot is as long as it made it, the lines spread alike."""
    ours = shot_timing([voice.duration_ms for voice in voices], shot.spec.shot.estimated_ms, shot.fps)
    if footage.sound is None:
        return ours
    frames = max(1, round(footage.count * shot.fps / footage.fps))
    starts = tuple(round(start * frames / ours.frames) for start in ours.line_starts_ms)
    return ShotTiming(frames, shot.fps, starts)


def cut(
    shot: ResolvedShot, voices: Sequence[VoiceClip], footage: Footage, timing: ShotTiming, encoder: Mapping[str, Any],
    out: Path, context: RenderContext,
) -> None:  # fmt: skip
    """Write clip.mp4, last.jpg, last.png and preview.jpg into `out`, and sound.wav where the model speaks itself.

    When it raises, nothing of them is left.
    """
    cv2.setNumThreads(1)
    with _nothing_half(out):
        _Cutting(shot, voices, timing, footage).encode(encoder, out, context)
        if footage.sound is not None:
            _write_sound(footage.sound, footage.rate, timing, out / "sound.wav")


def result_of(
    shot: ResolvedShot, voices: Sequence[VoiceClip], timing: ShotTiming, out: Path, provenance: Mapping[str, Any]
) -> ShotResult:
    """What `cut` has left, as engines tell it; `provenance` is said of engine, version and framing as well."""
    lines = tuple(
        LineTiming(index, start, voice.duration_ms)
        for index, (start, voice) in enumerate(zip(timing.line_starts_ms, voices, strict=True))
    )
    told = {"engine": shot.engine, "version": shot.version, "framing": shot.spec.shot.framing} | dict(provenance)
    return ShotResult(
        out / "clip.mp4", out / "last.jpg", out / "preview.jpg", timing.frames, timing.duration_ms, lines,
        shot.spec.seed, telling(shot.spec.shot), told,
    )  # fmt: skip


@dataclass
class _Cutting:
    """Frames in, clip and stills out."""

    shot: ResolvedShot
    voices: Sequence[VoiceClip]
    timing: ShotTiming
    footage: Footage

    def encode(self, encoder: Mapping[str, Any], out: Path, context: RenderContext) -> None:
        frames = self.footage.frames
        shown = retimed(self.footage.count, self.footage.fps, self.timing.frames, self.shot.fps)
        stills, still_at = Stills(context.workdir), self._still_at()
        captions = Captions(self.shot.spec, self.voices, self.timing, self.shot.width)
        size, raw = (self.shot.width, self.shot.height), next(frames)
        whole = covering(raw, *size)
        with clip_writer(out / "clip.mp4", *size, self.shot.fps, int(encoder["crf"]), encoder) as writer:
            for index, (before, at) in enumerate(pairwise((0, *shown))):
                if at != before:
                    for _ in range(at - before):
                        raw = next(frames)
                    whole = covering(raw, *size)
                if index % CHECK_FRAMES == 0:
                    context.check()
                if index == still_at:
                    _jpeg(whole, out / "preview.jpg")
                if index % PROGRESS_FRAMES == 0:
                    done = DECODED + (1 - DECODED) * index / len(shown)
                    context.progress(done, stills.due(whole[..., ::-1]))
                writer.write_rgba(captions.on(cv2.cvtColor(whole, cv2.COLOR_RGB2RGBA), index))
            context.check()
        _jpeg(whole, out / "last.jpg")
        with finished(out / "last.png") as path:  # as the model made it: the next shot may begin with it
            Image.fromarray(raw).save(path, "PNG")

    def _still_at(self) -> int:
        starts = self.timing.line_starts_ms
        ms = starts[0] + STILL_MS if starts else self.timing.duration_ms // 2
        return min(self.timing.frames - 1, ms * self.timing.fps // 1000)


def covering(frame: Frame, width: int, height: int) -> Frame:
    """The frame scaled until it covers width x height, and cut to it from its middle."""
    rows, columns = frame.shape[:2]
    if (columns, rows) == (width, height):
        return frame
    scale = max(width / columns, height / rows)
    size = (max(width, round(columns * scale)), max(height, round(rows * scale)))
    large = cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(large[top : top + height, left : left + width])


def _write_sound(sound: NDArray[np.float32], rate: int, timing: ShotTiming, path: Path) -> None:
    """48 kHz stereo, exactly as long as the clip."""
    length = round(timing.frames * RATE / timing.fps)
    stereo = np.zeros((2, length), np.float32)
    for channel, samples in enumerate(sound):
        wide = resampled(samples, rate)[:length]
        stereo[channel, : len(wide)] = wide
    with finished(path) as draft:
        write_stereo(draft, stereo)


@contextmanager
def _nothing_half(out: Path) -> Iterator[None]:
    """Leave nothing behind when the block raises."""
    try:
        yield
    except BaseException:
        for name in ("clip.mp4", "preview.jpg", "last.jpg", "last.png", "sound.wav"):
            (out / name).unlink(missing_ok=True)
        raise


def _jpeg(picture: Frame, path: Path) -> None:
    with finished(path) as draft:
        Image.fromarray(picture).save(draft, "JPEG", quality=88)
