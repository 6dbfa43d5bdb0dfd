"""Laying premultiplied layers over a frame, 8 bits all the way, only where they show.

Frames and layers have four channels throughout: OpenCV warps four three times as fast as three. A frame's own alpha
means nothing.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from generation.captions.overlay import over
from generation.engines.animatic.camera import Matrix
from generation.engines.animatic.paint import Pixels


def backdrop(layer: Pixels, matrix: Matrix, width: int, height: int) -> Pixels:
    """The far layer seen by the camera; it fills the frame."""
    result: Pixels = cv2.warpAffine(
        layer, matrix[:2], (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return result


def lay(frame: Pixels, sprite: Pixels, matrix: Matrix) -> None:
    """Warp RGBA pixels by `matrix` and lay them over `frame`, in place."""
    tall, wide = sprite.shape[:2]
    corners = matrix[:2] @ np.array([[0, wide, 0, wide], [0, 0, tall, tall], [1, 1, 1, 1]], np.float64)
    x0, y0 = (max(0, int(np.floor(v))) for v in corners.min(axis=1))
    x1, y1 = (min(limit, int(np.ceil(v))) for v, limit in zip(corners.max(axis=1), frame.shape[1::-1], strict=True))
    if x1 <= x0 or y1 <= y0:
        return
    local = matrix[:2].copy()
    local[:, 2] -= (x0, y0)
    warped = cv2.warpAffine(sprite, local, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR)
    over(frame[y0:y1, x0:x1], warped)


@lru_cache(maxsize=4)
def vignette(width: int, height: int) -> Pixels:
    """Multipliers (255 is 1): darker corners, and a soft floor for the captions. Kept: not to be written to."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    radius = np.hypot((x / width - 0.5) * 1.05, (y / height - 0.46) * 0.92)
    shade = 1 - 0.5 * np.clip((radius - 0.3) / 0.42, 0, 1) ** 1.8
    shade *= 1 - 0.28 * np.clip((y / height - 0.6) / 0.4, 0, 1) ** 1.3
    result: Pixels = cv2.merge([np.round(shade * 255).astype(np.uint8)] * 4)
    return result


def darken(frame: Pixels, amount: float) -> Pixels:
    """Fade to black: 0 is black, 1 untouched."""
    return frame if amount >= 1 else cv2.convertScaleAbs(frame, alpha=max(0.0, amount))
