"""Stereo sound of a shot as a file: 16 bits, 48 kHz."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generation.assembly.signal import RATE

FULL = 32767


def write_stereo(path: Path, sound: NDArray[np.float32]) -> None:
    """(2, samples) in -1..1 at 48 kHz; what is louder is cut off."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound.T, -1, 1) * FULL).astype("<i2").tobytes())


def read_stereo(path: Path) -> NDArray[np.float32]:
    """(2, samples) in -1..1, of a file that `write_stereo` wrote."""
    with wave.open(str(path), "rb") as file:
        raw = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return np.ascontiguousarray(raw.reshape(-1, 2).T.astype(np.float32) / np.float32(FULL))
