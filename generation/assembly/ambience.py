"""The sound of a place: room tone, city, rain, wind and crickets, made from noise. Quiet and always the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.assembly.signal import RATE, Samples, band, level, shaped
from generation.engines.animatic.places import INTERIORS, place_kind

FADE = RATE * 160 // 1000
BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Air:
    """What is heard at a place: beds with their levels in dBFS, and the length of the echo in seconds."""

    beds: tuple[tuple[str, float], ...]
    echo: float


SILENT = Air((), 0.0)

_ECHO = {
    "corridor": 0.85,
    "hospital": 0.45,
    "elevator": 0.3,
    "station": 1.1,
    "palace": 0.9,
    "car": 0.06,
    "office": 0.35,
    "restaurant": 0.4,
    "school": 0.55,
    "kitchen": 0.3,
    "living": 0.28,
    "bedroom": 0.2,
}


def air_of(shot: Mapping[str, Any], weather: str = "") -> Air:
    """From a shot's place, interior and time_of_day."""
    kind = place_kind(str(shot.get("place", "")), shot.get("interior"))
    night = shot.get("time_of_day") in ("night", "dusk")
    inside = kind in INTERIORS
    beds: list[tuple[str, float]] = []
    if weather == "rain":
        beds.append(("muffled_rain", -43.0) if inside else ("rain", -33.0))
    elif kind == "sea":
        beds.append(("waves", -34.0))
    elif kind in ("street", "rooftop", "station"):
        beds.append(("city", -36.0 if kind != "rooftop" else -41.0))
    elif kind in ("forest", "palace"):
        beds += [("wind", -40.0), ("crickets", -46.0) if night else ("birds", -46.0)]
    if inside:
        beds.append(
            {
                "car": ("engine", -35.0),
                "restaurant": ("murmur", -40.0),
                "hospital": ("hum", -42.0),
                "elevator": ("hum", -40.0),
            }.get(kind, ("room", -46.0))
        )
    if night:
        beds.append(("dread", -41.0))
    return Air(tuple(beds), _ECHO.get(kind, 0.08))


def bed(name: str, samples: int, seed: int) -> NDArray[np.float32]:
    """`samples` of a bed in stereo, at 0 dB RMS before its level is set."""
    rng = np.random.default_rng(seed)
    channels = [_channel(name, samples, rng) for _ in range(2)]
    stereo = np.stack(channels)
    power = float(np.sqrt(np.mean(stereo.astype(np.float64) ** 2)))
    return (stereo / max(power, 1e-9)).astype(np.float32)


_BANDS = {
    "room": (40.0, 260.0),
    "hum": (90.0, 420.0),
    "city": (50.0, 480.0),
    "rain": (700.0, 7000.0),
    "muffled_rain": (150.0, 900.0),
    "wind": (120.0, 520.0),
    "waves": (90.0, 1400.0),
    "engine": (38.0, 170.0),
    "murmur": (220.0, 900.0),
}


def _channel(name: str, samples: int, rng: np.random.Generator) -> Samples:
    if name == "dread":
        return _drone(samples, rng)
    t = np.arange(samples, dtype=np.float64) / RATE
    if name == "crickets":
        return _chirps(t, rng, hz=4300.0, every=0.62, pulses=38.0)
    if name == "birds":
        return _chirps(t, rng, hz=2900.0, every=1.9, pulses=13.0)
    noise = rng.standard_normal(samples, np.float32)
    low, high = _BANDS[name]
    sound = shaped(noise, band(low, high))
    swell = {"waves": (0.11, 0.75), "wind": (0.17, 0.5), "city": (0.07, 0.3), "murmur": (1.3, 0.35)}.get(name)
    if swell:
        sound = (
            sound * (1 - swell[1] / 2 + swell[1] / 2 * np.sin(2 * np.pi * swell[0] * t + rng.uniform(0, 6)))
        ).astype(np.float32)
    if name == "engine":
        sound = (sound + 0.3 * float(np.std(sound)) * np.sin(2 * np.pi * 62 * t)).astype(np.float32)
    return sound


def _chirps(t: NDArray[np.float64], rng: np.random.Generator, *, hz: float, every: float, pulses: float) -> Samples:
    phase = rng.uniform(0, every)
    gate = np.clip(np.sin(2 * np.pi * (t + phase) / every) * 2 - 0.9, 0, 1)
    pulse = np.clip(np.sin(2 * np.pi * pulses * t), 0, 1) ** 2
    wobble = hz * (1 + 0.02 * np.sin(2 * np.pi * 0.6 * t + rng.uniform(0, 6)))
    sound: Samples = (gate * pulse * np.sin(2 * np.pi * np.cumsum(wobble) / RATE)).astype(np.float32)
    return sound


def _drone(samples: int, rng: np.random.Generator) -> Samples:
    """A low minor chord that breathes: what the night sounds like in a drama."""
    sound = np.zeros(samples, np.float32)
    for hz, share in ((55.0, 1.0), (82.5, 0.6), (130.8, 0.32), (164.8, 0.12)):
        slow = _tone(rng.uniform(0.05, 0.13), rng.uniform(0, 6), samples) * np.float32(0.4) + np.float32(0.6)
        slow *= _tone(hz * (1 + rng.uniform(-0.002, 0.002)), rng.uniform(0, 6), samples)
        sound += slow * np.float32(share)
    return sound


def _tone(hz: float, phase: float, samples: int) -> Samples:
    """A sine, by the sum of angles: one block of it, turned on to where each block begins."""
    turn = 2 * np.pi * hz / RATE
    inside = turn * np.arange(BLOCK)
    starts = (phase + turn * BLOCK * np.arange(-(-samples // BLOCK)))[:, None]
    blocks = np.sin(starts).astype(np.float32) * np.cos(inside).astype(np.float32)
    blocks += np.cos(starts).astype(np.float32) * np.sin(inside).astype(np.float32)
    result: Samples = blocks.reshape(-1)[:samples]
    return result


def impulse(seconds: float, seed: int) -> Samples:
    """A room's echo: noise that dies away, dull, after a short gap; quiet against the voice itself."""
    length = max(64, int(seconds * RATE))
    rng = np.random.default_rng(seed)
    tail = rng.standard_normal(length).astype(np.float32) * np.exp(-np.linspace(0, 6.9, length)).astype(np.float32)
    tail[: RATE * 8 // 1000] = 0
    dull = shaped(tail, band(180.0, 3800.0))
    power = float(np.sqrt(np.sum(dull.astype(np.float64) ** 2)))
    result: Samples = (dull / max(power, 1e-9) * level(-15.0)).astype(np.float32)
    return result
