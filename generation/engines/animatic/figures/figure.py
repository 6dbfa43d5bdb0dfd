"""A whole person as sprites that can be moved: trunk (with the hair behind it), head, patches for eyes and mouth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from generation.captions.overlay import over
from generation.engines.animatic.appearance import Appearance
from generation.engines.animatic.figures.body import draw_body
from generation.engines.animatic.figures.build import FOOT
from generation.engines.animatic.figures.face import LIDS, MOUTHS, draw_face
from generation.engines.animatic.figures.hair import draw_back, draw_front
from generation.engines.animatic.figures.head import CROWN, Head
from generation.engines.animatic.figures.moods import MOODS
from generation.engines.animatic.paint import Box, Canvas, Pixels, mix, oval, rgb, shade, spline

TOP = CROWN - 1.15  # room for a bun
HALF_WIDTH = 3.6
FACE_SCALE = 14.0  # pixels a unit below which lids and lips are too small to be seen moving
EYES_BOX = (-0.98, -0.34, 0.98, 0.42)
MOUTH_BOX = (-0.62, 0.72, 0.62, 1.56)


@dataclass(frozen=True, slots=True)
class Light:
    """How the place lights people: `tint` multiplies, `rim` edges them, `side` is where the key comes from (+-1)."""

    tint: tuple[float, float, float]
    rim: tuple[float, float, float]
    rim_strength: float
    side: float


@dataclass(slots=True)
class Sprite:
    """Premultiplied 8-bit RGBA with the pixel that stands for (0, 0), the point between the eyes."""

    pixels: Pixels
    anchor: tuple[float, float]


@dataclass(slots=True)
class Figure:
    """`patches[name]` are rectangles of other lids and mouths, to be copied over `head.pixels` at their box."""

    trunk: Sprite
    head: Sprite
    patches: dict[str, tuple[Box, Pixels]]
    scale: float


@dataclass(frozen=True, slots=True)
class Bearing:
    """How somebody stands: head turn in radians, mood, where the eyes go (-1..1), the arms, and if they speak."""

    yaw: float
    mood: str
    gaze: float
    pose: str
    speaks: bool


@lru_cache(maxsize=8)
def draw_figure(who: Appearance, bearing: Bearing, light: Light, *, scale: float, bottom: float) -> Figure:
    """`scale` is pixels per unit (half a face width); nothing below `bottom` units is drawn.

    Cached, since a talk cuts back and forth between the same two pictures: the result must not be written to.
    """
    head = Head(who, bearing.yaw, light.side, light.rim)
    width = int(HALF_WIDTH * 2 * scale)
    body = Canvas(width, int((min(bottom, FOOT + 0.5) - 0.8) * scale), scale=scale, origin=(-HALF_WIDTH, 0.8))
    draw_body(body, who, light.side, head.turn, bearing.pose)
    back = Canvas(int(4.4 * scale), int((4.4 - TOP) * scale), scale=scale, origin=(-2.2, TOP))
    draw_back(back, head)
    canvas = _head(head, bearing, scale)
    patches = _patches(canvas, head, bearing, light) if scale >= FACE_SCALE else ()
    whole, (left, top) = cropped(lit_sprite(canvas, light))
    moved = {
        name: _within(whole, (x0 - left, y0 - top, x1 - left, y1 - top), p) for name, ((x0, y0, x1, y1), p) in patches
    }
    return Figure(
        trunk=cropped(merged(lit_sprite(back, light), lit_sprite(body, light)))[0],
        head=whole,
        patches=moved,
        scale=scale,
    )


def _within(sprite: Sprite, where: Box, patch: Pixels) -> tuple[Box, Pixels]:
    """The part of a patch that lies on the sprite."""
    height, width = sprite.pixels.shape[:2]
    x0, y0, x1, y1 = max(0, where[0]), max(0, where[1]), min(width, where[2]), min(height, where[3])
    return (x0, y0, x1, y1), patch[y0 - where[1] : y1 - where[1], x0 - where[0] : x1 - where[0]]


def cropped(sprite: Sprite) -> tuple[Sprite, tuple[int, int]]:
    """Without its empty margins, and how much went at the left and the top."""
    rows = np.flatnonzero(sprite.pixels[..., 3].any(axis=1))
    columns = np.flatnonzero(sprite.pixels[..., 3].any(axis=0))
    if not len(rows):
        return sprite, (0, 0)
    top, low, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    part = np.ascontiguousarray(sprite.pixels[top:low, left:right])
    return Sprite(part, (sprite.anchor[0] - left, sprite.anchor[1] - top)), (left, top)


def merged(back: Sprite, front: Sprite) -> Sprite:
    """Two sprites as one, the second above the first; their anchors meet."""
    left = max(back.anchor[0], front.anchor[0])
    top = max(back.anchor[1], front.anchor[1])
    spots = [(round(left - s.anchor[0]), round(top - s.anchor[1]), s.pixels) for s in (back, front)]
    wide = max(x + p.shape[1] for x, _, p in spots)
    tall = max(y + p.shape[0] for _, y, p in spots)
    canvas = np.zeros((tall, wide, 4), np.uint8)
    for x, y, pixels in spots:
        over(canvas[y : y + pixels.shape[0], x : x + pixels.shape[1]], pixels)
    return Sprite(canvas, (left, top))


def _head(head: Head, bearing: Bearing, scale: float) -> Canvas:
    """The head with its resting face."""
    canvas = Canvas(int(4.4 * scale), int((3.2 - TOP) * scale), scale=scale, origin=(-2.2, TOP))
    _draw_head(canvas, head, bearing, "open", "closed")
    return canvas


def _draw_head(canvas: Canvas, head: Head, bearing: Bearing, lids: str, mouth: str) -> None:
    _skin(canvas, head)
    draw_face(canvas, head, MOODS[bearing.mood], lids, mouth, bearing.gaze)
    _beard(canvas, head, mouth)
    draw_front(canvas, head)
    _glasses(canvas, head)


def _patches(whole: Canvas, head: Head, bearing: Bearing, light: Light) -> Iterator[tuple[str, tuple[Box, Pixels]]]:
    """Only the rectangles that change are drawn anew: the eyes for every lid, the lower face for every mouth."""
    wanted = [(name, lids, "closed", EYES_BOX) for name, lids in LIDS.items()]
    wanted += [(mouth, "open", mouth, MOUTH_BOX) for mouth in (MOUTHS if bearing.speaks else ())]
    for name, lids, mouth, part in wanted:
        x0, y0 = (int(v) for v in whole.place((part[0] + head.turn * 0.3, part[1])))
        x1, y1 = (int(v) for v in whole.place((part[2] + head.turn * 0.3, part[3])))
        margin = 12  # so that blurred edges inside the box are as they are in the whole head
        origin = whole.origin[0] + (x0 - margin) / whole.scale, whole.origin[1] + (y0 - margin) / whole.scale
        canvas = Canvas(x1 - x0 + 2 * margin, y1 - y0 + 2 * margin, scale=whole.scale, origin=origin)
        _draw_head(canvas, head, bearing, lids, mouth)
        yield name, ((x0, y0, x1, y1), lit_sprite(canvas, light).pixels[margin:-margin, margin:-margin])


def _skin(canvas: Canvas, head: Head) -> None:
    """Ears, then the bare head."""
    for side in (-1.0, 1.0):
        x, y = head.skull(side * 1.0 * (1 - 0.06 * abs(head.turn)), 0.18)
        if side * head.turn > 0.12:
            continue  # the far ear is hidden
        canvas.fill(oval(x + side * 0.03, y, 0.17, 0.32), shade(head.who.skin, 0.93))
        canvas.brush(
            [(x + side * 0.09, y - 0.18), (x, y - 0.05), (x + side * 0.05, y + 0.16)],
            (0.02, 0.07, 0.02),
            head.shadow,
            0.8,
        )
        if head.who.jewels:
            canvas.fill(oval(x + side * 0.05, y + 0.42, 0.06, 0.1), rgb("#efd9a0"))
    canvas.fill(head.outline(), head.who.skin)


def _beard(canvas: Canvas, head: Head, mouth: str) -> None:
    if not head.who.beard:
        return
    colour = shade(head.who.hair, 0.85)
    half = [(0.98, 0.35), (0.9, 0.78), (0.7, 1.2), (0.4, 1.48), (0.0, 1.56)]
    contour = [head.at(x, y, 0.75) for x, y in half] + [head.at(-x, y, 0.75) for x, y in reversed(half[:-1])]
    inner = [
        head.at(x, y, 0.95)
        for x, y in ((-0.84, 0.4), (-0.66, 0.72), (-0.36, 0.84), (0.0, 0.8), (0.36, 0.84), (0.66, 0.72), (0.84, 0.4))
    ]
    shape = spline([*contour, *inner])
    if head.who.beard == "stubble":
        canvas.fill(shape, colour, 0.24, blur=0.05, atop=True)
        return
    lips = head.at(0, 1.02, 1.1)
    before = canvas.pixels.copy()
    canvas.fill(shape, colour, 0.92, blur=0.02)
    keep = canvas.mask(oval(lips[0], lips[1] + 0.03, 0.36, 0.16 if mouth == "closed" else 0.3), 0.03)
    if keep is not None:
        cover, (x0, y0, x1, y1) = keep
        part = canvas.pixels[y0:y1, x0:x1]
        part += cover[..., None] * (before[y0:y1, x0:x1] - part)
    canvas.brush(
        head.all_at([(-0.36, 0.92), (-0.12, 0.84), (0.12, 0.84), (0.36, 0.92)], 1.1),
        (0.05, 0.12, 0.12, 0.05),
        colour,
        0.9,
        blur=0.015,
    )


def _glasses(canvas: Canvas, head: Head) -> None:
    if not head.who.glasses:
        return
    frame = rgb("#23202a")
    for side in (-1.0, 1.0):
        x, y = head.at(side * 0.44, 0.05, 1.1)
        rx = 0.36 * head.squeeze(side * 0.44)
        outer, inner = oval(x, y, rx, 0.29), oval(x, y, rx - 0.035, 0.255)
        canvas.fill(inner, rgb("#dfeaf5"), 0.16)
        canvas.fill(np.concatenate([outer, outer[:1], inner[:1], inner[::-1]]), frame, 0.95)
        canvas.brush([(x + side * rx, y - 0.04), head.at(side * 0.99, 0.02, 0.3)], (0.05, 0.04), frame)
    canvas.brush(
        [head.at(-0.1, 0.02, 1.2), head.at(0, -0.02, 1.25), head.at(0.1, 0.02, 1.2)], (0.05, 0.05, 0.05), frame
    )


def lit_sprite(canvas: Canvas, light: Light) -> Sprite:
    """Tinted by the place, with an edge of light, premultiplied, 8 bits."""
    alpha = canvas.pixels[..., 3]
    colour = canvas.pixels[..., :3] * np.asarray(light.tint, np.float32)
    edge = _edge(alpha, canvas.scale, light.side) * light.rim_strength
    colour += edge[..., None] * (np.asarray(light.rim, np.float32) - colour * 0.4)
    flat = np.empty(canvas.pixels.shape, np.float32)
    flat[..., :3] = np.clip(colour, 0, 1) * alpha[..., None]
    flat[..., 3] = alpha
    x, y = canvas.place((0.0, 0.0))
    return Sprite(np.round(flat * 255).astype(np.uint8), (float(x), float(y)))


def _edge(alpha: Pixels, scale: float, side: float) -> Pixels:
    """Coverage within a hand's breadth of the edge that faces away from the key light: a rim light."""
    shift = np.array([[1, 0, side * scale * 0.05], [0, 1, scale * 0.02]], np.float64)
    moved = cv2.warpAffine(alpha, shift, (alpha.shape[1], alpha.shape[0]), borderMode=cv2.BORDER_REPLICATE)
    rim = np.clip(alpha - moved, 0, 1)
    soft: Pixels = cv2.GaussianBlur(rim, (0, 0), max(0.6, scale * 0.02))
    return soft * alpha


def lit(tint: str, rim: str, strength: float, side: float) -> Light:
    """A `Light` from colour codes; `tint` is softened so that faces keep their own colours."""
    return Light(mix(rgb(tint), (1.0, 1.0, 1.0), 0.0), rgb(rim), strength, side)
