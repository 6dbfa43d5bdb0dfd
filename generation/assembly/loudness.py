"""Loudness after ITU-R BS.1770-4 (gated, K-weighted), true peak by fourfold oversampling, and a look-ahead limiter."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.assembly.signal import RATE, Samples, level, shaped

Stereo = NDArray[np.float32]  # (channels, samples)
QUIET = -70.0
CEILING_DB = -2.0  # AAC overshoots a little: what is decoded must stay below -1 dB true peak
_LOOKAHEAD = RATE * 3 // 1000
_TAPS = 16
_BLOCK = RATE // 20
# the two filters of K-weighting at 48 kHz: (b, a)
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGHPASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


def _k_gain(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """|H| of K-weighting: its phase does not matter to energy."""
    z = np.exp(-2j * np.pi * hz / RATE)
    gain = np.ones_like(hz)
    for b, a in (_SHELF, _HIGHPASS):
        gain = gain * np.abs((b[0] + b[1] * z + b[2] * z * z) / (a[0] + a[1] * z + a[2] * z * z))
    return gain


def _go_on() -> None:
    """Nobody to ask whether the sound is still wanted."""


def integrated(mix: Stereo, check: Callable[[], None] = _go_on) -> float:
    """LUFS of the whole, or -70 for silence."""
    hop = RATE // 10
    energy = np.zeros(max(1, mix.shape[1] // hop))
    for channel in mix:
        check()
        weighted = shaped(channel, _k_gain).astype(np.float64)
        usable = len(weighted) // hop * hop
        if usable:
            energy = energy + (weighted[:usable] ** 2).reshape(-1, hop).mean(axis=1)
    blocks = np.convolve(energy, np.ones(4) / 4, mode="valid") if len(energy) >= 4 else energy
    return _gated(blocks)


def _gated(blocks: NDArray[np.float64]) -> float:
    loud = blocks[blocks > 10 ** ((QUIET + 0.691) / 10)]
    if not len(loud):
        return QUIET
    relative = loud[loud > np.mean(loud) * 0.1]
    return float(-0.691 + 10 * np.log10(np.mean(relative)))


def true_peak(mix: Stereo) -> float:
    """dB of the largest value between samples too."""
    peak = max((float(np.max(_envelope(channel))) for channel in mix if len(channel)), default=0.0)
    return float(20 * np.log10(max(peak, 1e-6)))


def _interpolator(phase: float) -> Samples:
    """Factors of the samples round a point `phase` of the way to the next one."""
    offset = np.arange(-_TAPS, _TAPS) + phase
    taps: Samples = (np.sinc(offset) * np.cos(np.pi * offset / (2 * _TAPS + 1)) ** 2).astype(np.float32)
    return taps


_BETWEEN = tuple(_interpolator(phase) for phase in (0.25, 0.5, 0.75))
_OVERSHOOT = max(float(np.abs(taps).sum()) for taps in _BETWEEN)  # no point between exceeds its samples by more


def _envelope(channel: Samples, check: Callable[[], None] = _go_on, above: float = 0.0) -> Samples:
    """The largest absolute value at and after each sample, on a grid four times as fine. Where nothing can exceed
    `above`, which is most of an episode, the points between are not worked out.
    """
    top = np.abs(channel)
    for first, last in _loud_parts(top, above / _OVERSHOOT):
        check()
        around = slice(max(0, first - _TAPS), last + _TAPS)
        for taps in _BETWEEN:
            between = cv2.filter2D(
                channel[None, around], -1, taps[None], anchor=(_TAPS - 1, 0), borderType=cv2.BORDER_CONSTANT
            )[0, first - around.start :][: last - first]
            np.maximum(top[first:last], np.abs(between), out=top[first:last])
    return top


def _loud_parts(top: Samples, least: float) -> list[tuple[int, int]]:
    """Where a value above `least` is less than a filter away, as runs of blocks: (first, last) samples."""
    if least <= 0:
        return [(0, len(top))]
    loud = [block for block in range(-(-len(top) // _BLOCK))
            if float(top[max(0, block * _BLOCK - _TAPS) : (block + 1) * _BLOCK + _TAPS].max()) > least]
    parts: list[tuple[int, int]] = []
    for block in loud:
        first, last = block * _BLOCK, min(len(top), (block + 1) * _BLOCK)
        if parts and parts[-1][1] == first:
            first = parts.pop()[0]
        parts.append((first, last))
    return parts


def normalised(
    mix: Stereo, target_lufs: float, check: Callable[[], None] = _go_on
) -> tuple[Stereo, float]:
    """Brought to the target, with peaks held below the ceiling, and the LUFS that it has now; silence stays silence.
    `check` may raise in between.
    """
    loudness = integrated(mix, check)
    for _ in range(3):
        if loudness <= QUIET or abs(loudness - target_lufs) < 0.08:
            break
        mix = _limited(mix * np.float32(level(min(40.0, target_lufs - loudness))), check)
        loudness = integrated(mix, check)
    return mix, loudness


def _limited(mix: Stereo, check: Callable[[], None]) -> Stereo:
    """Turn down round every peak, a few ms ahead, without a click."""
    ceiling = level(CEILING_DB)
    envelope = np.max([_envelope(channel, check, ceiling) for channel in mix], axis=0)
    check()
    if float(envelope.max(initial=0.0)) <= ceiling:
        return mix
    gain = np.minimum(1.0, ceiling / np.maximum(envelope, 1e-6)).astype(np.float32)
    wide = 2 * _LOOKAHEAD + 1
    held = cv2.erode(gain[None], np.ones((1, 2 * wide - 1), np.uint8))
    smooth = cv2.blur(held, (wide, 1))[0]
    result: Stereo = mix * np.minimum(smooth, gain)
    return result
