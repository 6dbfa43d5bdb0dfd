"""The hand that holds it."""

from __future__ import annotations

from generation.engines.animatic.paint import Canvas, Colour, mix, oval, rgb, shade, spline


def draw_hand(canvas: Canvas, skin: Colour, sleeve: Colour, x: float, y: float, side: float) -> None:
    """A hand that comes from below, fingers closing over what it holds."""
    dark = mix(shade(skin, 0.66), rgb("#7a3b4a"), 0.25)
    canvas.brush([(x + side * 210, y + 520), (x + side * 120, y + 250), (x + side * 40, y + 90)], (190, 150, 120), skin)
    shaded = [(x + side * 250, y + 520), (x + side * 165, y + 250), (x + side * 90, y + 100)]
    canvas.brush(shaded, (30, 60, 40), dark, 0.5, blur=16, atop=True)
    canvas.brush(
        [(x + side * 96, y + 236), (x + side * 150, y + 330), (x + side * 230, y + 560)], (190, 206, 250), sleeve
    )
    canvas.brush(
        [(x + side * 160, y + 240), (x + side * 205, y + 330), (x + side * 300, y + 560)],
        (20, 60, 70),
        shade(sleeve, 0.55),
        0.6,
        blur=14,
        atop=True,
    )
    canvas.brush(
        [(x + side * 10, y + 262), (x + side * 96, y + 232), (x + side * 182, y + 214)],
        (30, 34, 30),
        shade(sleeve, 1.35),
    )
    canvas.fill(
        spline(
            [
                (x + side * 90, y + 150),
                (x - side * 40, y + 120),
                (x - side * 75, y),
                (x - side * 40, y - 70),
                (x + side * 60, y - 60),
                (x + side * 115, y + 40),
            ]
        ),
        skin,
    )
    _fingers(canvas, skin, dark, x, y, side)


def _fingers(canvas: Canvas, skin: Colour, dark: Colour, x: float, y: float, side: float) -> None:
    for index in range(4):
        top = y - 78 + index * 46
        finger = [(x + side * 70, top + 8), (x - side * 30, top), (x - side * 96, top + 12)]
        canvas.brush(finger, (46, 44, 34), dark, 0.55, blur=5)
        canvas.brush([(fx, fy - 4) for fx, fy in finger], (44, 42, 32), skin)
        canvas.fill(oval(x - side * 92, top + 4, 14, 10), mix(skin, rgb("#ffd9d2"), 0.6))
