"""Bodies and clothes: neck, shoulders, arms, and what is worn over them, down to the shoes."""

from __future__ import annotations

import numpy as np

from generation.engines.animatic.appearance import Appearance
from generation.engines.animatic.figures.arms import POSES, draw_arm
from generation.engines.animatic.figures.build import FOOT, HIP, KNEE, NECK, SHOULDER, WAIST, Build, build_of
from generation.engines.animatic.paint import Canvas, Colour, Point, mix, oval, rgb, shade, spline
from generation.voices.persons import FEMALE

OPEN_FRONT = ("suit", "blazer", "coat", "jacket", "doctor")
LONG = ("coat", "doctor", "robe")


def _symmetric(right: list[Point]) -> list[Point]:
    return [*right, *[(-x, y) for x, y in reversed(right)]]


def draw_body(canvas: Canvas, who: Appearance, light: float, turn: float, pose: str) -> None:
    """The whole figure below the chin; (0, 0) is between the eyes. `pose` is one of `POSES`."""
    build = build_of(who)
    _legs(canvas, who, build)
    _neck(canvas, who, build, light)
    torso = _torso(build, who.outfit)
    canvas.fill(torso, shade(who.cloth, 1.08), to=shade(who.cloth, 0.78))
    with canvas.clip(torso):
        _front(canvas, who, build, light, turn)
        _folds(canvas, who, build, light)
    if who.outfit in ("turtleneck", "hoodie"):
        _collar_tube(canvas, who, build)
    if who.jewels:
        _necklace(canvas, build)
    for side, bend in zip((-1.0, 1.0), POSES[pose], strict=True):
        draw_arm(canvas, who, build, side, light, bend)


def _torso(build: Build, outfit: str) -> object:
    end = HIP + 4.6 if outfit in LONG else HIP + (0.7 if outfit != "dress" else 4.2)
    flare = build.hip + (0.55 if outfit in (*LONG, "dress") else 0.06)
    top = NECK + 0.2 if outfit == "dress" else NECK + 0.02
    right = [(build.neck * 0.98, top - 0.2), (build.neck + 0.36, NECK + 0.14), (build.shoulder * 0.7, SHOULDER - 0.16),
             (build.shoulder - 0.1, SHOULDER + 0.16), (build.shoulder - 0.16, SHOULDER + 0.85), (build.chest, SHOULDER + 1.7),
             (build.waist, WAIST - 0.5), (build.hip, HIP - 0.2)]  # fmt: skip
    upper = spline(_symmetric(right))
    hip = 10 * (len(right) - 1)  # `spline` gives ten points from each corner to the next
    return np.concatenate([upper[: hip + 1], [(flare, end), (-flare, end)], upper[hip + 10 :]])


def _neck(canvas: Canvas, who: Appearance, build: Build, light: float) -> None:
    shape = spline(_symmetric([(build.neck, 0.9), (build.neck * 0.96, NECK - 0.3), (build.neck + 0.3, NECK + 0.18),
                               (build.shoulder * 0.8, SHOULDER), (build.shoulder * 0.6, SHOULDER + 1.1), (0.2, SHOULDER + 1.9)]))  # fmt: skip
    canvas.fill(shape, who.skin)
    dark = mix(shade(who.skin, 0.66), rgb("#7a3b4a"), 0.2)
    canvas.fill(spline([(-1.1, 1.0), (1.1, 1.0), (0.7, 1.78), (light * -0.2, 2.02), (-0.7, 1.78)]), dark, 0.62, blur=0.07, atop=True)
    for side in (-1.0, 1.0):
        canvas.brush([(side * 0.16, NECK + 0.42), (side * 0.6, NECK + 0.3), (side * 1.15, NECK + 0.34)], (0.01, 0.05, 0.01), dark, 0.5, blur=0.01)
        canvas.brush([(side * build.neck * 0.75, NECK - 0.55), (side * 0.14, NECK + 0.36)], (0.01, 0.05, 0.01), dark, 0.3, blur=0.02)


def _front(canvas: Canvas, who: Appearance, build: Build, light: float, turn: float) -> None:
    middle = turn * 0.5
    painters = {"suit": _lapels, "blazer": _lapels, "coat": _lapels, "jacket": _lapels, "doctor": _lapels, "shirt": _shirt,
                "robe": _robe, "dress": _neckline, "hoodie": _hoodie}  # fmt: skip
    painter = painters.get(who.outfit)
    if painter:
        painter(canvas, who, build, middle)


def _lapels(canvas: Canvas, who: Appearance, build: Build, middle: float) -> None:
    """An open front: what is under it, then two lapels and a button."""
    deep = WAIST - 0.9 if who.outfit != "coat" else WAIST - 1.5
    vee = [(-build.neck - 0.2, NECK - 0.2), (build.neck + 0.2, NECK - 0.2), (middle, deep)]
    under = who.accent if who.outfit != "jacket" else shade(who.accent, 0.85)
    canvas.fill(vee, under, to=shade(under, 0.86))
    female = who.sex == FEMALE
    if female and who.outfit != "doctor":
        canvas.fill(spline([(-build.neck - 0.1, NECK - 0.3), (build.neck + 0.1, NECK - 0.3), (middle * 0.7 + 0.2, SHOULDER + 0.55), (middle * 0.7 - 0.2, SHOULDER + 0.55)]), who.skin)
    else:
        _collar(canvas, who, build, middle, tie=who.outfit == "suit" or (who.outfit == "doctor" and not female))
    edge = shade(who.cloth, 0.5)
    for side in (-1.0, 1.0):
        wide = 0.62 if who.outfit != "coat" else 0.86
        lapel = [(side * (build.neck + 0.1), NECK - 0.25), (side * (build.neck + 0.42), NECK + 0.1), (side * (build.neck + wide + 0.35), SHOULDER + 0.75),
                 (side * (build.neck + wide * 0.55), SHOULDER + 0.86), (side * (build.neck + wide * 0.75), SHOULDER + 1.1), (middle, deep + 0.1)]  # fmt: skip
        canvas.fill(lapel, edge, 0.5, blur=0.07)
        canvas.fill(lapel, shade(who.cloth, 1.22 if side > 0 else 1.1), to=shade(who.cloth, 0.92))
    canvas.brush([(middle, deep), (middle * 0.9, HIP + 4.5)], (0.03, 0.04), edge, 0.8)
    for step in range(3):
        canvas.fill(oval(middle + 0.16, deep + 0.35 + step * 0.85, 0.075, 0.075), shade(who.cloth, 0.45))
    if who.outfit == "coat":
        canvas.fill([(-3, WAIST - 0.2), (3, WAIST - 0.2), (3, WAIST + 0.2), (-3, WAIST + 0.2)], shade(who.cloth, 0.72))
        canvas.fill([(middle - 0.3, WAIST - 0.26), (middle + 0.3, WAIST - 0.26), (middle + 0.3, WAIST + 0.26), (middle - 0.3, WAIST + 0.26)], shade(who.cloth, 0.5))


def _collar(canvas: Canvas, who: Appearance, build: Build, middle: float, *, tie: bool) -> None:
    """The throat, a tie perhaps, and the shirt's collar over both."""
    throat = [(-build.neck - 0.02, NECK - 0.5), (build.neck + 0.02, NECK - 0.5), (middle * 0.6, SHOULDER + 0.14)]
    canvas.fill(throat, mix(shade(who.skin, 0.66), rgb("#7a3b4a"), 0.2), to=mix(shade(who.skin, 0.84), rgb("#7a3b4a"), 0.1))
    if tie:
        _tie(canvas, who, middle)
    tint = mix(who.accent, rgb("#ffffff"), 0.25) if sum(who.accent) > 1.5 else shade(who.accent, 1.5)
    for side in (-1.0, 1.0):
        wing = [(side * (build.neck + 0.02), NECK - 0.5), (side * (build.neck + 0.3), NECK - 0.1), (side * (build.neck + 0.24), NECK + 0.3),
                (side * 0.46 + middle * 0.5, SHOULDER + 0.42), (side * 0.1 + middle * 0.6, SHOULDER + 0.02)]  # fmt: skip
        canvas.fill(wing, shade(tint, 0.5), 0.6, blur=0.05)
        canvas.fill(wing, shade(tint, 1.0 if side > 0 else 0.93))


def _tie(canvas: Canvas, who: Appearance, middle: float) -> None:
    colour = mix(who.cloth, rgb("#8f2530"), 0.75) if who.variety % 2 else mix(who.cloth, rgb("#24466f"), 0.8)
    x, top = middle * 0.6, SHOULDER - 0.08
    canvas.fill([(x - 0.12, top + 0.3), (x + 0.12, top + 0.3), (middle + 0.27, WAIST - 1.3), (middle, WAIST - 0.95), (middle - 0.27, WAIST - 1.3)],
                colour, to=shade(colour, 0.7))  # fmt: skip
    canvas.fill([(x - 0.2, top), (x + 0.2, top), (x + 0.12, top + 0.38), (x - 0.12, top + 0.38)], shade(colour, 0.82))


def _shirt(canvas: Canvas, who: Appearance, build: Build, middle: float) -> None:
    canvas.fill([(-build.neck - 0.05, NECK - 0.3), (build.neck + 0.05, NECK - 0.3), (middle * 0.6, SHOULDER + 0.62)], who.skin)
    for side in (-1.0, 1.0):
        flap = [(side * (build.neck + 0.1), NECK - 0.42), (side * (build.neck + 0.38), NECK + 0.2), (side * 0.5 + middle * 0.5, SHOULDER + 0.62), (middle * 0.6, SHOULDER + 0.5)]
        canvas.fill(flap, shade(who.cloth, 0.5), 0.5, blur=0.05)
        canvas.fill(flap, shade(who.cloth, 1.2))
    canvas.brush([(middle * 0.7, SHOULDER + 0.5), (middle * 0.9, HIP + 2)], (0.03, 0.03), shade(who.cloth, 0.6), 0.7)
    for step in range(4):
        canvas.fill(oval(middle * 0.8 + 0.1, SHOULDER + 1.0 + step * 0.9, 0.055, 0.055), shade(who.cloth, 1.5))


def _robe(canvas: Canvas, who: Appearance, build: Build, middle: float) -> None:
    canvas.fill([(-build.neck - 0.1, NECK - 0.3), (build.neck + 0.1, NECK - 0.3), (middle, SHOULDER + 0.9)], who.skin)
    trim = mix(who.accent, rgb("#d7b46a"), 0.5)
    for side in (-1.0, 1.0):
        canvas.brush([(side * (build.neck + 0.2), NECK - 0.35), (side * 0.5, SHOULDER + 0.5), (-side * 0.9, WAIST - 0.6)], (0.34, 0.34, 0.34), trim)
        canvas.brush([(side * (build.neck + 0.42), NECK - 0.25), (side * 0.74, SHOULDER + 0.55), (-side * 0.64, WAIST - 0.6)], (0.04, 0.05, 0.04), shade(who.cloth, 0.5), 0.8)
    canvas.fill([(-3, WAIST - 0.7), (3, WAIST - 0.7), (3, WAIST + 0.25), (-3, WAIST + 0.25)], shade(trim, 0.8))
    canvas.fill([(-3, WAIST - 0.66), (3, WAIST - 0.66), (3, WAIST - 0.56), (-3, WAIST - 0.56)], shade(trim, 1.2))


def _neckline(canvas: Canvas, who: Appearance, build: Build, middle: float) -> None:
    dip = SHOULDER + (0.75 if who.variety % 2 else 0.5)
    canvas.fill(spline([(-build.neck - 0.62, NECK - 0.4), (build.neck + 0.62, NECK - 0.4), (build.shoulder * 0.55, SHOULDER + 0.2), (middle * 0.4, dip),
                        (-build.shoulder * 0.55, SHOULDER + 0.2)]), who.skin)  # fmt: skip
    dark = mix(shade(who.skin, 0.66), rgb("#7a3b4a"), 0.2)
    for side in (-1.0, 1.0):
        canvas.brush([(side * 0.12, NECK + 0.46), (side * 0.55, NECK + 0.36), (side * 1.0, NECK + 0.34)], (0.01, 0.06, 0.01), dark, 0.5, blur=0.01)
    canvas.fill([(-3, WAIST - 0.3), (3, WAIST - 0.3), (3, WAIST - 0.05), (-3, WAIST - 0.05)], shade(who.cloth, 0.7))


def _hoodie(canvas: Canvas, who: Appearance, build: Build, middle: float) -> None:
    for side in (-0.24, 0.24):
        canvas.brush([(side, NECK + 0.5), (side * 1.3, SHOULDER + 1.3)], (0.06, 0.06), shade(who.accent, 0.95))
    canvas.fill(spline([(-1.0, WAIST - 0.2), (1.0, WAIST - 0.2), (1.2, WAIST + 1.0), (-1.2, WAIST + 1.0)]), shade(who.cloth, 0.84))


def _collar_tube(canvas: Canvas, who: Appearance, build: Build) -> None:
    if who.outfit == "hoodie":
        for side in (-1.0, 1.0):
            canvas.brush([(side * (build.neck + 0.55), NECK - 0.75), (side * (build.neck + 0.5), NECK + 0.1), (side * 0.1, NECK + 0.62)], (0.3, 0.62, 0.4), shade(who.cloth, 0.88))
        return
    tube = spline(_symmetric([(build.neck + 0.08, NECK - 0.72), (build.neck + 0.16, NECK - 0.2), (build.neck + 0.42, NECK + 0.34)]))
    canvas.fill(tube, shade(who.cloth, 1.2), to=shade(who.cloth, 0.84))
    canvas.brush([(-build.neck - 0.1, NECK - 0.36), (0, NECK - 0.22), (build.neck + 0.1, NECK - 0.36)], (0.03, 0.07, 0.03), shade(who.cloth, 0.6), 0.5, blur=0.02)


def _necklace(canvas: Canvas, build: Build) -> None:
    canvas.brush([(-build.neck - 0.06, NECK - 0.1), (0, NECK + 0.62), (build.neck + 0.06, NECK - 0.1)], (0.028, 0.04, 0.028), rgb("#e3c27a"), 0.95)
    canvas.fill(oval(0, NECK + 0.64, 0.09, 0.11), rgb("#f6ead0"))


def _folds(canvas: Canvas, who: Appearance, build: Build, light: float) -> None:
    """Side shadow, a lit shoulder and a few soft folds."""
    dark, bright = shade(who.cloth, 0.45), mix(shade(who.cloth, 1.5), rgb("#fff3e0"), 0.15)
    canvas.fill(oval(-light * (build.shoulder + 0.1), WAIST - 0.8, build.shoulder * 0.75, 4.2), dark, 0.5, blur=0.35)
    canvas.brush([(light * (build.neck + 0.4), NECK + 0.2), (light * build.shoulder * 0.8, SHOULDER - 0.1), (light * build.shoulder, SHOULDER + 0.5)],
                 (0.05, 0.22, 0.05), bright, 0.4, blur=0.08)  # fmt: skip
    for side, x, y in ((1, 0.95, SHOULDER + 1.0), (-1, 0.95, SHOULDER + 1.1), (1, 0.7, WAIST - 0.6), (-1, 0.8, WAIST - 0.3)):
        canvas.brush([(side * build.chest * x, y), (side * build.chest * (x - 0.35), y + 0.4), (side * build.chest * (x - 0.5), y + 0.9)],
                     (0.01, 0.09, 0.01), dark, 0.3, blur=0.04)  # fmt: skip


def _legs(canvas: Canvas, who: Appearance, build: Build) -> None:
    bare = who.outfit == "dress"
    cloth: Colour = who.skin if bare else (shade(who.cloth, 0.82) if who.outfit in ("suit", "blazer") else shade(mix(who.cloth, rgb("#23262f"), 0.8), 0.9))
    for side in (-1.0, 1.0):
        path = [(side * build.hip * 0.52, HIP), (side * build.hip * 0.56, KNEE), (side * build.hip * 0.56, FOOT - 0.3)]
        width = 1.0 if who.sex == FEMALE else 1.2
        canvas.brush(path, (width * 1.35, width * 0.95, width * (0.5 if bare else 0.78)), cloth)
        canvas.brush([(x - 0.25 * side, y) for x, y in path], (0.4, 0.3, 0.16), shade(cloth, 0.66), 0.55, blur=0.08, atop=True)
        shoe = shade(who.cloth, 0.4) if bare else rgb("#1b1a1e")
        canvas.fill(spline([(side * build.hip * 0.36, FOOT - 0.35), (side * build.hip * 0.8, FOOT - 0.35), (side * (build.hip * 0.9 + 0.12), FOOT + 0.1), (side * build.hip * 0.3, FOOT + 0.1)]), shoe)
