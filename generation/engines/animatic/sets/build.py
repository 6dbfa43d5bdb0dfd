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
    """`far` is RGB, `near` premultiplied RGBA, both 8 bits and `WIDTH` x `HEIGHT`; `hour` colours what is added later."""

    far: Pixels
    near: Pixels
    light: Light
    hour: Hour


@lru_cache(maxsize=6)
def build_set(kind: str, time_of_day: str, weather: str, seed: int) -> SetArt:
    """Draw the place. The same arguments always give the same pixels."""
    hour = HOURS.get(time_of_day, HOURS["day"])
    rng = random.Random(f"{kind}:{seed}")  # noqa: S311 - a drawing, not a secret
    far, near = (Canvas(int(WIDTH), int(HEIGHT), origin=(LEFT, TOP)) for _ in range(2))
    {**INTERIORS, **EXTERIORS}[kind](far, near, hour, rng, weather)
    noise = np.random.default_rng(seed).normal(0, GRAIN, far.pixels.shape[:2]).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), 0.7) * 1.6
    graded = grade(far.pixels[..., :3], hour) + noise[..., None]
    front = near.premultiplied()
    front[..., :3] = grade(front[..., :3], hour) * (front[..., 3:] > 0)
    return SetArt(to_bytes(graded), to_bytes(front), _light(kind, hour, seed), hour)


def grade(colour: Pixels, hour: Hour) -> Pixels:
    """The film look: shadows lean to the hour's zenith, lights to its sun, a gentle curve."""
    luma = colour @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    shadow = np.clip(1 - luma * 2.2, 0, 1)[..., None] * (0.1 + 0.1 * hour.dark)
    bright = np.clip(luma * 1.6 - 0.6, 0, 1)[..., None] * 0.1
    toned = colour + shadow * (np.asarray(hour.zenith, np.float32) * 0.5 - colour)
    toned = toned + bright * (np.asarray(mix(hour.sun, (1.0, 1.0, 1.0), 0.3), np.float32) - toned)
    grey = luma[..., None]
    result: Pixels = grey + (toned - grey) * 1.08
    return result


def to_bytes(pixels: Pixels) -> Pixels:
    """0..1 to 0..255."""
    result: Pixels = np.round(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    return result


def _light(kind: str, hour: Hour, seed: int) -> Light:
    """Key, tint and rim for people who stand there."""
    side = -1.0 if kind in ("living", "bedroom", "hospital", "school", "restaurant") else (1.0 if seed % 2 else -1.0)
    inside = kind in INTERIORS
    night = mix((1.0, 1.0, 1.0), rgb("#ffe2bd") if inside else rgb("#b9c8f2"), 0.75)
    tint = mix(mix((1.0, 1.0, 1.0), hour.haze, 0.14), night, hour.dark)
    tint = (tint[0] * (1 - 0.2 * hour.dark), tint[1] * (1 - 0.24 * hour.dark), tint[2] * (1 - 0.24 * hour.dark))
    rim = rgb("#ffcf8f") if inside and hour.lamps > 0.5 else mix(hour.sun, (1.0, 1.0, 1.0), 0.3)
    return Light(tint, rim, 0.3 + 0.3 * hour.lamps, side)
