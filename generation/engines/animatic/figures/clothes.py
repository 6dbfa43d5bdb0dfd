"""What is worn: fronts, collars, ties, folds. Painted over a torso, whose shape clips it."""

from __future__ import annotations

from generation.engines.animatic.appearance import Appearance
from generation.engines.animatic.figures.build import HIP, NECK, SHOULDER, WAIST, Build, symmetric
from generation.engines.animatic.paint import Canvas, box, mix, oval, rgb, shade, spline
from generation.voices.persons import FEMALE


def draw_front(canvas: Canvas, who: Appearance, build: Build, light: float, turn: float) -> None:
    middle = turn * 0.5
    painters = {
        "suit": _lapels,
        "blazer": _lapels,
        "coat": _lapels,
        "jacket": _lapels,
        "doctor": _lapels,
        "shirt": _shirt,
        "robe": _robe,
        "dress": _neckline,
        "hoodie": _hoodie,
    }
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
        canvas.fill(
            spline(
                [
                    (-build.neck - 0.1, NECK - 0.3),
                    (build.neck + 0.1, NECK - 0.3),
                    (middle * 0.7 + 0.2, SHOULDER + 0.55),
                    (middle * 0.7 - 0.2, SHOULDER + 0.55),
                ]
            ),
            who.skin,
        )
    else:
        _collar(canvas, who, build, middle, tie=who.outfit == "suit" or (who.outfit == "doctor" and not female))
    edge = shade(who.cloth, 0.5)
    for side in (-1.0, 1.0):
        wide = 0.62 if who.outfit != "coat" else 0.86
        lapel = [
            (side * (build.neck + 0.1), NECK - 0.25),
            (side * (build.neck + 0.42), NECK + 0.1),
            (side * (build.neck + wide + 0.35), SHOULDER + 0.75),
            (side * (build.neck + wide * 0.55), SHOULDER + 0.86),
            (side * (build.neck + wide * 0.75), SHOULDER + 1.1),
            (middle, deep + 0.1),
        ]
        canvas.fill(lapel, edge, 0.5, blur=0.07)
        canvas.fill(lapel, shade(who.cloth, 1.22 if side > 0 else 1.1), to=shade(who.cloth, 0.92))
    canvas.brush([(middle, deep), (middle * 0.9, HIP + 4.5)], (0.03, 0.04), edge, 0.8)
    for step in range(3):
        canvas.fill(oval(middle + 0.16, deep + 0.35 + step * 0.85, 0.075, 0.075), shade(who.cloth, 0.45))
    if who.outfit == "coat":
        canvas.fill(box(-3, WAIST - 0.2, 3, WAIST + 0.2), shade(who.cloth, 0.72))
        canvas.fill(box(middle - 0.3, WAIST - 0.26, middle + 0.3, WAIST + 0.26), shade(who.cloth, 0.5))


def _collar(canvas: Canvas, who: Appearance, build: Build, middle: float, *, tie: bool) -> None:
    """The throat, a tie perhaps, and the shirt's collar over both."""
    throat = [(-build.neck - 0.02, NECK - 0.5), (build.neck + 0.02, NECK - 0.5), (middle * 0.6, SHOULDER + 0.14)]
    canvas.fill(
        throat, mix(shade(who.skin, 0.66), rgb("#7a3b4a"), 0.2), to=mix(shade(who.skin, 0.84), rgb("#7a3b4a"), 0.1)
    )
    if tie:
        _tie(canvas, who, middle)
    tint = mix(who.accent, rgb("#ffffff"), 0.25) if sum(who.accent) > 1.5 else shade(who.accent, 1.5)
    for side in (-1.0, 1.0):
        wing = [
            (side * (build.neck + 0.02), NECK - 0.5),
            (side * (build.neck + 0.3), NECK - 0.1),
            (side * (build.neck + 0.24), NECK + 0.3),
            (side * 0.46 + middle * 0.5, SHOULDER + 0.42),
            (side * 0.1 + middle * 0.6, SHOULDER + 0.02),
        ]
        canvas.fill(wing, shade(tint, 0.5), 0.6, blur=0.05)
        canvas.fill(wing, shade(tint, 1.0 if side > 0 else 0.93))


def _tie(canvas: Canvas, who: Appearance, middle: float) -> None:
    colour = mix(who.cloth, rgb("#8f2530"), 0.75) if who.variety % 2 else mix(who.cloth, rgb("#24466f"), 0.8)
    x, top = middle * 0.6, SHOULDER - 0.08
    canvas.fill(
        [
            (x - 0.12, top + 0.3),
            (x + 0.12, top + 0.3),
            (middle + 0.27, WAIST - 1.3),
            (middle, WAIST - 0.95),
            (middle - 0.27, WAIST - 1.3),
        ],
        colour,
        to=shade(colour, 0.7),
    )
    canvas.fill([(x - 0.2, top), (x + 0.2, top), (x + 0.12, top + 0.38), (x - 0.12, top + 0.38)], shade(colour, 0.82))


def _shirt(canvas: Canvas, who: Appearance, build: Build, middle: float) -> None:
    canvas.fill(
        [(-build.neck - 0.05, NECK - 0.3), (build.neck + 0.05, NECK - 0.3), (middle * 0.6, SHOULDER + 0.62)], who.skin
    )
    for side in (-1.0, 1.0):
        flap = [
            (side * (build.neck + 0.1), NECK - 0.42),
            (side * (build.neck + 0.38), NECK + 0.2),
            (side * 0.5 + middle * 0.5, SHOULDER + 0.62),
            (middle * 0.6, SHOULDER + 0.5),
        ]
        canvas.fill(flap, shade(who.cloth, 0.5), 0.5, blur=0.05)
        canvas.fill(flap, shade(who.cloth, 1.2))
    canvas.brush([(middle * 0.7, SHOULDER + 0.5), (middle * 0.9, HIP + 2)], (0.03, 0.03), shade(who.cloth, 0.6), 0.7)
    for step in range(4):
        canvas.fill(oval(middle * 0.8 + 0.1, SHOULDER + 1.0 + step * 0.9, 0.055, 0.055), shade(who.cloth, 1.5))


def _robe(canvas: Canvas, who: Appearance, build: Build, middle: float) -> None:
    canvas.fill([(-build.neck - 0.1, NECK - 0.3), (build.neck + 0.1, NECK - 0.3), (middle, SHOULDER + 0.9)], who.skin)
    trim = mix(who.accent, rgb("#d7b46a"), 0.5)
    for side in (-1.0, 1.0):
        canvas.brush(
            [(side * (build.neck + 0.2), NECK - 0.35), (side * 0.5, SHOULDER + 0.5), (-side * 0.9, WAIST - 0.6)],
            (0.34, 0.34, 0.34),
            trim,
        )
        canvas.brush(
            [(side * (build.neck + 0.42), NECK - 0.25), (side * 0.74, SHOULDER + 0.55), (-side * 0.64, WAIST - 0.6)],
            (0.04, 0.05, 0.04),
            shade(who.cloth, 0.5),
            0.8,
        )
    canvas.fill([(-3, WAIST - 0.7), (3, WAIST - 0.7), (3, WAIST + 0.25), (-3, WAIST + 0.25)], shade(trim, 0.8))
    canvas.fill([(-3, WAIST - 0.66), (3, WAIST - 0.66), (3, WAIST - 0.56), (-3, WAIST - 0.56)], shade(trim, 1.2))


def _neckline(canvas: Canvas, who: Appearance, build: Build, middle: float) -> None:
    dip = SHOULDER + (0.75 if who.variety % 2 else 0.5)
    canvas.fill(
        spline(
            [
                (-build.neck - 0.62, NECK - 0.4),
                (build.neck + 0.62, NECK - 0.4),
                (build.shoulder * 0.55, SHOULDER + 0.2),
                (middle * 0.4, dip),
                (-build.shoulder * 0.55, SHOULDER + 0.2),
            ]
        ),
        who.skin,
    )
    dark = mix(shade(who.skin, 0.66), rgb("#7a3b4a"), 0.2)
    for side in (-1.0, 1.0):
        canvas.brush(
            [(side * 0.12, NECK + 0.46), (side * 0.55, NECK + 0.36), (side * 1.0, NECK + 0.34)],
            (0.01, 0.06, 0.01),
            dark,
            0.5,
            blur=0.01,
        )
    canvas.fill([(-3, WAIST - 0.3), (3, WAIST - 0.3), (3, WAIST - 0.05), (-3, WAIST - 0.05)], shade(who.cloth, 0.7))


def _hoodie(canvas: Canvas, who: Appearance, build: Build, middle: float) -> None:
    for side in (-0.24, 0.24):
        canvas.brush([(side, NECK + 0.5), (side * 1.3, SHOULDER + 1.3)], (0.06, 0.06), shade(who.accent, 0.95))
    canvas.fill(
        spline([(-1.0, WAIST - 0.2), (1.0, WAIST - 0.2), (1.2, WAIST + 1.0), (-1.2, WAIST + 1.0)]),
        shade(who.cloth, 0.84),
    )


def draw_collar_tube(canvas: Canvas, who: Appearance, build: Build) -> None:
    if who.outfit == "hoodie":
        for side in (-1.0, 1.0):
            canvas.brush(
                [
                    (side * (build.neck + 0.55), NECK - 0.75),
                    (side * (build.neck + 0.5), NECK + 0.1),
                    (side * 0.1, NECK + 0.62),
                ],
                (0.3, 0.62, 0.4),
                shade(who.cloth, 0.88),
            )
        return
    tube = spline(
        symmetric([(build.neck + 0.08, NECK - 0.72), (build.neck + 0.16, NECK - 0.2), (build.neck + 0.42, NECK + 0.34)])
    )
    canvas.fill(tube, shade(who.cloth, 1.2), to=shade(who.cloth, 0.84))
    canvas.brush(
        [(-build.neck - 0.1, NECK - 0.36), (0, NECK - 0.22), (build.neck + 0.1, NECK - 0.36)],
        (0.03, 0.07, 0.03),
        shade(who.cloth, 0.6),
        0.5,
        blur=0.02,
    )


def draw_necklace(canvas: Canvas, build: Build) -> None:
    canvas.brush(
        [(-build.neck - 0.06, NECK - 0.1), (0, NECK + 0.62), (build.neck + 0.06, NECK - 0.1)],
        (0.028, 0.04, 0.028),
        rgb("#e3c27a"),
        0.95,
    )
    canvas.fill(oval(0, NECK + 0.64, 0.09, 0.11), rgb("#f6ead0"))


def draw_folds(canvas: Canvas, who: Appearance, build: Build, light: float) -> None:
    """Side shadow, a lit shoulder and a few soft folds."""
    dark, bright = shade(who.cloth, 0.45), mix(shade(who.cloth, 1.5), rgb("#fff3e0"), 0.15)
    canvas.fill(oval(-light * (build.shoulder + 0.1), WAIST - 0.8, build.shoulder * 0.75, 4.2), dark, 0.5, blur=0.35)
    canvas.brush(
        [
            (light * (build.neck + 0.4), NECK + 0.2),
            (light * build.shoulder * 0.8, SHOULDER - 0.1),
            (light * build.shoulder, SHOULDER + 0.5),
        ],
        (0.05, 0.22, 0.05),
        bright,
        0.4,
        blur=0.08,
    )
    for side, x, y in (
        (1, 0.95, SHOULDER + 1.0),
        (-1, 0.95, SHOULDER + 1.1),
        (1, 0.7, WAIST - 0.6),
        (-1, 0.8, WAIST - 0.3),
    ):
        canvas.brush(
            [
                (side * build.chest * x, y),
                (side * build.chest * (x - 0.35), y + 0.4),
                (side * build.chest * (x - 0.5), y + 0.9),
            ],
            (0.01, 0.09, 0.01),
            dark,
            0.3,
            blur=0.04,
        )
