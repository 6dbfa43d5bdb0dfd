"""Sums on samples that every part of the sound needs: resampling, filtering by spectrum, convolution. Float, -1..1."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
VOICE_RATE, RATE = 22_050, 48_000
PIECE, OVERLAP, AT_ONCE = 1 << 16, 1 << 13, 8  # samples; pieces transformed together
_STEP, _OUT = 147, 320  # 22 050 : 48 000


def resampled(samples: Samples, rate: int) -> Samples:
    """To 48 kHz: by spectrum from the voices' rate, by straight lines from any other."""
    if rate == RATE or not len(samples):
        return samples
    if rate != VOICE_RATE:
        at = np.arange(round(len(samples) * RATE / rate)) * rate / RATE
        return np.interp(at, np.arange(len(samples)), samples).astype(np.float32)
    blocks = 1 << max(0, (len(samples) - 1) // _STEP).bit_length()
    padded = np.zeros(blocks * _STEP, np.float32)
    padded[: len(samples)] = samples
    spectrum = np.fft.rfft(padded)
    wide = np.zeros(blocks * _OUT // 2 + 1, np.complex128)
    wide[: len(spectrum)] = spectrum
    result = np.fft.irfft(wide, blocks * _OUT) * (_OUT / _STEP)
    return result[: -(-len(samples) * _OUT // _STEP)].astype(np.float32)


def _smooth(length: int) -> int:
    """A size at least that large, quick to transform."""
    step = 1 << max(2, length.bit_length() - 6)
    return -(-length // step) * step


def shaped(samples: Samples, gain: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Samples:
    """Filter without phase: `gain` gives the factor at each frequency in Hz. What is long is filtered in pieces that
    overlap by more than any of our filters rings.
    """
    if len(samples) > 2 * PIECE:
        return _shaped_in_pieces(samples, gain)
    size = _smooth(len(samples))
    spectrum = np.fft.rfft(samples, size)
    spectrum *= gain(np.fft.rfftfreq(size, 1 / RATE).astype(np.float64)).astype(np.float32)
    return np.fft.irfft(spectrum, size)[: len(samples)].astype(np.float32)


def _shaped_in_pieces(samples: Samples, gain: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Samples:
    step = PIECE - 2 * OVERLAP
    count = -(-len(samples) // step)
    padded = np.zeros(count * step + 2 * OVERLAP, np.float32)
    padded[OVERLAP : OVERLAP + len(samples)] = samples
    pieces = np.lib.stride_tricks.sliding_window_view(padded, PIECE)[::step]
    factors = gain(np.fft.rfftfreq(PIECE, 1 / RATE).astype(np.float64)).astype(np.float32)
    result = np.empty((count, step), np.float32)
    for first in range(0, count, AT_ONCE):
        some = slice(first, first + AT_ONCE)
        result[some] = np.fft.irfft(np.fft.rfft(pieces[some]) * factors, PIECE)[:, OVERLAP:-OVERLAP]
    return result.reshape(-1)[: len(samples)]


def convolved(samples: Samples, impulse: Samples) -> Samples:
    """Samples as they sound in the space of the impulse; longer by its tail."""
    length = len(samples) + len(impulse) - 1
    size = 1 << (length - 1).bit_length()
    product = np.fft.rfft(samples, size) * np.fft.rfft(impulse, size)
    return np.fft.irfft(product, size)[:length].astype(np.float32)


def band(low: float, high: float, order: float = 2.0) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """A gentle band pass in Hz."""

    def gain(hz: NDArray[np.float64]) -> NDArray[np.float64]:
        safe = np.maximum(hz, 1e-3)
        result: NDArray[np.float64] = 1 / np.sqrt(
            (1 + (low / safe) ** (2 * order)) * (1 + (safe / high) ** (2 * order))
        )
        return result

    return gain


def rms(samples: Samples) -> float:
    """Root mean square of what is not silence."""
    loud = samples[np.abs(samples) > 0.004]
    return float(np.sqrt(np.mean(loud.astype(np.float64) ** 2))) if len(loud) else 0.0


def level(decibels: float) -> float:
    """dB to a factor."""
    return float(10 ** (decibels / 20))
