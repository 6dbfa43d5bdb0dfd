"""The camera: an eased move, and what it does to a layer at a depth. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class View:
    """The camera at one instant: zoom, and where it has moved to in pixels of the frame."""

    zoom: float
    x: float
    y: float


# zoom from, to; x from, to; y from, to
_MOVES: dict[str, tuple[float, float, float, float, float, float]] = {
    "static": (1.0, 1.025, 0, 0, 0, 0),
    "push_in": (1.0, 1.12, 0, 0, 0, -8),
    "pull_out": (1.13, 1.0, 0, 0, 0, 0),
    "pan_left": (1.06, 1.06, 38, -38, 0, 0),
    "pan_right": (1.06, 1.06, -38, 38, 0, 0),
    "tilt_up": (1.06, 1.06, 0, 0, 52, -40),
    "tilt_down": (1.06, 1.06, 0, 0, -52, 40),
}


def ease(t: float) -> float:
    """Smooth start and stop."""
    t = min(1.0, max(0.0, t))
    return t * t * t * (t * (t * 6 - 15) + 10)


def view_at(move: str, t: float) -> View:
    """The camera at `t` in 0..1 of the shot; a blend of even and eased movement, so that it never quite stands."""
    z0, z1, x0, x1, y0, y1 = _MOVES.get(move, _MOVES["static"])
    share = 0.45 * t + 0.55 * ease(t)
    return View(z0 + (z1 - z0) * share, x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)


def layer_matrix(view: View, depth: float, width: int, height: int) -> Matrix:
    """Frame pixels at rest to frame pixels now; `depth` 1 moves with the people, less lies behind, more before them."""
    zoom = 1 + (view.zoom - 1) * depth
    cx, cy = width / 2, height * 0.44
    return np.array(
        [[zoom, 0, cx - zoom * cx - view.x * depth], [0, zoom, cy - zoom * cy - view.y * depth], [0, 0, 1]], np.float64
    )


def placed(
    scale: float, x: float, y: float, *, anchor: tuple[float, float], tilt: float = 0.0, pivot: float = 0.0
) -> Matrix:
    """A sprite's pixels to the frame at rest: the anchor lands on (x, y), turned round a point `pivot` below it."""
    c, s = np.cos(tilt) * scale, np.sin(tilt) * scale
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float64)
    before = np.array([[1, 0, -anchor[0]], [0, 1, -anchor[1] - pivot], [0, 0, 1]], np.float64)
    after = np.array([[1, 0, x], [0, 1, y + pivot * scale], [0, 0, 1]], np.float64)
    result: Matrix = after @ turn @ before
    return result
