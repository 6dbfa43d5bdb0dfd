"""A shot's captions, laid over its frames while they are encoded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import cv2

from generation.captions.chunks import chunks_of
from generation.captions.overlay import Pixels, stamp
from generation.captions.plates import Plate, Rgba, narration, plates_of
from generation.engines.base import ShotSpec, VoiceClip
from generation.timing import ShotTiming

WIDTH = 720  # what plates are drawn for


class Captions:
    """Knows what is to be read at each frame; nothing where the shot's captions are not burned."""

    def __init__(self, spec: ShotSpec, voices: Sequence[VoiceClip], timing: ShotTiming, width: int = WIDTH) -> None:
        """`width`: of the frames in pixels; plates are scaled to it."""
        self._fps = timing.fps
        plates = _plates(spec, voices, timing) if spec.captions_burned else []
        self._plates = plates if width == WIDTH else [_scaled(plate, width / WIDTH) for plate in plates]

    def on(self, picture: Pixels, index: int) -> Pixels:
        """The picture (four channels) with its captions, laid over it in place."""
        ms = index * 1000 // self._fps
        for plate in self._plates:
            if plate.start_ms <= ms < plate.end_ms:
                stamp(picture, plate.pixels, plate.x, plate.y)
        return picture


def _scaled(plate: Plate, factor: float) -> Plate:
    pixels: Rgba = cv2.resize(plate.pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return replace(plate, pixels=pixels, x=round(plate.x * factor), y=round(plate.y * factor))


def _plates(spec: ShotSpec, voices: Sequence[VoiceClip], timing: ShotTiming) -> list[Plate]:
    """Every caption of the shot, each ending before the next begins."""
    shot = spec.shot
    if not shot.lines:
        told = shot.action and not shot.action.endswith(("the face changing", "神情变化"))
        return narration(shot.action, spec.language, start_ms=120, end_ms=timing.duration_ms - 120) if told else []
    plates: list[Plate] = []
    for line, voice, start in zip(shot.lines, voices, timing.line_starts_ms, strict=True):
        tag = line.speaker if line.off_screen or line.speaker not in shot.cast else ""
        for chunk in chunks_of(voice.words, spec.language):
            plates += plates_of(chunk, offset_ms=start, speaker=line.speaker, language=spec.language, tag=tag)
    limits = [after.start_ms for _, after in pairwise(plates)] + [timing.duration_ms]
    return [replace(plate, end_ms=min(plate.end_ms, limit)) for plate, limit in zip(plates, limits, strict=True)]
