"""Samples to AAC in an MP4, bit-exact, without the encoder's delay."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from generation.assembly.signal import RATE

PRIMING = 1024  # samples by which AAC comes late; as many are left out of the start, which is a lead-in
BITRATE = 144_000
QUICK = {"aac_coder": "fast"}  # half the time; with an eighth more bits nearer to the original than the slow one


def _go_on() -> None:
    """Nobody to ask whether the sound is still wanted."""


def write_aac(path: Path, mix: NDArray[np.float32], check: Callable[[], None] = _go_on) -> None:
    """Stereo float samples at 48 kHz; `check` is called between the frames and may raise."""
    container = av.open(str(path), "w", format="mp4", container_options={"fflags": "+bitexact"})
    stream = container.add_stream("aac", rate=RATE, layout="stereo", options=QUICK)
    stream.bit_rate = BITRATE
    stream.codec_context.flags |= av.codec.context.Flags.bitexact
    try:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(mix[:, PRIMING:]), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        fifo = av.AudioFifo()
        fifo.write(frame)
        while (part := fifo.read(PRIMING, partial=True)) is not None:
            check()
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    finally:
        container.close()
