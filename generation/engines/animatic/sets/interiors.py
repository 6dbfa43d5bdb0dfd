"""Rooms of each kind: `far` is the room, `near` what stands before its people's feet or at its edges."""

from __future__ import annotations

import random
from collections.abc import Callable

from generation.engines.animatic.paint import Canvas, box, mix, oval, rgb, shade, spline
from generation.engines.animatic.sets import furniture as piece
from generation.engines.animatic.sets.room import (
    FLOOR,
    dim,
    draw_lamp,
    draw_pendant,
    draw_picture,
    draw_plant,
    draw_rug,
    draw_walls,
    draw_window,
)
from generation.engines.animatic.sets.sky import BOTTOM, LEFT, RIGHT, TOP, Hour, draw_sky, draw_skyline

Painter = Callable[[Canvas, Canvas, Hour, random.Random, str], None]


def living(far: Canvas, near: Canvas, hour: Hour, rng: random.Random, weather: str) -> None:
    wall = rng.choice(("#c9b39a", "#8fa39b", "#b7a5a8", "#a9b3bf", "#c2a988"))
    draw_walls(far, hour, rgb(wall), rgb("#8a6242"), panels=rng.random() < 0.6)
    draw_window(far, hour, rng, weather, x0=60, y0=250, x1=380, y1=700, curtain=rgb("#8c5a52"))
    draw_picture(far, hour, rng, 480, 330, 150, 190)
    piece.shelf(far, hour, rng, 690, FLOOR, 150, 560)
    draw_rug(far, hour, rgb("#7d3f3d"))
    piece.sofa(far, hour, 330, FLOOR + 66, 520, rgb("#4f6a73"))
    draw_lamp(far, hour, 640, FLOOR + 40, 330)
    draw_plant(near, hour, rng, 20, FLOOR + 190, 330)


def bedroom(far: Canvas, near: Canvas, hour: Hour, rng: random.Random, weather: str) -> None:
    draw_walls(far, hour, rgb(rng.choice(("#a69aa9", "#9aa7b5", "#b9a594"))), rgb("#7b5a45"))
    draw_window(far, hour, rng, weather, x0=-60, y0=240, x1=220, y1=760, curtain=rgb("#6f7c94"))
    draw_picture(far, hour, rng, 400, 330, 190, 130)
    piece.bed(far, hour, 470, FLOOR + 130, 520, rgb("#6b5478"))
    draw_lamp(far, hour, 165, FLOOR - 60, 130)
    piece.cabinet(far, hour, 100, 230, FLOOR - 60, FLOOR + 70, rgb("#6b4d38"), 1)
    draw_lamp(far, hour, 768, FLOOR - 60, 130)
    draw_plant(near, hour, rng, 770, FLOOR + 260, 260)


def office(far: Canvas, near: Canvas, hour: Hour, rng: random.Random, weather: str) -> None:
    draw_walls(far, hour, rgb("#7f8a96"), rgb("#5c6068"), boards=False)
    draw_window(far, hour, rng, weather, x0=-70, y0=160, x1=600, y1=860, panes=4)
    piece.shelf(far, hour, rng, 650, FLOOR, 200, 700)
    for x in (120, 420):
        far.fill(box(x, TOP + 150, x + 180, TOP + 162), rgb("#fdf6e3"))
        far.glow(x + 90, TOP + 170, 260, 260, rgb("#fff0d0"), 0.22)
    piece.desk(far, hour, 380, FLOOR + 110, 520, rgb("#5a4030"))
    draw_plant(near, hour, rng, 740, FLOOR + 210, 320)


def hospital(far: Canvas, near: Canvas, hour: Hour, rng: random.Random, weather: str) -> None:
    draw_walls(far, hour, rgb("#b9d0d2"), rgb("#9fb3b4"), boards=False)
    far.fill(box(LEFT, 700, RIGHT, 716), dim(rgb("#6fa8a4"), hour))
    draw_window(far, hour, rng, weather, x0=-30, y0=260, x1=230, y1=640)
    for x in (200, 520):
        far.fill(box(x, TOP + 190, x + 200, TOP + 214, 6), rgb("#f4fbff"))
        far.glow(x + 100, TOP + 220, 320, 420, rgb("#e6f6ff"), 0.3)
    piece.monitor_stand(far, 300, FLOOR + 20)
    piece.bed(far, hour, 560, FLOOR + 110, 440, rgb("#a9c6d2"), rails=True)
    tone = dim(rgb("#8fbfc0"), hour)
    for index in range(9):
        x = 690 + index * 20
        near.brush([(x, TOP), (x + 6, 500), (x, FLOOR + 190)], (24, 26, 24), shade(tone, 1.1 if index % 2 else 0.82))


def corridor(far: Canvas, near: Canvas, hour: Hour, rng: random.Random, weather: str) -> None:
    """One-point perspective to a door at the end."""
    wall, floor = dim(rgb("#9fa7a6"), hour), dim(rgb("#6e6a66"), hour)
    vx, vy = 372.0, 560.0
    far.fill(box(LEFT, TOP, RIGHT, BOTTOM), wall)
    left, right, up, down = vx - 105, vx + 105, vy - 150, vy + 190
    far.fill([(LEFT, TOP), (RIGHT, TOP), (right, up), (left, up)], shade(wall, 0.7), to=shade(wall, 1.05))
    far.fill([(LEFT, BOTTOM), (RIGHT, BOTTOM), (right, down), (left, down)], shade(floor, 0.8), to=shade(floor, 1.25))
    far.fill(
        [(LEFT, TOP), (left, up), (left, down), (LEFT, BOTTOM)], shade(wall, 0.8), to=shade(wall, 1.1), sideways=True
    )
    far.fill(
        [(RIGHT, TOP), (right, up), (right, down), (RIGHT, BOTTOM)],
        shade(wall, 1.1),
        to=shade(wall, 0.72),
        sideways=True,
    )
    far.fill(box(left, up, right, down), shade(wall, 1.15))
    piece.door(far, hour, vx - 48, down, 96, 220, rgb("#6e5546"))
    _doors_and_lamps(far, hour, vx, up, down)


def _doors_and_lamps(far: Canvas, hour: Hour, vx: float, up: float, down: float) -> None:
    for share in (0.12, 0.34, 0.62):
        for side in (-1, 1):
            x0, x1 = (vx + side * (105 + 390 * s) for s in (share, share + 0.2))
            y = [down + (BOTTOM - down) * s * 0.62 for s in (share, share + 0.2)]
            t = [up + 40 - (up - TOP) * s * 0.5 for s in (share, share + 0.2)]
            far.fill(
                [(x0, t[0]), (x1, t[1]), (x1, y[1] + 40), (x0, y[0] + 40)],
                dim(rgb("#5d4636"), hour),
                to=shade(dim(rgb("#5d4636"), hour), 0.7),
            )
        wide = 60 + 150 * share
        high = up - (up - TOP) * share
        far.fill(
            [
                (vx - wide * 0.5, high),
                (vx + wide * 0.5, high),
                (vx + wide * 0.64, high - 26 - 60 * share),
                (vx - wide * 0.64, high - 26 - 60 * share),
            ],
            rgb("#fff6dd"),
        )
        far.glow(vx, high, 330, 330, rgb("#ffe9bd"), 0.32)
        far.glow(vx, down + (BOTTOM - down) * share, 200, 90, rgb("#ffe9bd"), 0.2)


def restaurant(far: Canvas, near: Canvas, hour: Hour, rng: random.Random, weather: str) -> None:
    draw_walls(far, hour, rgb("#70453c"), rgb("#5b3d2e"), panels=True)
    draw_window(far, hour, rng, weather, x0=-60, y0=280, x1=210, y1=720, curtain=rgb("#6d2730"))
    piece.shelf(far, hour, rng, 430, FLOOR - 110, 400, 520, bottles=True)
    piece.cabinet(far, hour, 400, 860, FLOOR - 116, FLOOR + 20, rgb("#4a2d22"), 5)
    piece.table(far, hour, 140, FLOOR + 110, 300)
    for x, low in ((120, 250), (370, 190), (620, 270)):
        draw_pendant(far, hour, x, low, rgb("#b98a3e"))
    piece.table(near, hour, 720, FLOOR + 300, 380)


def kitchen(far: Canvas, near: Canvas, hour: Hour, rng: random.Random, weather: str) -> None:
    draw_walls(far, hour, rgb("#c8c1ae"), rgb("#9a8a74"), boards=False)
    for row in range(9):
        for column in range(14):
            far.fill(
                box(LEFT + column * 70, 560 + row * 34, LEFT + column * 70 + 66, 590 + row * 34),
                dim(rgb("#dcd6c6"), hour),
                0.7,
            )
    draw_window(far, hour, rng, weather, x0=230, y0=270, x1=500, y1=560, green=True)
    piece.cabinet(far, hour, LEFT, 190, 250, 520, rgb("#5d7a74"), 3)
    piece.cabinet(far, hour, 540, RIGHT, 250, 520, rgb("#5d7a74"), 3)
    piece.cabinet(far, hour, LEFT, RIGHT, FLOOR - 190, FLOOR + 20, rgb("#55716b"), 8)
    far.fill(box(LEFT, FLOOR - 214, RIGHT, FLOOR - 186), dim(rgb("#e6ddcc"), hour))
    for x, ink in ((90, "#b5533c"), (130, "#d9a441"), (600, "#3f6f73")):
        far.fill(box(x, FLOOR - 268, x + 30, FLOOR - 214, 8), dim(rgb(ink), hour))
    for x in (250, 480):
        draw_pendant(far, hour, x, 210, rgb("#c9893e"))
    piece.table(near, hour, 20, FLOOR + 300, 360, candle=False)


def school(far: Canvas, near: Canvas, hour: Hour, rng: random.Random, weather: str) -> None:
    draw_walls(far, hour, rgb("#cfc6ae"), rgb("#9b7d58"))
    draw_window(far, hour, rng, weather, x0=-90, y0=250, x1=150, y1=720, green=True)
    far.fill(box(220, 300, 780, 640), dim(rgb("#7a5636"), hour))
    far.fill(box(234, 314, 766, 626), dim(rgb("#2f5546"), hour), to=dim(rgb("#254438"), hour))
    for row in range(4):
        far.brush(
            [(280, 380 + row * 52), (400, 374 + row * 52), (rng.uniform(480, 690), 382 + row * 52)],
            (3, 4, 2),
            rgb("#e9efe6"),
            0.5,
        )
    for x, base in ((150, FLOOR + 60), (470, FLOOR + 60), (300, FLOOR + 190), (660, FLOOR + 190)):
        piece.desk(far, hour, x, base, 220, rgb("#a77b4b"), monitor=False)


def elevator(far: Canvas, near: Canvas, hour: Hour, rng: random.Random, weather: str) -> None:
    steel = rgb("#9aa0a6")
    far.fill(box(LEFT, TOP, RIGHT, BOTTOM), shade(steel, 0.5), to=shade(steel, 0.4))
    for x0, x1 in ((LEFT, 110), (118, 358), (364, 604), (612, RIGHT)):
        far.fill(box(x0, TOP + 150, x1, FLOOR + 120), shade(steel, 1.0), to=shade(steel, 0.66), sideways=True)
        far.fill(box(x0 + (x1 - x0) * 0.3, TOP + 150, x0 + (x1 - x0) * 0.42, FLOOR + 120), (1, 1, 1), 0.18, blur=14)
    far.fill(box(LEFT, FLOOR - 120, RIGHT, FLOOR - 98, 8), rgb("#d8d2c2"), to=rgb("#7f7a70"))
    far.fill(box(640, 520, 706, 800, 10), rgb("#2a2d32"))
    for row in range(6):
        lit = row == rng.randrange(6)
        far.fill(oval(673, 560 + row * 40, 12, 12), rgb("#ffb84d") if lit else rgb("#c9ccd0"))
    far.fill(box(LEFT, TOP + 120, RIGHT, TOP + 150), rgb("#fff4da"))
    far.glow(360, TOP + 150, 700, 700, rgb("#fff0cf"), 0.4)


def car(far: Canvas, near: Canvas, hour: Hour, rng: random.Random, weather: str) -> None:
    """Looking back through the cabin: the rear window, its lights, and the seats; the dash is near."""
    far.fill(box(LEFT, TOP, RIGHT, BOTTOM), rgb("#17181d"), to=rgb("#0d0d11"))
    glass = spline([(20, 280), (360, 236), (700, 280), (760, 660), (360, 690), (-40, 660)])
    with far.clip(glass):
        draw_sky(far, hour, rng, horizon=640, weather=weather, sun_x=520)
        draw_skyline(far, hour, rng, base=660, tall=260, depth=0.4)
        for _ in range(34):
            x, y, size = rng.uniform(LEFT, RIGHT), rng.uniform(430, 670), rng.uniform(8, 24)
            far.fill(
                oval(x, y, size, size),
                rgb(rng.choice(("#ffcf7a", "#ff8a6a", "#ffe9c0", "#9cc4ff"))),
                0.2 + 0.4 * hour.lamps,
                blur=3,
            )
    far.brush(
        [(20, 280), (360, 236), (700, 280), (760, 660), (360, 690), (-40, 660), (20, 280)], (16, 16), rgb("#0a0a0d")
    )
    for x in (110, 610):
        seat = dim(rgb("#5a4034"), hour)
        far.fill(box(x - 80, 560, x + 80, 680, 36), shade(seat, 1.1), to=shade(seat, 0.7))
        far.fill(
            spline([(x - 150, 690), (x + 150, 690), (x + 190, BOTTOM), (x - 190, BOTTOM)]),
            shade(seat, 0.95),
            to=shade(seat, 0.5),
        )
    near.fill(
        spline([(LEFT, 1230), (200, 1180), (560, 1180), (RIGHT, 1230), (RIGHT, BOTTOM + 60), (LEFT, BOTTOM + 60)]),
        rgb("#101116"),
    )
    near.brush([(120, 1300), (160, 1140), (300, 1090), (440, 1140), (480, 1300)], (34, 34), rgb("#1b1c22"))


def station(far: Canvas, near: Canvas, hour: Hour, rng: random.Random, weather: str) -> None:
    draw_walls(far, hour, rgb("#9aa3ab"), rgb("#8d8f92"), boards=False)
    draw_window(far, hour, rng, weather, x0=LEFT + 20, y0=60, x1=RIGHT - 20, y1=600, panes=6)
    for x in (-40, 210, 500, 750):
        far.fill(box(x, TOP, x + 40, FLOOR), dim(rgb("#dad7d0"), hour), to=shade(dim(rgb("#dad7d0"), hour), 0.7))
    far.fill(box(260, 640, 480, 730, 8), rgb("#14181f"))
    for row in range(3):
        far.fill(box(276, 656 + row * 24, rng.uniform(380, 466), 664 + row * 24), rgb("#ffb64a"))
    far.glow(370, 690, 200, 120, rgb("#ffb64a"), 0.25)
    for x in (120, 560):
        piece.sofa(far, hour, x, FLOOR + 40, 300, rgb("#43546a"))
    ground = dim(rgb("#b9bcc0"), hour)
    far.fill(oval(360, FLOOR + 170, 420, 60), shade(ground, 1.3), 0.2, blur=26)


def palace(far: Canvas, near: Canvas, hour: Hour, rng: random.Random, weather: str) -> None:
    draw_walls(far, hour, rgb("#8f4a3c"), rgb("#6b5346"), boards=False)
    hole = box(LEFT, 200, RIGHT, 800)
    with far.clip(hole):
        draw_sky(far, hour, rng, horizon=800, weather=weather, sun_x=480)
        for base, tall in ((760, 150), (800, 110)):
            tone = mix(shade(rgb("#4b3a3a"), 1 - hour.dark), hour.haze, 0.5 if base == 760 else 0.2)
            for x in (60, 330, 600):
                far.fill(
                    spline(
                        [
                            (x - 170, base - tall * 0.5),
                            (x - 60, base - tall * 0.85),
                            (x, base - tall),
                            (x + 60, base - tall * 0.85),
                            (x + 170, base - tall * 0.5),
                            (x + 120, base - tall * 0.42),
                            (x + 110, base),
                            (x - 110, base),
                            (x - 120, base - tall * 0.42),
                        ]
                    ),
                    tone,
                )
    red, gold = dim(rgb("#9c2f26"), hour), dim(rgb("#d1a24a"), hour)
    for index in range(13):
        far.fill(box(LEFT + index * 80, 620, LEFT + index * 80 + 8, 880), red)
    for y in (620, 700, 880):
        far.fill(box(LEFT, y, RIGHT, y + 12), red)
    far.fill(box(LEFT, TOP, RIGHT, 210), shade(red, 0.7), to=red)
    far.fill(box(LEFT, 190, RIGHT, 214), gold)
    for x in (20, 650):
        far.fill(box(x, TOP, x + 62, FLOOR + 30), shade(red, 1.25), to=shade(red, 0.6), sideways=True)
        far.fill(box(x - 8, FLOOR - 10, x + 70, FLOOR + 40), gold, to=shade(gold, 0.6))
    for x in (190, 530):
        far.fill(box(x - 1, 210, x + 1, 290), gold)
        far.fill(oval(x, 340, 46, 56), rgb("#c8372b"), to=rgb("#e9703a"))
        far.fill(box(x - 22, 284, x + 22, 294), gold)
        far.glow(x, 340, 260, 280, rgb("#ff9a4a"), 0.25 + 0.4 * hour.lamps)


PAINTERS: dict[str, Painter] = {
    "living": living, "bedroom": bedroom, "office": office, "hospital": hospital, "corridor": corridor,
    "restaurant": restaurant, "kitchen": kitchen, "school": school, "elevator": elevator, "car": car,
    "station": station, "palace": palace,
}  # fmt: skip
