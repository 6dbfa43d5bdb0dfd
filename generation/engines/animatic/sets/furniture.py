"""What stands in rooms. Every piece is painted with its foot at `base`; units are pixels of a 720 x 1280 frame."""

from __future__ import annotations

import random

from generation.engines.animatic.paint import Canvas, Colour, box, mix, oval, rgb, shade, spline
from generation.engines.animatic.sets.room import dim
from generation.engines.animatic.sets.sky import Hour


def shadow(canvas: Canvas, x: float, base: float, wide: float) -> None:
    """What a piece of furniture does to the floor."""
    canvas.fill(oval(x, base, wide * 0.56, 18), (0, 0, 0), 0.42, blur=10)


def sofa(canvas: Canvas, hour: Hour, x: float, base: float, wide: float, colour: Colour) -> None:
    tone, half = dim(colour, hour), wide / 2
    shadow(canvas, x, base, wide)
    canvas.fill(box(x - half, base - 220, x + half, base - 40, 34), shade(tone, 1.08), to=shade(tone, 0.78))
    for side in (-0.25, 0.25):
        canvas.fill(
            box(x + side * wide - wide * 0.235, base - 200, x + side * wide + wide * 0.235, base - 92, 24),
            shade(tone, 1.2),
            to=shade(tone, 0.92),
        )
    canvas.fill(
        box(x - half * 0.94, base - 112, x + half * 0.94, base - 44, 20), shade(tone, 1.28), to=shade(tone, 0.95)
    )
    for side in (-1, 1):
        canvas.fill(
            box(
                min(x + side * half, x + side * (half - 58)),
                base - 160,
                max(x + side * half, x + side * (half - 58)),
                base - 20,
                26,
            ),
            shade(tone, 1.14),
            to=shade(tone, 0.7),
        )
    canvas.fill(
        [
            (x - half * 0.6, base - 180),
            (x - half * 0.28, base - 196),
            (x - half * 0.22, base - 112),
            (x - half * 0.56, base - 104),
        ],
        dim(rgb("#d9a441"), hour),
        to=dim(rgb("#a8752a"), hour),
    )


def bed(canvas: Canvas, hour: Hour, x: float, base: float, wide: float, colour: Colour, *, rails: bool = False) -> None:
    half = wide / 2
    sheet = dim(rgb("#ece6dd"), hour)
    shadow(canvas, x, base, wide)
    head = dim(rgb("#5b4638") if not rails else rgb("#b9c3c9"), hour)
    canvas.fill(box(x - half, base - 330, x + half, base - 60, 26), shade(head, 1.1), to=shade(head, 0.7))
    for side in (-0.24, 0.24):
        canvas.fill(
            box(x + side * wide - wide * 0.2, base - 268, x + side * wide + wide * 0.2, base - 176, 30),
            shade(sheet, 1.05),
            to=shade(sheet, 0.84),
        )
    _bedding(canvas, x, base, wide, dim(colour, hour), sheet)
    if rails:
        for side in (-1, 1):
            canvas.brush(
                [
                    (x + side * half, base - 240),
                    (x + side * half * 1.04, base - 240),
                    (x + side * half * 1.04, base - 70),
                ],
                (9, 9, 9),
                rgb("#c6d0d6"),
            )


def _bedding(canvas: Canvas, x: float, base: float, wide: float, colour: Colour, sheet: Colour) -> None:
    half = wide / 2
    canvas.fill(
        spline(
            [
                (x - half * 0.98, base - 190),
                (x, base - 206),
                (x + half * 0.98, base - 190),
                (x + half * 1.06, base - 20),
                (x - half * 1.06, base - 20),
            ]
        ),
        colour,
        to=shade(colour, 0.66),
    )
    canvas.fill(
        spline(
            [
                (x - half * 0.98, base - 196),
                (x, base - 212),
                (x + half * 0.98, base - 196),
                (x + half, base - 142),
                (x, base - 158),
                (x - half, base - 142),
            ]
        ),
        sheet,
        to=shade(sheet, 0.84),
    )
    for fold in (-0.5, -0.1, 0.35):
        canvas.brush(
            [(x + fold * wide * 0.8, base - 150), (x + fold * wide * 0.9, base - 84), (x + fold * wide, base - 26)],
            (3, 10, 6),
            shade(colour, 0.7),
            0.6,
            blur=4,
        )


def desk(
    canvas: Canvas, hour: Hour, x: float, base: float, wide: float, colour: Colour, *, monitor: bool = True
) -> None:
    tone, half = dim(colour, hour), wide / 2
    shadow(canvas, x, base, wide)
    canvas.fill(box(x - half + 22, base - 140, x + half - 22, base), shade(tone, 0.72), to=shade(tone, 0.45))
    canvas.fill(box(x - half, base - 158, x + half, base - 134, 5), shade(tone, 1.25), to=shade(tone, 0.9))
    if not monitor:
        return
    canvas.fill(box(x + half * 0.3, base - 182, x + half * 0.38, base - 158), rgb("#22252b"))
    canvas.fill(box(x + half * 0.06, base - 300, x + half * 0.66, base - 182, 7), rgb("#15171c"))
    canvas.fill(box(x + half * 0.08, base - 295, x + half * 0.64, base - 189), rgb("#29507e"), to=rgb("#5f9ac0"))
    canvas.glow(x + half * 0.36, base - 240, 190, 150, rgb("#7fb8e8"), 0.1 + 0.34 * hour.lamps)
    for index, ink in enumerate(("#d8c9a8", "#c1583f", "#31506b")):
        canvas.fill(
            box(x - half * 0.72, base - 172 - index * 13, x - half * 0.34, base - 160 - index * 13), dim(rgb(ink), hour)
        )


def shelf(
    canvas: Canvas,
    hour: Hour,
    rng: random.Random,
    x: float,
    base: float,
    wide: float,
    tall: float,
    *,
    bottles: bool = False,
) -> None:
    tone = dim(rgb("#5d4433"), hour)
    canvas.fill(box(x, base - tall, x + wide, base), shade(tone, 0.62), to=shade(tone, 0.42))
    rows = max(2, int(tall // 96))
    inks = ("#8f3b36", "#2f4d6b", "#c9b48a", "#456b55", "#6a4a72", "#d8d2c4", "#b5793a")
    for row in range(rows):
        floor = base - tall + (row + 1) * tall / rows
        cursor = x + 12
        while cursor < x + wide - 22:
            thick, high = (
                (rng.uniform(13, 19), rng.uniform(0.6, 0.8))
                if bottles
                else (rng.uniform(8, 17), rng.uniform(0.6, 0.88))
            )
            ink = dim(rgb(rng.choice(inks)), hour)
            top = floor - tall / rows * high
            if rng.random() < 0.86:
                canvas.fill(
                    box(cursor, top, cursor + thick, floor - 6, 5 if bottles else 0),
                    shade(ink, 1.15),
                    to=shade(ink, 0.8),
                )
            if bottles:
                canvas.fill(box(cursor + thick * 0.32, top - 16, cursor + thick * 0.68, top + 4), ink)
            cursor += thick + (8 if bottles else 2)
        canvas.fill(box(x, floor - 6, x + wide, floor + 3), shade(tone, 1.2))
    if bottles:
        canvas.glow(x + wide / 2, base - tall / 2, wide * 0.8, tall * 0.8, rgb("#ffb766"), 0.4)


def door(canvas: Canvas, hour: Hour, x: float, base: float, wide: float, tall: float, colour: Colour) -> None:
    tone = dim(colour, hour)
    canvas.fill(box(x - 14, base - tall - 14, x + wide + 14, base), shade(tone, 1.3))
    canvas.fill(box(x, base - tall, x + wide, base), tone, to=shade(tone, 0.8))
    for y0, y1 in ((0.06, 0.42), (0.5, 0.92)):
        canvas.fill(
            box(x + wide * 0.16, base - tall * (1 - y0), x + wide * 0.84, base - tall * (1 - y1)), shade(tone, 0.76)
        )
        canvas.fill(
            box(x + wide * 0.19, base - tall * (1 - y0) + 6, x + wide * 0.84, base - tall * (1 - y1)), shade(tone, 0.94)
        )
    canvas.fill(oval(x + wide * 0.88, base - tall * 0.47, 8, 8), rgb("#d9b464"))


def table(canvas: Canvas, hour: Hour, x: float, base: float, wide: float, *, candle: bool = True) -> None:
    cloth = dim(rgb("#efe7da"), hour)
    shadow(canvas, x, base, wide)
    canvas.fill(
        [
            (x - wide * 0.46, base - 128),
            (x + wide * 0.46, base - 128),
            (x + wide * 0.4, base - 8),
            (x - wide * 0.4, base - 8),
        ],
        shade(cloth, 0.86),
        to=shade(cloth, 0.5),
    )
    canvas.fill(oval(x, base - 128, wide * 0.5, 26), shade(cloth, 1.05))
    for side in (-1, 1):
        canvas.fill(oval(x + side * wide * 0.26, base - 128, wide * 0.13, 9), shade(cloth, 0.86))
        gx = x + side * wide * 0.1
        canvas.fill(
            spline(
                [
                    (gx - 11, base - 186),
                    (gx + 11, base - 186),
                    (gx + 7, base - 164),
                    (gx, base - 158),
                    (gx - 7, base - 164),
                ]
            ),
            mix(rgb("#7a1f2e"), cloth, 0.2),
            0.8,
        )
        canvas.fill(box(gx - 1.2, base - 160, gx + 1.2, base - 132), rgb("#e8eef2"), 0.7)
    if candle:
        canvas.fill(box(x - 6, base - 166, x + 6, base - 130), rgb("#f5ead2"))
        canvas.fill(
            spline([(x, base - 190), (x + 5, base - 176), (x, base - 167), (x - 5, base - 176)]), rgb("#ffd98a")
        )
        canvas.glow(x, base - 178, 210, 200, rgb("#ffb45e"), 0.5)


def cabinet(canvas: Canvas, hour: Hour, x0: float, x1: float, y0: float, y1: float, colour: Colour, doors: int) -> None:
    tone = dim(colour, hour)
    canvas.fill(box(x0, y0, x1, y1), shade(tone, 0.7))
    wide = (x1 - x0) / doors
    for index in range(doors):
        left = x0 + index * wide
        canvas.fill(box(left + 4, y0 + 5, left + wide - 4, y1 - 5), shade(tone, 1.08), to=shade(tone, 0.9))
        canvas.fill(box(left + wide - 18, (y0 + y1) / 2 - 18, left + wide - 13, (y0 + y1) / 2 + 18), rgb("#c9a45c"))


def monitor_stand(canvas: Canvas, x: float, base: float) -> None:
    """A hospital monitor with its line, and a drip."""
    canvas.fill(box(x - 4, base - 560, x + 4, base), rgb("#aab6bd"))
    canvas.fill(box(x - 62, base - 600, x + 62, base - 480, 8), rgb("#1a2227"))
    canvas.fill(box(x - 54, base - 592, x + 54, base - 488), rgb("#06231f"))
    line = [(-50, 0), (-22, 0), (-14, -10), (-6, 34), (4, -38), (12, 8), (22, 0), (50, 0)]
    canvas.brush([(x + dx, base - 540 + dy) for dx, dy in line], (3, 3), rgb("#5cf0a8"))
    canvas.glow(x, base - 540, 150, 120, rgb("#4fe0a0"), 0.35)
    canvas.fill(box(x + 96, base - 640, x + 101, base), rgb("#c2ccd2"))
    canvas.fill(box(x + 74, base - 640, x + 124, base - 634), rgb("#c2ccd2"))
    canvas.fill(box(x + 78, base - 628, x + 116, base - 548, 12), rgb("#dff0f6"), 0.8)
