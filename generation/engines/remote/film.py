"""A film from outside: measured before it is believed, and read with demuxer and decoders named (see `media.probe`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from generation.assembly.signal import RATE
from generation.engines.cutting import Footage, Frame
from media.probe import OPTIONS, NotAVideo, probe

MOST_MS = 120_000
MOST_FPS = 120.0
LEAST_SIDE = 16


def measured(path: Path) -> dict[str, Any]:
    """Size, rate and length as the file has them. Raises `NotAVideo`, also for one that no shot can need."""
    seen = probe(path)
    side = min(seen.width, seen.height)
    if not (0 < seen.duration_ms <= MOST_MS and 0 < seen.fps <= MOST_FPS and side >= LEAST_SIDE):
        raise NotAVideo(f"A film of {seen.duration_ms} ms, {seen.width} x {seen.height} at {seen.fps:g} a second.")
    return {
        "frames": seen.frames, "fps": seen.fps, "width": seen.width, "height": seen.height,
        "duration_ms": seen.duration_ms, "sound": seen.audio_codec is not None,
    }  # fmt: skip


@contextmanager
def opened(path: Path, *, sound: bool) -> Iterator[Footage]:
    """Its frames, as many as it promised; with `sound` what is heard, if anything. Raises `NotAVideo`."""
    seen = measured(path)
    heard = _sound(path) if sound and seen["sound"] else None
    with av.open(f"file:{path}", format="mov", options=OPTIONS) as container:
        yield Footage(_frames(container, int(seen["frames"])), int(seen["frames"]), float(seen["fps"]), heard)


def _frames(container: Any, count: int) -> Iterator[Frame]:
    """`count` frames: one that cannot be decoded is the one before it again."""
    made, last = 0, None
    for frame in islice(container.decode(video=0), count):
        last = frame.to_ndarray(format="rgb24")
        made += 1
        yield last
    if last is None:
        raise NotAVideo
    for _ in range(count - made):
        yield last


def _sound(path: Path) -> NDArray[np.float32] | None:
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
    parts: list[Any] = []
    with av.open(f"file:{path}", format="mov", options=OPTIONS) as container:
        for frame in container.decode(audio=0):
            parts += [part.to_ndarray() for part in resampler.resample(frame)]
        parts += [part.to_ndarray() for part in resampler.resample(None)]
    return np.concatenate(parts, axis=1).astype(np.float32) if parts else None
