"""Things to be held or feared: drawn round (0, 0); 100 units are a hand's breadth."""

from __future__ import annotations

import math

from generation.engines.animatic.inserts.hand import draw_hand
from generation.engines.animatic.paint import Canvas, Colour, box, oval, rgb, ribbon, shade, spline


def ring(canvas: Canvas, skin: Colour, sleeve: Colour) -> None:
    canvas.fill(
        spline([(-210, 60), (210, 60), (230, 220), (190, 260), (-190, 260), (-230, 220)]),
        rgb("#5c1424"),
        to=rgb("#31091a"),
    )
    canvas.fill(
        spline([(-190, 40), (0, 20), (190, 40), (200, 110), (0, 130), (-200, 110)]), rgb("#7d2236"), to=rgb("#4d1022")
    )
    canvas.fill(box(-120, 70, 120, 84, 7), rgb("#2d0713"))
    outer, inner = oval(0, 0, 104, 104, 60), oval(0, 0, 86, 86, 60)
    canvas.fill([*outer, outer[0], inner[0], *inner[::-1]], rgb("#fbe3a2"), to=rgb("#a9752a"))
    stone = [(-42, -120), (-26, -146), (26, -146), (42, -120), (0, -84)]
    canvas.fill(stone, rgb("#eaf8ff"), to=rgb("#8fc2ea"))
    for edge in ([(-42, -120), (42, -120)], [(-26, -146), (0, -120), (26, -146)], [(-16, -120), (0, -84), (16, -120)]):
        canvas.brush(edge, (2.5, 2.5), rgb("#ffffff"), 0.9)
    for x, y, size in ((0, -120, 190), (70, -60, 60), (-80, 40, 50)):
        canvas.glow(x, y, size, size, rgb("#fff6d8"), 0.6)
    canvas.brush([(-96, -120), (0, -122), (96, -120)], (0.5, 5, 0.5), (1, 1, 1), 0.9, blur=1)
    canvas.brush([(0, -210), (0, -122), (0, -34)], (0.5, 5, 0.5), (1, 1, 1), 0.9, blur=1)


def key(canvas: Canvas, skin: Colour, sleeve: Colour) -> None:
    gold, dark = rgb("#e2b65c"), rgb("#8a5c20")
    outer, inner = oval(0, -150, 84, 84, 50), oval(0, -150, 50, 50, 50)
    canvas.fill([*outer, outer[0], inner[0], *inner[::-1]], gold, to=dark)
    canvas.fill(box(-15, -70, 15, 200, 8), gold, to=dark, sideways=True)
    for y, wide in ((110, 62), (160, 78)):
        canvas.fill(box(10, y, wide, y + 26, 4), gold, to=dark)
    canvas.glow(-30, -190, 120, 120, rgb("#fff3cf"), 0.7)
    draw_hand(canvas, skin, sleeve, 96, -20, 1.0)


def cup(canvas: Canvas, skin: Colour, sleeve: Colour) -> None:
    canvas.fill(oval(0, 236, 150, 28), (0, 0, 0), 0.5, blur=14)
    canvas.fill(oval(0, 222, 104, 20), rgb("#cfdbe4"), 0.7)
    canvas.fill(box(-7, 40, 7, 216), rgb("#e6eef4"), 0.75)
    bowl = spline([(-122, -230), (122, -230), (134, -110), (96, 10), (0, 52), (-96, 10), (-134, -110)])
    canvas.fill(bowl, rgb("#e8f1f8"), 0.34)
    with canvas.clip(bowl):
        canvas.fill(box(-150, -110, 150, 60), rgb("#8e1d33"), to=rgb("#4a0a1a"))
        canvas.fill(oval(0, -110, 132, 20), rgb("#b5364c"))
        canvas.brush([(-104, -200), (-112, -90), (-74, 0)], (6, 18, 5), (1, 1, 1), 0.6, blur=3)
        canvas.brush([(96, -200), (104, -110), (80, -30)], (3, 8, 3), (1, 1, 1), 0.4, blur=2)
    canvas.brush([(-122, -230), (0, -214), (122, -230)], (3, 4, 3), (1, 1, 1), 0.7)
    draw_hand(canvas, skin, sleeve, 80, 96, 1.0)


def bottle(canvas: Canvas, skin: Colour, sleeve: Colour) -> None:
    canvas.glow(0, 30, 300, 320, rgb("#7fe0b0"), 0.35)
    glass = spline(
        [
            (-34, -190),
            (34, -190),
            (34, -120),
            (84, -50),
            (92, 190),
            (60, 222),
            (-60, 222),
            (-92, 190),
            (-84, -50),
            (-34, -120),
        ]
    )
    canvas.fill(glass, rgb("#cfe9e0"), 0.45)
    with canvas.clip(glass):
        canvas.fill(box(-110, 10, 110, 240), rgb("#3fae7e"), to=rgb("#145c46"))
        canvas.fill(oval(0, 10, 90, 14), rgb("#8fe0ba"))
        canvas.brush([(-66, -30), (-70, 80), (-60, 200)], (6, 16, 5), (1, 1, 1), 0.6, blur=3)
    canvas.fill(box(-40, -236, 40, -182, 8), rgb("#6b4a30"), to=rgb("#3f2a1c"))
    canvas.fill(box(-64, 70, 64, 150, 6), rgb("#efe4c8"), 0.92)
    canvas.brush([(-40, 100), (0, 94), (40, 102)], (3, 5, 3), rgb("#5a2a2a"))
    draw_hand(canvas, skin, sleeve, 104, 60, 1.0)


def knife(canvas: Canvas, skin: Colour, sleeve: Colour) -> None:
    blade = [(-14, 60), (-34, -200), (0, -300), (26, -210), (22, 60)]
    canvas.fill(blade, rgb("#eef4f8"), to=rgb("#7f8c98"))
    canvas.fill([(0, -300), (26, -210), (22, 60), (6, 60)], rgb("#5d6a76"), 0.6)
    canvas.brush([(-24, -180), (-10, 40)], (2, 4), (1, 1, 1), 0.9)
    canvas.fill(box(-56, 56, 62, 80, 8), rgb("#b98d45"))
    canvas.fill(box(-24, 80, 30, 260, 12), rgb("#3b2620"), to=rgb("#1d1210"))
    canvas.glow(-10, -190, 90, 160, (1, 1, 1), 0.5)
    draw_hand(canvas, skin, sleeve, 50, 170, 1.0)


def flower(canvas: Canvas, skin: Colour, sleeve: Colour) -> None:
    canvas.brush([(10, -60), (-8, 90), (20, 300)], (12, 12, 10), rgb("#2f5b3a"))
    for side, y in ((-1, 60), (1, 130)):
        canvas.fill(
            spline([(0, y), (side * 70, y - 46), (side * 132, y - 20), (side * 70, y + 22)]),
            rgb("#3f7a4c"),
            to=rgb("#224a2f"),
        )
    for radius, count, tone in ((120, 7, "#7d1426"), (88, 6, "#a31d33"), (56, 5, "#c7324a"), (28, 4, "#e0566a")):
        for index in range(count):
            angle = 6.2832 * index / count + radius
            px, py = radius * 0.62 * math.cos(angle), -120 + radius * 0.5 * math.sin(angle)
            canvas.fill(oval(px + 3, py + 6, radius * 0.52, radius * 0.46), (0, 0, 0), 0.22, blur=6)
            canvas.fill(oval(px, py, radius * 0.52, radius * 0.46), shade(rgb(tone), 1.15), to=shade(rgb(tone), 0.7))
    draw_hand(canvas, skin, sleeve, 70, 190, 1.0)


def necklace(canvas: Canvas, skin: Colour, sleeve: Colour) -> None:
    velvet = [(-70, -330), (70, -330), (96, -200), (250, -90), (270, 300), (-270, 300), (-250, -90), (-96, -200)]
    canvas.fill(spline([(x + 12, y + 16) for x, y in velvet]), (0, 0, 0), 0.45, blur=26)
    canvas.fill(spline(velvet), rgb("#3a2346"), to=rgb("#1a0f24"))
    canvas.brush([(-150, -110), (-190, 60), (-180, 260)], (10, 60, 20), rgb("#6a4a7c"), 0.5, blur=16, atop=True)
    canvas.fill(
        ribbon([(-190, -290), (-120, -60), (0, 40), (120, -60), (190, -290)], (7, 7)), rgb("#f2d48c"), to=rgb("#b98636")
    )
    for index in range(14):
        t = index / 13 * 2 - 1
        canvas.fill(oval(t * 168, -40 - 200 * t * t + 78 * (1 - abs(t)), 6, 6), rgb("#fff0c4"))
    drop = spline([(0, 40), (44, 110), (36, 176), (0, 196), (-36, 176), (-44, 110)])
    canvas.fill(drop, rgb("#8ff0c4"), to=rgb("#12765a"))
    canvas.brush([(-18, 96), (-24, 140), (-10, 172)], (4, 11, 3), (1, 1, 1), 0.8, blur=2)
    canvas.glow(0, 120, 180, 180, rgb("#b9ffe0"), 0.5)


def watch(canvas: Canvas, skin: Colour, sleeve: Colour) -> None:
    canvas.fill(box(-58, -330, 58, 330, 24), rgb("#5a3524"), to=rgb("#2d1a12"))
    canvas.fill(oval(0, 0, 166, 166, 60), rgb("#f2dda6"), to=rgb("#8c6830"))
    canvas.fill(oval(0, 0, 142, 142, 60), rgb("#fbf8ef"), to=rgb("#d9d4c6"))
    for index in range(12):
        x, y = (f(6.2832 * index / 12) * 120 for f in (math.sin, math.cos))
        canvas.fill(oval(x, y, 6, 6), rgb("#2b2a30"))
    canvas.brush([(0, 0), (-52, -70)], (12, 6), rgb("#22222a"))
    canvas.brush([(0, 0), (26, -104)], (9, 4), rgb("#22222a"))
    canvas.brush([(0, 20), (0, -116)], (3, 2), rgb("#c22f2f"))
    canvas.brush([(-110, -70), (-40, -128), (50, -130)], (4, 22, 4), (1, 1, 1), 0.45, blur=8)


def door(canvas: Canvas, skin: Colour, sleeve: Colour) -> None:
    wood = rgb("#6a4630")
    canvas.fill(box(-460, -760, 330, 760), shade(wood, 1.05), to=shade(wood, 0.6))
    canvas.fill(box(-380, -560, 180, -120, 8), shade(wood, 0.72))
    canvas.fill(box(-366, -546, 180, -134, 8), shade(wood, 0.95), to=shade(wood, 0.8))
    canvas.fill(box(-380, 220, 180, 760, 8), shade(wood, 0.72))
    canvas.fill(box(330, -760, 350, 760), rgb("#ffdf9e"))
    canvas.glow(345, 0, 190, 800, rgb("#ffcf86"), 0.9)
    canvas.fill(box(196, -110, 276, 190, 20), rgb("#d8b25e"), to=rgb("#7d5522"))
    canvas.fill(oval(238, 130, 12, 12), rgb("#1a120c"))
    canvas.fill(box(232, 130, 244, 164), rgb("#1a120c"))
    canvas.brush([(238, 10), (120, 6), (20, 18)], (44, 36, 30), (0, 0, 0), 0.45, blur=10)
    canvas.brush([(238, -6), (120, -10), (20, 2)], (44, 36, 30), rgb("#e9c878"))
    canvas.brush([(226, -18), (120, -20), (34, -10)], (6, 9, 5), (1, 1, 1), 0.6, blur=3)


def hand(canvas: Canvas, skin: Colour, sleeve: Colour) -> None:
    draw_hand(canvas, shade(skin, 0.92), shade(sleeve, 0.9), -40, 40, -1.0)
    draw_hand(canvas, skin, sleeve, 60, 20, 1.0)
