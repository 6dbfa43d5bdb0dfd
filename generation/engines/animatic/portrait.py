"""A character's head and shoulders, for people to choose a cast by. The same person as in every shot."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from generation.engines.animatic.appearance import appearance_of, number
from generation.engines.animatic.camera import placed
from generation.engines.animatic.compose import lay, vignette
from generation.engines.animatic.figures.figure import Bearing, draw_figure, lit
from generation.engines.animatic.paint import Pixels, mix, rgb
from generation.engines.base import CastMember

WIDTH, HEIGHT = 320, 400
SCALE = 62.0  # pixels a unit (half a face's width)
EYES = (160.0, 172.0)
BACKDROPS = ("#3b3157", "#243f57", "#4f2f3a", "#274a44", "#52422b", "#33384f")


def draw_portrait(member: CastMember, language: str) -> bytes:
    """A 320 x 400 JPEG of `member` before a plain wall. The same input gives the same bytes."""
    cv2.setNumThreads(1)
    who = appearance_of(member, language)
    side = 1 if member.seed % 2 else -1
    light = lit("#fff4e6", "#ffe2b8", 0.35, float(side))
    figure = draw_figure(who, Bearing(side * 0.22, "calm", side * 0.1, "down", False), light, scale=SCALE, bottom=6.0)
    picture = _wall(member.seed)
    for sprite in (figure.trunk, figure.head):
        lay(picture, sprite.pixels, placed(1.0, *EYES, anchor=sprite.anchor))
    picture = cv2.multiply(picture, vignette(WIDTH, HEIGHT), scale=1 / 255)
    out = io.BytesIO()
    Image.fromarray(picture[..., :3].copy()).save(out, "JPEG", quality=86)
    return out.getvalue()


def _wall(seed: int) -> Pixels:
    """A wall with a pool of light behind the head."""
    colour = rgb(BACKDROPS[number(seed, "wall") % len(BACKDROPS)])
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    glow = np.exp(-(((x - EYES[0]) / 170) ** 2 + ((y - EYES[1]) / 190) ** 2))[..., None]
    bright, dark = (
        np.array((*mix(colour, end, share), 1.0)) for end, share in (((1.0, 1.0, 1.0), 0.28), ((0.0, 0.0, 0.0), 0.25))
    )
    wall: Pixels = np.round((dark + (bright - dark) * glow) * 255).astype(np.uint8)
    return wall
