"""Laying premultiplied pixels over a frame, 8 bits all the way. Frames and layers have four channels throughout."""

from __future__ import annotations

from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[Any]


def over(part: Pixels, rgba: Pixels) -> None:
    """Premultiplied RGBA over a frame's part of the same size, in place."""
    keep = cv2.cvtColor(255 - rgba[..., 3], cv2.COLOR_GRAY2RGBA)
    kept = cv2.multiply(part, keep, scale=1 / 255)
    part[:] = cv2.add(kept, rgba, dst=kept)


def stamp(frame: Pixels, rgba: Pixels, x: int, y: int) -> None:
    """Lay a sprite at whole pixels, cut at the frame's edges."""
    height, width = frame.shape[:2]
    tall, wide = rgba.shape[:2]
    x0, y0, x1, y1 = max(0, x), max(0, y), min(width, x + wide), min(height, y + tall)
    if x1 > x0 and y1 > y0:
        over(frame[y0:y1, x0:x1], np.ascontiguousarray(rgba[y0 - y : y1 - y, x0 - x : x1 - x]))
