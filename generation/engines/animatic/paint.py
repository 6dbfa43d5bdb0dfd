"""A small vector painter: smooth shapes, soft edges, gradients and glows on a float RGBA canvas.

Shapes are given in the units of whoever draws; the canvas knows scale and origin. Drawn once a shot, so it favours
quality (supersampled edges, float colour) over speed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[Any]
Point: TypeAlias = tuple[float, float]
Colour: TypeAlias = tuple[float, float, float]
Box: TypeAlias = tuple[int, int, int, int]

_SHIFT = 4
_FINE_AREA = 300_000  # below this many pixels a shape is supersampled 4 x 4, above 2 x 2


def rgb(code: str) -> Colour:
    """`#rrggbb` to 0..1."""
    return (int(code[1:3], 16) / 255, int(code[3:5], 16) / 255, int(code[5:7], 16) / 255)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`share` of the second colour in the first."""
    return tuple(a + (b - a) * share for a, b in zip(first, second, strict=True))  # type: ignore[return-value]


def shade(colour: Colour, factor: float) -> Colour:
    """Darker below 1, lighter above, within bounds."""
    return tuple(min(1.0, max(0.0, c * factor)) for c in colour)  # type: ignore[return-value]


def spline(points: Sequence[Point], *, closed: bool = True, steps: int = 10) -> NDArray[np.float64]:
    """Centripetal-looking Catmull-Rom curve through the points; a point given twice in a row stays a corner."""
    p = np.asarray(points, dtype=np.float64)
    p = np.concatenate([p[-1:], p, p[:2]]) if closed else _extended(p)
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    a, b, c, d = (p[i : len(p) - 3 + i, None, :] for i in range(4))
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    flat: NDArray[np.float64] = curve.reshape(-1, 2)
    return flat if closed else np.concatenate([flat, p[-2:-1]])


def _extended(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """An open curve's points with one more at each end, straight on."""
    return np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])


def ribbon(points: Sequence[Point], widths: Sequence[float]) -> NDArray[np.float64]:
    """The outline of a brush stroke along the curve; `widths` are whole widths, spread evenly over its length."""
    line = spline(points, closed=False)
    tangent = np.gradient(line, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    along = np.interp(np.linspace(0, 1, len(line)), np.linspace(0, 1, len(widths)), widths)[:, None] / 2
    return np.concatenate([line + normal * along, (line - normal * along)[::-1]])


def oval(x: float, y: float, rx: float, ry: float, steps: int = 40) -> NDArray[np.float64]:
    """An ellipse round (x, y)."""
    angle = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    return np.stack([x + rx * np.cos(angle), y + ry * np.sin(angle)], axis=1)


def box(x0: float, y0: float, x1: float, y1: float, radius: float = 0.0) -> NDArray[np.float64]:
    """A rectangle, with round corners if `radius` is given."""
    if radius <= 0:
        return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], dtype=np.float64)
    angle = np.linspace(0, np.pi / 2, 8)
    arc = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius
    corners = (
        (x1 - radius, y1 - radius),
        (x0 + radius, y1 - radius),
        (x0 + radius, y0 + radius),
        (x1 - radius, y0 + radius),
    )
    return np.concatenate([np.array(corner) + _turned(arc, quarters) for quarters, corner in enumerate(corners)])


def _turned(arc: NDArray[np.float64], quarters: int) -> NDArray[np.float64]:
    for _ in range(quarters):
        arc = np.stack([-arc[:, 1], arc[:, 0]], axis=1)
    return arc


def _coverage(points: NDArray[np.float64], width: int, height: int, sigma: float) -> NDArray[np.float32]:
    """0..1 of each pixel that the polygon covers. What is to be soft is drawn small, blurred there, and made large."""
    coarse = max(1, int(sigma // 2.5))
    if coarse == 1:
        fine = 4 if width * height < _FINE_AREA and sigma < 2 else 2
        mask = _filled(points, width, height, fine)
        return _blurred(mask, sigma) if sigma > 0.3 else mask
    small = (-(-width // coarse) + 1, -(-height // coarse) + 1)
    mask = _blurred(_filled(points / coarse, *small, 2), sigma / coarse)
    large: Pixels = cv2.resize(mask, (small[0] * coarse, small[1] * coarse), interpolation=cv2.INTER_LINEAR)
    return large[:height, :width]


def _blurred(mask: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    soft: NDArray[np.float32] = cv2.GaussianBlur(mask, (0, 0), sigma)  # type: ignore[assignment]
    return soft


def _filled(points: NDArray[np.float64], width: int, height: int, factor: int) -> NDArray[np.float32]:
    big = np.zeros((height * factor, width * factor), np.uint8)
    cv2.fillPoly(big, [np.round((points * factor - 0.5) * (1 << _SHIFT)).astype(np.int32)], 255, shift=_SHIFT)
    small: NDArray[np.float32] = cv2.resize(big, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    small *= 1 / 255
    return small


def _over(part: NDArray[np.float32], ink: NDArray[np.float32], cover: NDArray[np.float32]) -> None:
    """Lay ink over straight-alpha pixels in place; on empty pixels the ink's colour counts whole."""
    alpha = part[..., 3:] + cover * (1 - part[..., 3:])
    share = cover / np.maximum(alpha, 1e-6)
    part[..., :3] += share * (ink - part[..., :3])
    part[..., 3:] = alpha


class Canvas:
    """Float RGBA, 0..1, colour not multiplied by alpha.

    `origin` is the user point at the top-left pixel, `scale` pixels per unit; on an opaque canvas alpha stays 1.
    """

    def __init__(
        self, width: int, height: int, *, scale: float = 1.0, origin: Point = (0.0, 0.0), opaque: bool = False
    ) -> None:
        self.pixels: NDArray[np.float32] = np.zeros((height, width, 4), np.float32)
        self._opaque = opaque
        if opaque:
            self.pixels[..., 3] = 1
        self.scale = scale
        self.origin = origin
        self._clips: list[NDArray[np.float32]] = []

    @property
    def size(self) -> tuple[int, int]:
        return self.pixels.shape[1], self.pixels.shape[0]

    def place(self, shape: Any) -> NDArray[np.float64]:
        """User points to pixels."""
        placed: NDArray[np.float64] = (np.asarray(shape, np.float64) - self.origin) * self.scale
        return placed

    def mask(self, shape: Any, blur: float = 0.0) -> tuple[NDArray[np.float32], Box] | None:
        """The shape's coverage in its own box of pixels; None if it lies outside."""
        points, sigma = self.place(shape), blur * self.scale
        pad = 2 + int(sigma * 3)
        width, height = self.size
        x0, y0 = (max(0, int(v)) for v in np.floor(points.min(axis=0)) - pad)
        x1, y1 = (int(v) for v in np.minimum(np.ceil(points.max(axis=0)) + pad, (width, height)))
        if x1 <= x0 or y1 <= y0:
            return None
        small = _coverage(points - (x0, y0), x1 - x0, y1 - y0, sigma)
        for clip in self._clips:
            small = small * clip[y0:y1, x0:x1]
        return small, (x0, y0, x1, y1)

    def fill(
        self,
        shape: Any,
        colour: Colour,
        alpha: float = 1.0,
        *,
        blur: float = 0.0,
        to: Colour | None = None,
        atop: bool = False,
        sideways: bool = False,
    ) -> None:
        """Paint a shape; `to` makes a gradient to its bottom (or right), `atop` paints only what is already there."""
        covered = self.mask(shape, blur)
        if covered is None:
            return
        mask, (x0, y0, x1, y1) = covered
        part = self.pixels[y0:y1, x0:x1]
        cover = (mask * alpha)[..., None]
        if atop or self._opaque:
            cover = cover if self._opaque else cover * part[..., 3:]
            part[..., :3] += cover * (self._ink(shape, colour, to, (x0, y0, x1, y1), sideways) - part[..., :3])
            return
        _over(part, self._ink(shape, colour, to, (x0, y0, x1, y1), sideways), cover)

    def _ink(self, shape: Any, colour: Colour, to: Colour | None, where: Box, sideways: bool) -> NDArray[np.float32]:
        first = np.asarray(colour, np.float32)
        if to is None:
            return first
        axis = 0 if sideways else 1
        points = self.place(shape)[:, axis]
        low, high = float(points.min()), float(points.max())
        ramp = np.arange(where[axis], where[axis + 2], dtype=np.float32)
        share = np.clip((ramp - low) / max(1e-6, high - low), 0, 1)[:, None]
        line = first + (np.asarray(to, np.float32) - first) * share
        ink: NDArray[np.float32] = line[None] if sideways else line[:, None]
        return ink

    def glow(self, x: float, y: float, rx: float, ry: float, colour: Colour, strength: float) -> None:
        """Light added round (x, y), falling off smoothly to nothing at the radii."""
        cx, cy = self.place((x, y))
        rx, ry = rx * self.scale, ry * self.scale
        width, height = self.size
        x0, x1 = max(0, int(cx - rx)), min(width, int(cx + rx) + 1)
        y0, y1 = max(0, int(cy - ry)), min(height, int(cy + ry) + 1)
        if x1 <= x0 or y1 <= y0:
            return
        dx = ((np.arange(x0, x1, dtype=np.float32) - cx) / rx) ** 2
        dy = ((np.arange(y0, y1, dtype=np.float32) - cy) / ry) ** 2
        light = np.clip(1 - np.sqrt(dy[:, None] + dx[None]), 0, 1) ** 2 * strength
        for clip in self._clips:
            light = light * clip[y0:y1, x0:x1]
        part = self.pixels[y0:y1, x0:x1, :3]
        # screen, not plain sum: bright walls do not burn out
        part += light[..., None] * np.asarray(colour, np.float32) * (1 - np.minimum(part, 1))

    def brush(
        self,
        points: Sequence[Point],
        widths: Sequence[float],
        colour: Colour,
        alpha: float = 1.0,
        *,
        blur: float = 0.0,
        atop: bool = False,
    ) -> None:
        """A stroke that swells and thins along a curve."""
        self.fill(ribbon(points, widths), colour, alpha, blur=blur, atop=atop)

    @contextmanager
    def clip(self, shape: Any, blur: float = 0.0) -> Iterator[None]:
        """Within the block, paint only inside the shape."""
        whole = np.zeros(self.pixels.shape[:2], np.float32)
        covered = self.mask(shape, blur)
        if covered is not None:
            mask, (x0, y0, x1, y1) = covered
            whole[y0:y1, x0:x1] = mask
        self._clips.append(whole)
        try:
            yield
        finally:
            self._clips.pop()

    def draw(self, other: Canvas, alpha: float = 1.0) -> None:
        """Lay another canvas of the same size over this one."""
        _over(self.pixels, other.pixels[..., :3], other.pixels[..., 3:] * alpha)

    def blurred(self, sigma: float) -> Canvas:
        """A soft copy, as seen out of focus."""
        copy = Canvas(*self.size, scale=self.scale, origin=self.origin)
        flat = self.premultiplied()
        soft = cv2.GaussianBlur(flat, (0, 0), sigma)
        copy.pixels[..., 3] = soft[..., 3]
        copy.pixels[..., :3] = soft[..., :3] / np.maximum(soft[..., 3:], 1e-4)
        return copy

    def premultiplied(self) -> NDArray[np.float32]:
        """RGBA with colour times alpha, ready to be warped and laid over."""
        flat = self.pixels.copy()
        flat[..., :3] *= flat[..., 3:]
        return flat
