"""A place, drawn once: its far and near layers, its grade, and the light it throws on people."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from generation.engines.animatic.figures.figure import Light
from generation.engines.animatic.paint import Canvas, Pixels, mix, rgb
from generation.engines.animatic.sets.exteriors import PAINTERS as EXTERIORS
from generation.engines.animatic.sets.interiors import PAINTERS as INTERIORS
from generation.engines.animatic.sets.sky import HEIGHT, HOURS, LEFT, TOP, WIDTH, Hour

GRAIN = 0.012


@dataclass(frozen=True, slots=True)
class SetArt:
    """`far` and `near` (premultiplied, or None) are RGBA of 8 bits and `WIDTH` x `HEIGHT`; `hour` colours the rest."""

    far: Pixels
    near: Pixels | None
    light: Light
    hour: Hour


@lru_cache(maxsize=6)
def build_set(kind: str, time_of_day: str, weather: str, seed: int) -> SetArt:
    """Draw the place. The same arguments always give the same pixels."""
    hour = HOURS.get(time_of_day, HOURS["day"])
    rng = random.Random(f"{kind}:{seed}")  # noqa: S311 - a drawing, not a secret
    far, near = (Canvas(int(WIDTH), int(HEIGHT), origin=(LEFT, TOP), opaque=opaque) for opaque in (True, False))
    {**INTERIORS, **EXTERIORS}[kind](far, near, hour, rng, weather)
    picture = far.pixels
    picture[..., :3] = grade(picture[..., :3], hour) + _grain(seed)[..., None]
    return SetArt(to_bytes(picture), _front(near, hour), _light(kind, hour, seed), hour)


def _grain(seed: int) -> Pixels:
    """Film grain of two pixels' size; it also keeps the sky's gradient from banding."""
    noise = np.random.default_rng(seed).standard_normal((int(HEIGHT) // 2, int(WIDTH)), dtype=np.float32)
    soft = cv2.GaussianBlur(np.concatenate([noise, noise[:, ::-1]]), (0, 0), 0.7)
    result: Pixels = soft * np.float32(GRAIN * 1.6)
    return result


def _front(near: Canvas, hour: Hour) -> Pixels | None:
    """The near layer, graded where there is something; None if there is nothing."""
    rows = np.flatnonzero(near.pixels[..., 3].any(axis=1))
    if not len(rows):
        return None
    part = near.pixels[rows[0] : rows[-1] + 1]
    part[..., :3] = grade(part[..., :3], hour)
    return to_bytes(near.premultiplied())


def grade(colour: Pixels, hour: Hour) -> Pixels:
    """The film look: shadows lean to the hour's zenith, lights to its sun, a gentle lift of colour."""
    toned = np.ascontiguousarray(colour)
    luma = cv2.cvtColor(toned, cv2.COLOR_RGB2GRAY)
    for amount, target in (
        (np.clip(1 - luma * 2.2, 0, 1) * (0.1 + 0.1 * hour.dark), tuple(c * 0.5 for c in hour.zenith)),
        (np.clip(luma * 1.6 - 0.6, 0, 1) * 0.1, mix(hour.sun, (1.0, 1.0, 1.0), 0.3)),
    ):
        share = amount[..., None].astype(np.float32)
        toned = toned * (1 - share) + share * np.asarray(target, np.float32)
    result: Pixels = toned * np.float32(1.08) - luma[..., None] * np.float32(0.08)
    return result


def to_bytes(pixels: Pixels) -> Pixels:
    """0..1 to 0..255."""
    result: Pixels = (np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8)
    return result


def _light(kind: str, hour: Hour, seed: int) -> Light:
    """Key, tint and rim for people who stand there."""
    side = -1.0 if kind in ("living", "bedroom", "hospital", "school", "restaurant") else (1.0 if seed % 2 else -1.0)
    inside = kind in INTERIORS
    night = mix((1.0, 1.0, 1.0), rgb("#ffe2bd") if inside else rgb("#ece0e6"), 0.75)
    tint = mix(mix((1.0, 1.0, 1.0), hour.haze, 0.1), night, hour.dark)
    tint = (tint[0] * (1 - 0.1 * hour.dark), tint[1] * (1 - 0.2 * hour.dark), tint[2] * (1 - 0.2 * hour.dark))
    rim = rgb("#ffcf8f") if inside and hour.lamps > 0.5 else mix(hour.sun, (1.0, 1.0, 1.0), 0.3)
    return Light(tint, rim, 0.3 + 0.3 * hour.lamps, side)
