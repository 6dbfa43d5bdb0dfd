"""Small pictures of a shot while it is drawn, for whoever watches. They decide nothing: no result depends on them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.breakdown import Shot

SIZES = ((360, 70), (360, 50), (360, 30), (180, 50))  # pixels across and quality, until it is small enough
MOST_BYTES = 30 * 1024
EVERY_SECONDS = 1.0
RGBA = 4
Picture: TypeAlias = NDArray[np.uint8]


TELLING = {"close": 1.0, "medium": 0.75, "over_shoulder": 0.6, "extreme_close": 0.5, "wide": 0.35, "insert": 0.2}


def telling(shot: Shot) -> float:
    """How well a still of the shot would do as the episode's poster, 0..1.2: faces that speak do best."""
    people = bool(shot.cast)
    return TELLING.get(shot.framing, 0.3) * (1.0 if people else 0.5) + (0.2 if shot.lines and people else 0.0)


class Stills:
    """Writes a JPEG of at most 360 pixels' width and 30 KB, about once a second, always to the same file."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = folder / "still.jpg"
        self._clock = clock
        self._next = clock()

    def due(self, picture: Picture | Callable[[], Picture]) -> Path | None:
        """The file with `picture` (rows x columns x RGBA or BGR) in it if it is time for one, else None. One that costs
        something to make is given as a call.
        """
        now = self._clock()
        if now < self._next:
            return None
        self._next = now + EVERY_SECONDS
        data = _small_jpeg(picture() if callable(picture) else picture)
        if data is None:
            return None
        self._path.write_bytes(data)
        return self._path


def _small_jpeg(picture: NDArray[np.uint8]) -> bytes | None:
    colours: NDArray[Any] = picture
    for width, quality in SIZES:
        if colours.shape[1] > width:
            size = (width, round(picture.shape[0] * width / picture.shape[1]))
            colours = cv2.resize(colours, size, interpolation=cv2.INTER_AREA)
        if colours.shape[2] == RGBA:
            colours = cv2.cvtColor(colours, cv2.COLOR_RGBA2BGR)
        made, data = cv2.imencode(".jpg", colours, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if made and len(data) <= MOST_BYTES:
            return data.tobytes()
    return None
