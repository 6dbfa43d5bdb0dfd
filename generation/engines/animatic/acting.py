"""What each person does in each frame: lips with the sound, lids, breath, small movements of the head. Numbers only."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.engines.base import VoiceClip
from generation.voices.speech import read_wav

TWOS = 2  # lips change every second frame, as drawn animation does
_ROUND = set("ouwOUW") | set("我都多说做过国头后走有出不住哭")


@dataclass(frozen=True, slots=True)
class Pose:
    """One frame of a person: patch names for lids and lips ("" is at rest), head shift (units) and tilt (radians)."""

    lids: str
    lips: str
    dx: float
    dy: float
    tilt: float
    breath: float


@dataclass(frozen=True, slots=True)
class Speaking:
    """A line that somebody speaks in view: when it starts in the shot, and the voice."""

    start_ms: int
    voice: VoiceClip


def perform(speaking: Sequence[Speaking], frames: int, fps: int, seed: int, energy: float) -> list[Pose]:
    """Poses for every frame; `energy` about 1 scales the head's movement with the mood."""
    lips, level = _lips(speaking, frames, fps)
    lids = _lids(frames, fps, random.Random(f"lids:{seed}"))  # noqa: S311 - a drawing, not a secret
    phase = (seed % 628) / 100
    poses = []
    for frame in range(frames):
        t = frame / fps
        talk = level[frame] * energy
        idle = 0.012 * math.sin(t * 1.1 + phase)
        poses.append(
            Pose(
                lids=lids[frame],
                lips=lips[frame],
                dx=idle + 0.02 * talk * math.sin(t * 5.3 + phase),
                dy=0.01 * math.sin(t * 1.7 + phase) + 0.03 * talk * math.sin(t * 7.1),
                tilt=0.008 * math.sin(t * 0.9 + phase) + 0.018 * talk * math.sin(t * 3.7 + phase),
                breath=0.016 * math.sin(t * 2.1 + phase),
            )
        )
    return poses


def _lips(speaking: Sequence[Speaking], frames: int, fps: int) -> tuple[list[str], list[float]]:
    lips, level = [""] * frames, [0.0] * frames
    for line in speaking:
        loudness = _envelope(line.voice, fps)
        for offset, value in enumerate(loudness):
            frame = offset + line.start_ms * fps // 1000
            if frame < frames:
                ms = offset * 1000 // fps
                lips[frame] = _shape(value, _word_at(line.voice, ms), ms)
                level[frame] = value
    for frame in range(frames):
        lips[frame] = lips[frame - frame % TWOS]
    soft = np.convolve(level, np.ones(7) / 7, mode="same") if frames > 7 else np.asarray(level)
    return lips, [float(v) for v in soft]


def _envelope(voice: VoiceClip, fps: int) -> NDArray[np.float64]:
    """Loudness per frame, 0..1 of the line's own loud parts."""
    samples, rate = read_wav(voice.path)
    window = rate / fps
    count = math.ceil(len(samples) / window)
    parts = (samples[int(i * window) : int((i + 1) * window) + 1] for i in range(count))
    rms = np.array([math.sqrt(float(np.mean(part.astype(np.float64) ** 2))) if len(part) else 0.0 for part in parts])
    top = float(np.percentile(rms, 92)) if count else 0.0
    return np.clip(rms / max(top, 1e-4), 0, 1)


def _word_at(voice: VoiceClip, ms: int) -> str:
    return next((text for text, start, end in voice.words if start <= ms < end), "")


def _shape(value: float, word: str, ms: int) -> str:
    if value < 0.1:
        return ""
    rounded = bool(_ROUND & set(word)) and (ms // 170) % 2 == 0
    if value < 0.34:
        return "round" if rounded else "small"
    if rounded:
        return "round"
    return "open" if value < 0.72 else "wide"


def _lids(frames: int, fps: int, rng: random.Random) -> list[str]:
    """Blinks of a sixth of a second, two to four seconds apart."""
    lids = [""] * frames
    at = int(rng.uniform(0.7, 2.6) * fps)
    while at < frames:
        for offset, name in enumerate(("half", "shut", "shut", "half")):
            if at + offset < frames:
                lids[at + offset] = name
        at += int(rng.uniform(2.0, 4.4) * fps)
    return lids
