"""Rain and snow in front of everything: a tall tile, drawn once, that scrolls."""

from __future__ import annotations

import random

import cv2
import numpy as np

from generation.engines.animatic.paint import Pixels

WIDTH, HEIGHT = 720, 1280
SPEED = {"rain": 74, "snow": 5}  # pixels a frame


def falling(weather: str, seed: int) -> Pixels:
    """A tile of streaks or flakes that joins with itself at top and bottom."""
    rng = random.Random(f"{weather}:{seed}")  # noqa: S311 - a drawing, not a secret
    tile = np.zeros((HEIGHT, WIDTH), np.uint8)
    for _ in range(330 if weather == "rain" else 240):
        x, y = rng.uniform(-60, WIDTH), rng.uniform(0, HEIGHT)
        if weather == "rain":
            length = rng.uniform(26, 90)
            ends = [(x, y), (x + length * 0.13, y + length)]
        else:
            ends = [(x, y), (x + 0.5, y + 0.5)]
        for shift in (0, -HEIGHT):
            a, b = ((round(px * 8), round((py + shift) * 8)) for px, py in ends)
            cv2.line(
                tile,
                a,
                b,
                rng.randint(26, 84) if weather == "rain" else 200,
                1 if weather == "rain" else rng.randint(2, 6),
                cv2.LINE_AA,
                3,
            )
    soft = cv2.GaussianBlur(tile, (0, 0), 0.8)
    return cv2.cvtColor(np.concatenate([soft, soft]), cv2.COLOR_GRAY2RGBA)


def fall(picture: Pixels, tile: Pixels, weather: str, index: int) -> None:
    """Add what falls at this frame, in place."""
    top = HEIGHT - (index * SPEED[weather]) % HEIGHT
    cv2.add(picture, tile[top : top + HEIGHT], dst=picture)
