"""The episode's sound: each voice where its shot says, in its room, over the place's own air, at one loudness."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from generation.assembly.ambience import FADE, Air, bed, impulse
from generation.assembly.signal import RATE, Samples, band, convolved, level, resampled, rms, shaped

VOICE_DB = -19.0
DUCK = 0.55
SOFT_HZ = 7_500.0
EDGE = RATE * 8 // 1000


@dataclass(frozen=True, slots=True)
class Spoken:
    """A voice and where it starts, in samples of the episode."""

    samples: Samples
    rate: int
    start: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """One shot's part of the episode, in samples, and its air. `own`: sound (2, samples) that the model made."""

    start: int
    end: int
    air: Air
    spoken: tuple[Spoken, ...]
    own: NDArray[np.float32] | None = None


def mixed(stretches: Sequence[Stretch], check: Callable[[], None]) -> NDArray[np.float32]:
    """Stereo at 48 kHz, not yet brought to its loudness; `check` may raise between the parts."""
    total = stretches[-1].end if stretches else 0
    voices = np.zeros((2, total), np.float32)
    for stretch in stretches:
        check()
        room = impulse(stretch.air.echo, 7)
        for spoken in stretch.spoken:
            _add(voices, _voice(spoken), spoken.start, room)
        _add_own(voices, stretch)
    air = np.zeros((2, total), np.float32)
    for index, (beds, group) in enumerate(groupby(stretches, key=lambda stretch: stretch.air.beds)):
        check()
        parts = list(group)
        _add_beds(air, beds, parts[0].start, parts[-1].end, index)
    check()
    return voices + air * _ducking(voices)


def _voice(spoken: Spoken) -> Samples:
    """At 48 kHz, at the common level, without rumble and with the synthetic edge taken off."""
    wide = resampled(spoken.samples, spoken.rate)
    soft = shaped(wide, band(85.0, SOFT_HZ, 1.0))
    loudness = rms(soft)
    return soft * np.float32(level(VOICE_DB) / loudness) if loudness else soft


def _add(mix: NDArray[np.float32], voice: Samples, start: int, room: Samples) -> None:
    """The voice in the middle, its echo to both sides."""
    wet = convolved(voice, room)
    for channel, delay in ((0, 0), (1, RATE * 9 // 1000)):
        for sound, at in ((voice, start), (wet, start + delay)):
            end = min(mix.shape[1], at + len(sound))
            if end > at:
                mix[channel, at:end] += sound[: end - at]


def _add_own(mix: NDArray[np.float32], stretch: Stretch) -> None:
    """What the model made, with edges too short to be heard, so that cuts do not click."""
    if stretch.own is None:
        return
    length = min(stretch.own.shape[1], mix.shape[1] - stretch.start)
    part = stretch.own[:, :length].copy()
    ramp = np.linspace(0, 1, min(EDGE, length // 2), dtype=np.float32)
    if len(ramp):
        part[:, : len(ramp)] *= ramp
        part[:, -len(ramp) :] *= ramp[::-1]
    mix[:, stretch.start : stretch.start + length] += part


def _add_beds(mix: NDArray[np.float32], beds: Sequence[tuple[str, float]], start: int, end: int, seed: int) -> None:
    """A stretch of air that comes and goes softly, a little beyond its shots."""
    first, last = max(0, start - FADE // 2), min(mix.shape[1], end + FADE // 2)
    length = last - first
    if length <= 2 * FADE:
        return
    envelope = np.ones(length, np.float32)
    ramp = np.sin(np.linspace(0, np.pi / 2, FADE, dtype=np.float32))
    envelope[:FADE] *= ramp
    envelope[-FADE:] *= ramp[::-1]
    for index, (name, decibels) in enumerate(beds):
        mix[:, first:last] += bed(name, length, seed * 31 + index) * envelope * np.float32(level(decibels))


def _ducking(voices: NDArray[np.float32]) -> NDArray[np.float32]:
    """The air's factor at each sample: lower while somebody speaks."""
    if not voices.shape[1]:
        return np.ones(0, np.float32)
    hop = RATE // 100
    frames = -(-voices.shape[1] // hop)
    padded = np.zeros(frames * hop, np.float32)
    padded[: voices.shape[1]] = np.abs(voices).max(axis=0)
    active = (padded.reshape(frames, hop).max(axis=1) > 0.012).astype(np.float32)
    smooth = np.clip(np.convolve(active, np.hanning(41) / np.hanning(41).sum() * 1.4, mode="same"), 0, 1)
    factor = (1 - (1 - DUCK) * smooth).astype(np.float32)
    rise = np.diff(factor, append=factor[-1:])[:, None] * np.linspace(0, 1, hop, endpoint=False, dtype=np.float32)
    result: NDArray[np.float32] = (factor[:, None] + rise).reshape(-1)[: voices.shape[1]]
    return result
