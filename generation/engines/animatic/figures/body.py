"""Bodies and clothes: neck, shoulders, arms, and what is worn over them, down to the shoes."""

from __future__ import annotations

import numpy as np

from generation.engines.animatic.appearance import Appearance
from generation.engines.animatic.figures.arms import POSES, draw_arm
from generation.engines.animatic.figures.build import FOOT, HIP, KNEE, NECK, SHOULDER, WAIST, Build, build_of, symmetric
from generation.engines.animatic.figures.clothes import draw_collar_tube, draw_folds, draw_front, draw_necklace
from generation.engines.animatic.paint import Canvas, Colour, mix, rgb, shade, spline
from generation.voices.persons import FEMALE

OPEN_FRONT = ("suit", "blazer", "coat", "jacket", "doctor")
LONG = ("coat", "doctor", "robe")


def draw_body(canvas: Canvas, who: Appearance, light: float, turn: float, pose: str) -> None:
    """The whole figure below the chin; (0, 0) is between the eyes. `pose` is one of `POSES`."""
    build = build_of(who)
    _legs(canvas, who, build)
    _neck(canvas, who, build, light)
    torso = _torso(build, who.outfit)
    canvas.fill(torso, shade(who.cloth, 1.08), to=shade(who.cloth, 0.78))
    with canvas.clip(torso):
        draw_front(canvas, who, build, light, turn)
        draw_folds(canvas, who, build, light)
    if who.outfit in ("turtleneck", "hoodie"):
        draw_collar_tube(canvas, who, build)
    if who.jewels:
        draw_necklace(canvas, build)
    for side, bend in zip((-1.0, 1.0), POSES[pose], strict=True):
        draw_arm(canvas, who, build, side, light, bend)


def _torso(build: Build, outfit: str) -> object:
    end = HIP + 4.6 if outfit in LONG else HIP + (0.7 if outfit != "dress" else 4.2)
    flare = build.hip + (0.55 if outfit in (*LONG, "dress") else 0.06)
    top = NECK + 0.2 if outfit == "dress" else NECK + 0.02
    right = [
        (build.neck * 0.98, top - 0.2),
        (build.neck + 0.36, NECK + 0.14),
        (build.shoulder * 0.7, SHOULDER - 0.16),
        (build.shoulder - 0.1, SHOULDER + 0.16),
        (build.shoulder - 0.16, SHOULDER + 0.85),
        (build.chest, SHOULDER + 1.7),
        (build.waist, WAIST - 0.5),
        (build.hip, HIP - 0.2),
    ]
    upper = spline(symmetric(right))
    hip = 10 * (len(right) - 1)  # `spline` gives ten points from each corner to the next
    return np.concatenate([upper[: hip - 3], [(flare, end), (-flare, end)], upper[hip + 14 :]])


def _neck(canvas: Canvas, who: Appearance, build: Build, light: float) -> None:
    shape = spline(
        symmetric(
            [
                (build.neck, 0.9),
                (build.neck * 0.96, NECK - 0.3),
                (build.neck + 0.3, NECK + 0.18),
                (build.shoulder * 0.8, SHOULDER),
                (build.shoulder * 0.6, SHOULDER + 1.1),
                (0.2, SHOULDER + 1.9),
            ]
        )
    )
    canvas.fill(shape, who.skin)
    dark = mix(shade(who.skin, 0.66), rgb("#7a3b4a"), 0.2)
    canvas.fill(
        spline([(-1.1, 1.0), (1.1, 1.0), (0.7, 1.78), (light * -0.2, 2.02), (-0.7, 1.78)]),
        dark,
        0.62,
        blur=0.07,
        atop=True,
    )
    for side in (-1.0, 1.0):
        canvas.brush(
            [(side * 0.16, NECK + 0.42), (side * 0.6, NECK + 0.3), (side * 1.15, NECK + 0.34)],
            (0.01, 0.05, 0.01),
            dark,
            0.5,
            blur=0.01,
        )
        canvas.brush(
            [(side * build.neck * 0.75, NECK - 0.55), (side * 0.14, NECK + 0.36)],
            (0.01, 0.05, 0.01),
            dark,
            0.3,
            blur=0.02,
        )


def _legs(canvas: Canvas, who: Appearance, build: Build) -> None:
    bare = who.outfit == "dress"
    cloth: Colour = (
        who.skin
        if bare
        else (
            shade(who.cloth, 0.82)
            if who.outfit in ("suit", "blazer")
            else shade(mix(who.cloth, rgb("#23262f"), 0.8), 0.9)
        )
    )
    for side in (-1.0, 1.0):
        path = [(side * build.hip * 0.52, HIP), (side * build.hip * 0.56, KNEE), (side * build.hip * 0.56, FOOT - 0.3)]
        width = 1.0 if who.sex == FEMALE else 1.2
        canvas.brush(path, (width * 1.35, width * 0.95, width * (0.5 if bare else 0.78)), cloth)
        canvas.brush(
            [(x - 0.25 * side, y) for x, y in path], (0.4, 0.3, 0.16), shade(cloth, 0.66), 0.55, blur=0.08, atop=True
        )
        shoe = shade(who.cloth, 0.4) if bare else rgb("#1b1a1e")
        canvas.fill(
            spline(
                [
                    (side * build.hip * 0.36, FOOT - 0.35),
                    (side * build.hip * 0.8, FOOT - 0.35),
                    (side * (build.hip * 0.9 + 0.12), FOOT + 0.1),
                    (side * build.hip * 0.3, FOOT + 0.1),
                ]
            ),
            shoe,
        )
