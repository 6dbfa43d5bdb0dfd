"""Hair: a mass behind the head and one before it, for each style, with strands and a sheen."""

from __future__ import annotations

from collections.abc import Sequence

from generation.engines.animatic.figures.hairlines import HAIRLINES, OUTLINE, SHORT_OUTLINE
from generation.engines.animatic.figures.head import Head
from generation.engines.animatic.paint import Canvas, Point, mix, oval, rgb, ribbon, shade, spline

LENGTHS = {"long": 4.1, "wavy": 3.6, "bob": 1.72}


def _mirrored(right: Sequence[Point]) -> list[Point]:
    """A closed contour from its right half, top to bottom."""
    return [*right, *[(-x, y) for x, y in reversed(right) if x]]


def draw_back(canvas: Canvas, head: Head) -> None:
    """What falls behind neck and shoulders."""
    style = head.who.hair_style
    if style == "bald":
        return
    dark = shade(head.who.hair, 0.62)
    if style in LENGTHS:
        _falling(canvas, head, LENGTHS[style], waves=style == "wavy")
    elif style == "pony":
        side = -1.0 if head.turn >= 0 else 1.0
        tail = [(side * 0.5, -1.2), (side * 1.45, -1.0), (side * 1.62, 0.3), (side * 1.36, 1.7), (side * 1.5, 2.7)]
        canvas.brush([head.skull(x, y) for x, y in tail], (0.2, 0.62, 0.74, 0.56, 0.05), dark)
        canvas.brush(
            [head.skull(x - side * 0.06, y) for x, y in tail[1:]],
            (0.05, 0.16, 0.12, 0.02),
            head.who.hair,
            0.6,
            blur=0.04,
        )
    elif style == "bun":
        canvas.fill(oval(*head.skull(0, -1.78), 0.56, 0.46), dark)
        canvas.fill(oval(*head.skull(head.light * 0.12, -1.86), 0.42, 0.3), head.who.hair, 0.8, blur=0.08)
    reach = 0.62 if style in ("pony", "bun") else 0.34
    cap = _mirrored([(0.0, -1.66), (0.62, -1.56), (1.05, -1.12), (1.18, -0.5), (1.12, 0.1), (0.86, reach)])
    canvas.fill(spline([head.skull(x, y) for x, y in cap]), dark)


def _falling(canvas: Canvas, head: Head, length: float, *, waves: bool) -> None:
    swing = 0.16 if waves else 0.04
    right = [
        (0.0, -1.68),
        (0.66, -1.58),
        (1.1, -1.1),
        (1.26, -0.4),
        (1.26 + swing, 0.6),
        (1.3 - swing, 1.4),
        (1.34 + swing, length * 0.62),
        (1.2, length * 0.86),
        (0.8, length),
    ]
    if length < 2:
        right = [
            (0.0, -1.68),
            (0.66, -1.58),
            (1.12, -1.1),
            (1.3, -0.35),
            (1.36, 0.5),
            (1.34, 1.15),
            (1.12, length),
            (0.6, length - 0.1),
        ]
    shape = spline([head.skull(x, y) for x, y in _mirrored(right)])
    canvas.fill(shape, shade(head.who.hair, 0.6), to=shade(head.who.hair, 0.44))
    with canvas.clip(shape):
        for index in range(9):
            x = -1.2 + index * 0.3
            path = [
                head.skull(x * 0.7, -1.2),
                head.skull(x + swing, 0.6),
                head.skull(x * 1.02 - swing, length * 0.6),
                head.skull(x * 0.9, length),
            ]
            light = shade(head.who.hair, 0.95 if index % 2 else 0.4)
            canvas.brush(path, (0.02, 0.1, 0.12, 0.02), light, 0.5, blur=0.03)


def draw_front(canvas: Canvas, head: Head) -> None:
    """What lies on the skull and frames the face."""
    style = head.who.hair_style
    if style == "bald":
        canvas.fill(oval(*head.skull(head.light * 0.35, -1.1), 0.3, 0.18), rgb("#ffffff"), 0.28, blur=0.1, atop=True)
        return
    hairline = HAIRLINES.get(style, HAIRLINES["part"])
    flip = -1.0 if head.who.variety % 2 else 1.0
    outer = SHORT_OUTLINE if style in ("short", "swept", "messy", "fringe") else OUTLINE
    contour = [head.skull(x, y) for x, y in (outer if flip > 0 else [(-x, y) for x, y in outer])]
    face = [head.at(x * flip, y, 0.62) for x, y in hairline]
    shape = spline([*contour, *face])
    canvas.fill(shape, shade(head.who.hair, 1.06), to=shade(head.who.hair, 0.74))
    with canvas.clip(shape):
        _strands(canvas, head, flip)
        _sheen(canvas, head)
    if style in ("long", "wavy", "bob"):
        _locks(canvas, head, style, flip)
    if style in ("messy", "short", "fringe"):
        _tufts(canvas, head, flip, 0.4 if style == "messy" else 0.2)
    _sideburns(canvas, head)


def _strands(canvas: Canvas, head: Head, flip: float) -> None:
    """Fine lines that fan out from the parting."""
    swept = head.who.hair_style in ("swept", "bun", "pony")
    root = (-0.25 * flip, -1.3) if not swept else (0.0, -1.75)
    for index in range(15):
        x = -1.15 + index * 0.164
        end = (x * 1.02, -0.1 - 0.5 * (1 - abs(x))) if not swept else (x, -0.5 - 0.6 * (1 - abs(x)))
        middle = ((root[0] + end[0]) * 0.5 + 0.16 * x, -1.3 + 0.35 * abs(x))
        path = [head.skull(*root), head.skull(*middle), head.skull(*end)]
        tone = shade(head.who.hair, 1.5) if index % 3 == 0 else shade(head.who.hair, 0.5)
        canvas.brush(path, (0.01, 0.045, 0.01), tone, 0.34, blur=0.012)


def _sheen(canvas: Canvas, head: Head) -> None:
    """The band of light that says this is hair."""
    bright = mix(shade(head.who.hair, 1.7), rgb("#fff0e0"), 0.25)
    arc = [head.skull(x, -1.42 + 0.42 * x * x) for x in (-0.82, -0.4, 0.0, 0.4, 0.82)]
    canvas.brush(
        [(x + head.light * 0.1, y + 0.14) for x, y in arc], (0.02, 0.15, 0.2, 0.15, 0.02), bright, 0.36, blur=0.06
    )
    canvas.fill(
        ribbon([head.skull(-head.light * 1.1, -1.4), head.skull(-head.light * 1.15, 0.2)], (0.5, 0.5)),
        shade(head.who.hair, 0.4),
        0.5,
        blur=0.15,
    )


def _locks(canvas: Canvas, head: Head, style: str, flip: float) -> None:
    """Hair before the ears, falling in front of the shoulders."""
    length = {"long": 2.9, "wavy": 2.7, "bob": 1.5}[style]
    swing = 0.16 if style == "wavy" else 0.03
    for side in (-1.0, 1.0):
        near = 1.0 + 0.1 * side * -head.turn
        path = [
            head.skull(side * 0.66, -1.1),
            head.skull(side * 1.02 * near, -0.5),
            head.skull(side * (1.08 + swing) * near, 0.35),
            head.skull(side * (1.12 - swing) * near, length * 0.6),
            head.skull(side * (1.02 + swing) * near, length),
        ]
        widths = (0.16, 0.36, 0.4, 0.38, 0.04) if style != "bob" else (0.16, 0.36, 0.44, 0.42, 0.22)
        canvas.fill(ribbon(path, widths), shade(head.who.hair, 0.98), to=shade(head.who.hair, 0.66))
        with canvas.clip(ribbon(path, widths)):
            for shift in (-0.11, 0.0, 0.1):
                line = [(x + shift, y) for x, y in path]
                canvas.brush(
                    line,
                    (0.01, 0.05, 0.04, 0.03, 0.01),
                    shade(head.who.hair, 1.5 if shift == 0 else 0.5),
                    0.34,
                    blur=0.015,
                )


def _tufts(canvas: Canvas, head: Head, flip: float, length: float) -> None:
    """Locks that break the outline and fall into the forehead."""
    for x, lean in ((-0.8, -0.5), (-0.4, -0.1), (0.0, 0.3), (0.4, 0.5), (0.8, 0.8)):
        px, py = head.skull(x * flip, -1.5 + 0.3 * x * x)
        bend = lean * length * flip
        canvas.brush(
            [(px - bend, py + 0.1), (px, py - length * 0.3), (px + bend, py - length * 0.8)],
            (0.4, 0.3, 0.02),
            shade(head.who.hair, 1.04),
        )
    for x, drop in ((0.62, 0.16), (0.3, 0.24), (-0.08, 0.2), (-0.46, 0.14)):
        path = [
            head.at(x * 0.7 * flip, -1.3, 0.62),
            head.at(x * 1.02 * flip, -0.96, 0.62),
            head.at((x + 0.06) * 1.05 * flip, -0.84 + drop * length * 2, 0.62),
        ]
        canvas.brush(path, (0.3, 0.26, 0.02), shade(head.who.hair, 0.92))
        canvas.brush(
            [(px - 0.05, py) for px, py in path], (0.02, 0.05, 0.01), shade(head.who.hair, 1.6), 0.3, blur=0.012
        )


def _sideburns(canvas: Canvas, head: Head) -> None:
    if head.who.hair_style not in ("short", "swept", "messy", "fringe"):
        return
    for side in (-1.0, 1.0):
        if side * head.turn > 0.1:
            continue  # the far temple is hidden
        path = [head.at(side * 0.97, -0.4, 0.5), head.at(side * 0.98, 0.0, 0.4), head.at(side * 0.95, 0.3, 0.4)]
        canvas.brush(path, (0.16, 0.13, 0.03), shade(head.who.hair, 0.7), 0.9, blur=0.02)
