"""Open places: streets, roofs, woods and water."""

from __future__ import annotations

import random

from generation.engines.animatic.paint import Canvas, Colour, box, mix, oval, rgb, shade, spline
from generation.engines.animatic.sets.interiors import Painter
from generation.engines.animatic.sets.room import dim
from generation.engines.animatic.sets.sky import (
    BOTTOM,
    LEFT,
    RIGHT,
    Hour,
    draw_hills,
    draw_sky,
    draw_skyline,
    draw_tree,
)


def street_lamp(canvas: Canvas, hour: Hour, x: float, base: float, tall: float, lean: float) -> None:
    """A lamp whose arm reaches over the road."""
    iron = shade(rgb("#2b2f36"), 1.0)
    canvas.brush(
        [(x, base), (x, base - tall * 0.8), (x + lean * 0.3, base - tall), (x + lean, base - tall)], (9, 7, 6, 5), iron
    )
    canvas.fill(oval(x + lean, base - tall + 6, 22, 8), rgb("#ffe8b8"))
    canvas.glow(x + lean, base - tall + 10, 300, 380, rgb("#ffc879"), 0.75 * hour.lamps)
    canvas.fill(
        [
            (x + lean - 18, base - tall + 10),
            (x + lean + 18, base - tall + 10),
            (x + lean + 150, base),
            (x + lean - 150, base),
        ],
        rgb("#ffd591"),
        0.12 * hour.lamps,
        blur=24,
    )


def _facade(canvas: Canvas, hour: Hour, rng: random.Random, side: int, colour: Colour) -> None:
    """A row of house fronts that runs to the vanishing point."""
    vx, vy = 372.0, 690.0
    tone = dim(colour, hour)
    edge = LEFT if side < 0 else RIGHT
    canvas.fill(
        [(edge, -160), (vx + side * 92, vy - 190), (vx + side * 92, vy + 60), (edge, 1150)],
        shade(tone, 0.8),
        to=shade(tone, 1.05),
    )
    for column in range(5):
        near, far = column / 5, (column + 0.62) / 5
        x0, x1 = (edge + (vx + side * 92 - edge) * (1 - (1 - s) ** 1.7) for s in (near, far))
        for row in range(4):
            y = [(-110 + (vy - 160 + 110) * (1 - (1 - s) ** 1.7)) for s in (near, far)]
            low = [(1000 + (vy + 40 - 1000) * (1 - (1 - s) ** 1.7)) for s in (near, far)]
            a, b = row / 4 + 0.05, row / 4 + 0.19
            quad = [
                (x0, y[0] + (low[0] - y[0]) * a),
                (x1, y[1] + (low[1] - y[1]) * a),
                (x1, y[1] + (low[1] - y[1]) * b),
                (x0, y[0] + (low[0] - y[0]) * b),
            ]
            lit = rng.random() < 0.15 + 0.45 * hour.lamps
            canvas.fill(
                quad, rgb(rng.choice(("#ffd68c", "#ffe2ae"))) if lit else shade(mix(tone, hour.zenith, 0.5), 0.8), 0.9
            )
    shop = [(edge, 960), (vx + side * 92, vy + 16), (vx + side * 92, vy + 58), (edge, 1140)]
    canvas.fill(shop, rgb("#ffcf87"), 0.2 + 0.55 * hour.lamps)
    sign = rgb(rng.choice(("#ff5a6a", "#49c7e8", "#f6b23c", "#c77dff")))
    canvas.fill(
        [(edge, 860), (vx + side * 180, vy - 30), (vx + side * 180, vy + 4), (edge, 930)], sign, 0.35 + 0.5 * hour.lamps
    )
    canvas.glow(edge - side * 110, 900, 330, 260, sign, 0.55 * hour.lamps)


def street(far: Canvas, near: Canvas, hour: Hour, rng: random.Random, weather: str) -> None:
    draw_sky(far, hour, rng, horizon=760, weather=weather, sun_x=430)
    draw_skyline(far, hour, rng, base=760, tall=470, depth=0.7)
    draw_skyline(far, hour, rng, base=770, tall=300, depth=0.35)
    road = dim(rgb("#4c5058"), hour)
    far.fill(box(LEFT, 740, RIGHT, BOTTOM), shade(road, 1.1), to=shade(road, 0.72))
    _facade(far, hour, rng, -1, rgb(rng.choice(("#8a5a48", "#6d6a70", "#94765a"))))
    _facade(far, hour, rng, 1, rgb(rng.choice(("#5f6f7c", "#8b6a5c", "#77705f"))))
    for side in (-1, 1):
        far.fill(
            [(372 + side * 92, 748), (372 + side * 120, 748), (372 + side * 620, BOTTOM), (372 + side * 400, BOTTOM)],
            shade(road, 1.5),
            0.7,
        )
    for step in range(6):
        y0, y1 = 770 + 700 * (step / 6) ** 1.8, 770 + 700 * ((step + 0.5) / 6) ** 1.8
        far.fill(
            [
                (370 - (y0 - 740) * 0.012, y0),
                (374 + (y0 - 740) * 0.012, y0),
                (374 + (y1 - 740) * 0.016, y1),
                (370 - (y1 - 740) * 0.016, y1),
            ],
            rgb("#e7dfc9"),
            0.75,
        )
    for x, base, tall, lean in (
        (64, 1060, 560, 110),
        (690, 1060, 560, -110),
        (240, 850, 250, 46),
        (510, 850, 250, -46),
    ):
        street_lamp(far, hour, x, base, tall, lean)
    if weather or hour.lamps == 1.0:
        _wet(far, hour, rng)


def _wet(canvas: Canvas, hour: Hour, rng: random.Random) -> None:
    """Lights drawn long on a wet ground."""
    for _ in range(26):
        x, y = rng.uniform(LEFT, RIGHT), rng.uniform(860, 1380)
        ink = rgb(rng.choice(("#ffcf87", "#ffe4b0", "#ff7a6a", "#7fc4ff", "#ffb35a")))
        canvas.fill(oval(x, y, rng.uniform(8, 22), rng.uniform(50, 150)), ink, 0.05 + 0.1 * hour.lamps, blur=9)


def rooftop(far: Canvas, near: Canvas, hour: Hour, rng: random.Random, weather: str) -> None:
    draw_sky(far, hour, rng, horizon=860, weather=weather, sun_x=500)
    for base, tall, depth in ((880, 420, 0.75), (900, 330, 0.45), (940, 220, 0.12)):
        draw_skyline(far, hour, rng, base=base, tall=tall, depth=depth)
    slab = dim(rgb("#6d6a6c"), hour)
    far.fill(box(LEFT, 1000, RIGHT, BOTTOM), shade(slab, 1.05), to=shade(slab, 0.7))
    for index in range(-7, 8):
        far.fill(
            [
                (360 + index * 90, 1000),
                (363 + index * 90, 1000),
                (366 + index * 210, BOTTOM),
                (360 + index * 210, BOTTOM),
            ],
            shade(slab, 0.66),
            0.6,
        )
    iron = shade(rgb("#2a2c33"), 1.0)
    for y in (870, 940):
        far.fill(box(LEFT, y, RIGHT, y + 9), iron)
    for index in range(19):
        far.fill(box(LEFT + index * 54, 870, LEFT + index * 54 + 6, 1004), iron)
    far.fill(box(LEFT, 990, RIGHT, 1012), shade(slab, 1.3))
    for index in range(14):
        x = LEFT + 30 + index * 70
        hang = 330 + 40 * ((index - 7) / 7) ** 2
        far.fill(oval(x, hang, 6, 8), rgb("#ffe3a6"))
        far.glow(x, hang, 60, 60, rgb("#ffcf80"), 0.7 * hour.lamps)
    far.brush([(LEFT, 372), (360, 322), (RIGHT, 372)], (2, 2), iron)
    near.fill(box(690, 1010, RIGHT, BOTTOM), shade(slab, 0.5), to=shade(slab, 0.34))
    near.fill(box(680, 990, RIGHT, 1018), shade(slab, 0.75))


def _woods(far: Canvas, hour: Hour, rng: random.Random) -> None:
    """Trees in three depths, with a gap where people stand."""
    for depth, base, count, tall in ((0.62, 820, 9, 330), (0.4, 870, 7, 470), (0.18, 950, 4, 660)):
        for index in range(count):
            x = LEFT + (RIGHT - LEFT) * (index + rng.random()) / count
            if depth > 0.3 or abs(x - 360) > 200:
                draw_tree(far, hour, rng, x, base + rng.uniform(-12, 12), tall, depth=depth)


def forest(far: Canvas, near: Canvas, hour: Hour, rng: random.Random, weather: str) -> None:
    draw_sky(far, hour, rng, horizon=800, weather=weather, sun_x=420)
    draw_hills(far, hour, rng, base=800, tall=170, colour=rgb("#4a6a5c"), depth=0.6)
    grass = rgb("#567a3f")
    tone = mix(shade(grass, 1 - 0.6 * hour.dark), hour.haze, 0.12)
    far.fill(box(LEFT, 790, RIGHT, BOTTOM), mix(tone, hour.haze, 0.35), to=shade(tone, 0.62))
    _woods(far, hour, rng)
    path = mix(shade(rgb("#b79b72"), 1 - 0.55 * hour.dark), hour.haze, 0.15)
    far.fill(
        spline(
            [
                (350, 830),
                (390, 830),
                (430, 960),
                (620, 1200),
                (820, BOTTOM + 30),
                (-60, BOTTOM + 30),
                (150, 1200),
                (330, 960),
            ]
        ),
        path,
        to=shade(path, 0.75),
    )
    if hour.lamps < 0.9:
        for x in (160, 330, 520):
            far.fill([(x, 150), (x + 50, 150), (x - 60, 1250), (x - 190, 1250)], hour.sun, 0.1, blur=20)
    else:
        for _ in range(24):
            far.glow(rng.uniform(LEFT, RIGHT), rng.uniform(640, 1250), 16, 16, rgb("#e8f59a"), 0.9)
    _bushes(near, hour, rng)


def _bushes(near: Canvas, hour: Hour, rng: random.Random) -> None:
    for x in (-50, 770):
        leaf = shade(rgb("#2c4a30"), 1 - 0.6 * hour.dark)
        for _ in range(16):
            near.fill(
                oval(
                    x + rng.uniform(-90, 90),
                    1290 + rng.uniform(-170, 120),
                    rng.uniform(30, 70),
                    rng.uniform(18, 44),
                    16,
                ),
                shade(leaf, rng.uniform(0.5, 1.0)),
                0.95,
                blur=3,
            )


def sea(far: Canvas, near: Canvas, hour: Hour, rng: random.Random, weather: str) -> None:
    draw_sky(far, hour, rng, horizon=720, weather=weather, sun_x=440)
    draw_hills(far, hour, rng, base=722, tall=70, colour=rgb("#4c5d72"), depth=0.65)
    deep = mix(shade(rgb("#1f6d8a"), 1 - 0.5 * hour.dark), hour.zenith, 0.3)
    far.fill(box(LEFT, 720, RIGHT, 1090), mix(deep, hour.horizon, 0.55), to=deep)
    for _ in range(90):
        y = 724 + 350 * rng.random() ** 1.4
        wide = (y - 700) * rng.uniform(0.1, 0.4)
        x = rng.gauss(440, 70) if rng.random() < 0.6 else rng.uniform(LEFT, RIGHT)
        far.fill(
            oval(x, y, wide + 6, 1.4 + (y - 720) * 0.008, 16), mix(hour.sun, (1, 1, 1), 0.3), rng.uniform(0.2, 0.7)
        )
    sand = dim(rgb("#d8bd8e"), hour)
    far.fill(
        spline(
            [
                (LEFT - 30, 1080),
                (120, 1050),
                (380, 1085),
                (620, 1048),
                (RIGHT + 30, 1080),
                (RIGHT + 60, BOTTOM + 60),
                (LEFT - 60, BOTTOM + 60),
            ]
        ),
        shade(sand, 1.1),
        to=shade(sand, 0.74),
    )
    far.brush(
        [(LEFT - 30, 1078), (120, 1048), (380, 1083), (620, 1046), (RIGHT + 30, 1078)],
        (9, 14, 9, 14),
        (1, 1, 1),
        0.75,
        blur=3,
    )


PAINTERS: dict[str, Painter] = {"street": street, "rooftop": rooftop, "forest": forest, "sea": sea}
