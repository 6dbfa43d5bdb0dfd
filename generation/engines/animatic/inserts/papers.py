"""Things to be read: drawn round (0, 0); 100 units are a hand's breadth."""

from __future__ import annotations

from generation.engines.animatic.inserts.hand import draw_hand
from generation.engines.animatic.paint import Canvas, Colour, box, oval, rgb, shade, spline


def phone(canvas: Canvas, skin: Colour, sleeve: Colour) -> None:
    canvas.fill(box(-122, -260, 138, 260, 40), (0, 0, 0), 0.5, blur=26)
    canvas.fill(box(-130, -270, 130, 250, 38), rgb("#14151a"))
    canvas.fill(box(-116, -256, 116, 236, 28), rgb("#18264a"), to=rgb("#4a2c5e"))
    canvas.glow(0, -20, 420, 470, rgb("#9ab8ff"), 0.35)
    for index, (left, wide, ink) in enumerate(
        ((-98, 130, "#e8ecf4"), (-98, 150, "#e8ecf4"), (-36, 134, "#4d9bff"), (-98, 104, "#e8ecf4"))
    ):
        top = -176 + index * 78
        canvas.fill(box(left, top, left + wide, top + 54, 24), rgb(ink), 0.95)
        for row in range(2):
            canvas.fill(
                box(left + 18, top + 15 + row * 15, left + wide - 20 - row * 34, top + 21 + row * 15, 3),
                rgb("#5c6476") if ink != "#4d9bff" else rgb("#dcebff"),
            )
    canvas.fill(oval(0, -232, 26, 6), rgb("#05060a"))
    draw_hand(canvas, skin, sleeve, 128, 110, 1.0)


def letter(canvas: Canvas, skin: Colour, sleeve: Colour) -> None:
    paper = rgb("#f3e7cf")
    canvas.fill(box(-180, -150, 212, 170, 8), (0, 0, 0), 0.5, blur=26)
    canvas.fill([(-170, -250), (160, -232), (150, 60), (-178, 40)], rgb("#fbf5e6"), to=rgb("#e6d8bb"))
    for row in range(6):
        canvas.brush(
            [(-136, -208 + row * 36), (-20, -204 + row * 36), (118 - (row % 3) * 42, -200 + row * 36)],
            (3, 6, 3),
            rgb("#3a3246"),
            0.75,
        )
    canvas.fill([(-212, -60), (200, -46), (190, 190), (-206, 176)], paper, to=shade(paper, 0.86))
    canvas.fill([(-212, -60), (200, -46), (-4, 96)], shade(paper, 0.93), to=shade(paper, 0.82))
    canvas.brush([(-212, -60), (-4, 96), (200, -46)], (3, 4, 3), shade(paper, 0.62), 0.8)
    canvas.fill(oval(-4, 92, 36, 36), rgb("#9e1f2b"), to=rgb("#5f0f1b"))
    canvas.fill(oval(-8, 86, 20, 19), rgb("#c2404a"), 0.8, blur=3)
    draw_hand(canvas, skin, sleeve, 176, 130, 1.0)


def paper(canvas: Canvas, skin: Colour, sleeve: Colour) -> None:
    canvas.fill([(-176, -270), (176, -250), (160, 250), (-196, 236)], (0, 0, 0), 0.45, blur=26)
    canvas.fill([(-190, -290), (170, -270), (150, 236), (-206, 222)], rgb("#fbf9f2"), to=rgb("#dcd8cc"))
    canvas.fill([(-110, -250), (90, -240), (90, -222), (-112, -232)], rgb("#2d3340"))
    for row in range(10):
        canvas.brush(
            [(-158, -186 + row * 30), (0, -178 + row * 30), (128 - (row % 4) * 40, -172 + row * 30)],
            (5, 5, 5),
            rgb("#8b8f99"),
            0.8,
        )
    canvas.brush(
        [(-140, 168), (-110, 130), (-92, 176), (-60, 140), (-40, 172), (20, 150)], (3, 6, 3, 5, 2), rgb("#1f3f8f")
    )
    canvas.fill(oval(74, 140, 46, 46), rgb("#c22f2f"), 0.55)
    canvas.fill(oval(74, 140, 34, 34), rgb("#e9ddd2"), 0.6)
    draw_hand(canvas, skin, sleeve, 190, 120, 1.0)


def photo(canvas: Canvas, skin: Colour, sleeve: Colour) -> None:
    canvas.fill(box(-176, -226, 196, 226, 6), (0, 0, 0), 0.5, blur=26)
    canvas.fill([(-190, -240), (170, -220), (152, 220), (-206, 204)], rgb("#faf6ea"), to=rgb("#dfd8c6"))
    canvas.fill([(-166, -212), (146, -196), (136, 96), (-178, 84)], rgb("#7c8fa6"), to=rgb("#c9a58a"))
    for x, tone in ((-66, "#3a2a2c"), (44, "#5f3a2a")):
        canvas.fill(
            spline([(x - 66, 88), (x - 44, 8), (x, -10), (x + 44, 8), (x + 62, 92)]),
            rgb("#8f3b3f" if x < 0 else "#39506b"),
        )
        canvas.fill(oval(x, -58, 38, 46), rgb("#eec4a4"))
        canvas.fill(
            spline(
                [(x - 44, -50), (x - 34, -108), (x, -122), (x + 36, -108), (x + 44, -50), (x + 26, -84), (x - 24, -88)]
            ),
            rgb(tone),
        )
    canvas.fill([(-166, -212), (-90, -208), (-150, 84), (-178, 84)], (1, 1, 1), 0.16)
    draw_hand(canvas, skin, sleeve, 176, 150, 1.0)


def money(canvas: Canvas, skin: Colour, sleeve: Colour) -> None:
    for index in range(5):
        dy = 150 - index * 42
        canvas.fill([(-230, dy - 40), (180, dy - 90), (230, dy + 10), (-180, dy + 62)], (0, 0, 0), 0.35, blur=10)
        canvas.fill([(-236, dy - 50), (174, dy - 100), (224, dy), (-186, dy + 52)], rgb("#a9c9a0"), to=rgb("#6d9472"))
        canvas.fill(oval(-6, dy - 24, 52, 32), rgb("#83ab86"))
        canvas.fill([(-40, dy - 73), (30, dy - 82), (80, dy + 19), (10, dy + 28)], rgb("#f0e6cc"), 0.9)
    draw_hand(canvas, skin, sleeve, 190, 60, 1.0)
