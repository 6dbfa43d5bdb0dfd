"""The shell of a room: walls, floor, windows with a view, lamps. Units are pixels of a 720 x 1280 frame."""

from __future__ import annotations

import random

from generation.engines.animatic.paint import Canvas, Colour, box, mix, oval, rgb, shade, spline
from generation.engines.animatic.sets.sky import BOTTOM, LEFT, RIGHT, TOP, Hour, draw_sky, draw_skyline, draw_tree

FLOOR = 1010.0
WARM = rgb("#ffcf8a")


def dim(colour: Colour, hour: Hour) -> Colour:
    """A surface's colour at that hour, under lamplight at night."""
    tint = {True: rgb("#3a3550"), False: rgb("#5a4a50")}[hour.dark > 0.4]
    return mix(shade(colour, 1 - 0.42 * hour.dark), tint, 0.62 * hour.dark)


def draw_walls(
    canvas: Canvas, hour: Hour, wall: Colour, floor: Colour, *, panels: bool = False, boards: bool = True
) -> None:
    """The back wall down to the floor line, and a floor that runs towards us."""
    tone = dim(wall, hour)
    canvas.fill(box(LEFT, TOP, RIGHT, FLOOR), shade(tone, 0.82), to=shade(tone, 1.08))
    canvas.fill(box(LEFT, TOP, RIGHT, TOP + 130), shade(tone, 0.6), 0.8, blur=40)
    if panels:
        for x in range(int(LEFT), int(RIGHT), 192):
            canvas.fill(box(x + 22, 560, x + 170, FLOOR - 90), shade(tone, 0.86))
            canvas.fill(box(x + 28, 566, x + 164, FLOOR - 96), shade(tone, 1.0), to=shade(tone, 1.06))
        canvas.fill(box(LEFT, 520, RIGHT, 532), shade(tone, 1.16))
    ground = dim(floor, hour)
    canvas.fill(box(LEFT, FLOOR, RIGHT, BOTTOM), shade(ground, 0.86), to=shade(ground, 1.12))
    if boards:
        for index in range(-12, 13):
            canvas.fill(
                [
                    (360 + index * 70, FLOOR),
                    (360 + index * 70 + 3, FLOOR),
                    (360 + index * 190 + 6, BOTTOM),
                    (360 + index * 190, BOTTOM),
                ],
                shade(ground, 0.7),
                0.5,
            )
    canvas.fill(box(LEFT, FLOOR - 26, RIGHT, FLOOR), shade(tone, 1.2), to=shade(tone, 1.0))
    canvas.fill(box(LEFT, FLOOR, RIGHT, FLOOR + 34), (0.0, 0.0, 0.0), 0.32, blur=10)


def draw_window(
    canvas: Canvas,
    hour: Hour,
    rng: random.Random,
    weather: str,
    *,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    panes: int = 2,
    green: bool = False,
    curtain: Colour | None = None,
) -> None:
    """A window, what is seen through it, its frame, and the light it lets in."""
    canvas.fill(box(x0 - 14, y0 - 14, x1 + 14, y1 + 14), dim(rgb("#e8e2d8"), hour))
    with canvas.clip(box(x0, y0, x1, y1)):
        _view(canvas, hour, rng, weather, (x0, y0, x1, y1), green=green)
    frame = shade(dim(rgb("#efe9df"), hour), 0.92)
    for index in range(1, panes):
        x = x0 + (x1 - x0) * index / panes
        canvas.fill(box(x - 5, y0, x + 5, y1), frame)
    canvas.fill(box(x0, (y0 + y1) / 2 - 4, x1, (y0 + y1) / 2 + 4), frame, 0.9 if panes < 4 else 0.0)
    canvas.fill(box(x0 - 26, y1 + 8, x1 + 26, y1 + 26), shade(frame, 1.08))
    if curtain is not None:
        _curtains(canvas, dim(curtain, hour), x0, y0, x1, y1)
    _daylight(canvas, hour, x0, y0, x1, y1)


def _view(
    canvas: Canvas,
    hour: Hour,
    rng: random.Random,
    weather: str,
    glass: tuple[float, float, float, float],
    *,
    green: bool,
) -> None:
    """What is outside, and what is on the pane."""
    x0, y0, x1, y1 = glass
    draw_sky(canvas, hour, rng, horizon=y1 - (y1 - y0) * 0.2, weather=weather, sun_x=x0 + (x1 - x0) * 0.7)
    if green:
        for _ in range(5):
            draw_tree(canvas, hour, rng, rng.uniform(x0, x1), y1 + 30, (y1 - y0) * 0.8, depth=0.3)
    else:
        draw_skyline(canvas, hour, rng, base=y1 + 4, tall=(y1 - y0) * 0.62, depth=0.65)
        draw_skyline(canvas, hour, rng, base=y1 + 4, tall=(y1 - y0) * 0.38, depth=0.25)
    canvas.fill(
        [(x0 + 20, y1), (x0 + (x1 - x0) * 0.4, y0), (x0 + (x1 - x0) * 0.56, y0), (x0 + (x1 - x0) * 0.24, y1)],
        (1, 1, 1),
        0.07,
    )
    if weather == "rain":
        for _ in range(60):
            x, y = rng.uniform(x0, x1), rng.uniform(y0, y1)
            canvas.fill(oval(x, y, 1.6, rng.uniform(3, 14), 8), rgb("#dfe9f5"), 0.4)


def _curtains(canvas: Canvas, colour: Colour, x0: float, y0: float, x1: float, y1: float) -> None:
    wide = (x1 - x0) * 0.26
    canvas.fill(box(x0 - 60, y0 - 40, x1 + 60, y0 - 30, 5), shade(colour, 0.5))
    for side, edge in ((1, x0 - 46), (-1, x1 + 46)):
        outline = [
            (edge, y0 - 34),
            (edge + side * wide, y0 - 34),
            (edge + side * wide * 0.86, (y0 + y1) / 2),
            (edge + side * wide * 1.02, y1 + 90),
            (edge, y1 + 90),
        ]
        canvas.fill(outline, shade(colour, 1.1), to=shade(colour, 0.78))
        for fold in range(1, 5):
            x = edge + side * wide * fold / 5
            canvas.brush(
                [(x, y0 - 30), (x - side * 5, (y0 + y1) / 2), (x, y1 + 86)], (4, 9, 9), shade(colour, 0.62), 0.6, blur=3
            )


def _daylight(canvas: Canvas, hour: Hour, x0: float, y0: float, x1: float, y1: float) -> None:
    """The halo round the glass and the shaft across the room; at night only a cold breath."""
    strength = 0.34 * (1 - hour.dark) if hour.lamps < 0.9 else 0.12
    centre = ((x0 + x1) / 2, (y0 + y1) / 2)
    canvas.glow(*centre, (x1 - x0) * 1.25, (y1 - y0) * 1.0, hour.sun, strength)
    if hour.lamps < 0.9:
        lean = 240 if centre[0] < 360 else -240
        shaft = [(x0, y0 + 40), (x1, y0), (x1 + lean * 1.5, BOTTOM), (x0 + lean * 1.1, BOTTOM)]
        canvas.fill(shaft, hour.sun, 0.13, blur=36)
        canvas.fill(
            [
                (x0 + lean * 0.75, FLOOR + 40),
                (x1 + lean * 0.8, FLOOR + 40),
                (x1 + lean * 1.15, BOTTOM - 90),
                (x0 + lean * 1.0, BOTTOM - 90),
            ],
            hour.sun,
            0.2,
            blur=22,
        )


def draw_lamp(canvas: Canvas, hour: Hour, x: float, base: float, tall: float, *, shade_colour: Colour = WARM) -> None:
    """A standing or table lamp with its pool of light."""
    canvas.fill(box(x - 3, base - tall, x + 3, base), rgb("#3b2f2a"))
    canvas.fill(oval(x, base, tall * 0.14 + 14, 7), rgb("#2c2320"))
    cone = [(x - 34, base - tall - 84), (x + 34, base - tall - 84), (x + 60, base - tall), (x - 60, base - tall)]
    glow = 0.35 + 0.65 * hour.lamps
    canvas.fill(cone, mix(shade(shade_colour, 0.7), rgb("#ffe6b8"), glow * 0.8), to=shade_colour)
    canvas.glow(x, base - tall - 40, 330, 400, rgb("#ffb866"), 0.55 * hour.lamps)
    canvas.glow(x, base - tall - 30, 110, 130, rgb("#ffe3ae"), 0.6 * hour.lamps)


def draw_pendant(canvas: Canvas, hour: Hour, x: float, low: float, colour: Colour) -> None:
    """A lamp that hangs from the ceiling."""
    canvas.fill(box(x - 1.5, TOP, x + 1.5, low - 50), rgb("#1f1b1c"))
    canvas.fill(
        spline([(x - 12, low - 56), (x + 12, low - 56), (x + 46, low), (x - 46, low)]),
        shade(colour, 0.9),
        to=shade(colour, 0.55),
    )
    canvas.fill(oval(x, low, 40, 8), rgb("#fff0cc"))
    canvas.glow(x, low + 26, 260, 340, rgb("#ffbf70"), 0.28 + 0.36 * hour.lamps)


def draw_picture(canvas: Canvas, hour: Hour, rng: random.Random, x: float, y: float, wide: float, tall: float) -> None:
    """A framed abstract on the wall."""
    canvas.fill(box(x + 8, y + 12, x + wide + 8, y + tall + 12), (0, 0, 0), 0.35, blur=9)
    canvas.fill(box(x, y, x + wide, y + tall), dim(rgb("#2b2522"), hour))
    hole = box(x + 9, y + 9, x + wide - 9, y + tall - 9)
    inks = [dim(rgb(c), hour) for c in ("#d9b08c", "#31506b", "#a3493d", "#e7ddcb", "#5d7a6b")]
    canvas.fill(hole, inks[3])
    with canvas.clip(hole):
        for _ in range(4):
            canvas.fill(
                oval(
                    rng.uniform(x, x + wide),
                    rng.uniform(y, y + tall),
                    wide * rng.uniform(0.2, 0.45),
                    tall * rng.uniform(0.12, 0.3),
                ),
                rng.choice(inks),
                0.85,
            )


def draw_plant(canvas: Canvas, hour: Hour, rng: random.Random, x: float, base: float, tall: float) -> None:
    """A potted plant with broad leaves."""
    pot = dim(rgb("#b0694a"), hour)
    for index in range(11):
        lean = (index - 5) * tall * 0.1 + rng.uniform(-8, 8)
        tip = (x + lean * 1.5, base - tall * rng.uniform(0.7, 1.1))
        leaf = shade(dim(rgb("#3f7a50"), hour), rng.uniform(0.7, 1.3))
        canvas.brush([(x, base - tall * 0.2), (x + lean * 0.7, base - tall * 0.6), tip], (4, tall * 0.1, 2), leaf)
    canvas.fill(
        [
            (x - tall * 0.15, base - tall * 0.26),
            (x + tall * 0.15, base - tall * 0.26),
            (x + tall * 0.11, base),
            (x - tall * 0.11, base),
        ],
        shade(pot, 1.1),
        to=shade(pot, 0.7),
    )


def draw_rug(canvas: Canvas, hour: Hour, colour: Colour) -> None:
    """An oval rug before us."""
    canvas.fill(oval(360, FLOOR + 210, 430, 120), shade(dim(colour, hour), 0.8))
    canvas.fill(oval(360, FLOOR + 206, 400, 106), dim(colour, hour))
    canvas.fill(oval(360, FLOOR + 204, 340, 86), shade(dim(colour, hour), 1.15), 0.5)
