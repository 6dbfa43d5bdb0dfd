"""Eyes, brows, nose and mouth, with an expression."""

from __future__ import annotations

from dataclasses import dataclass

from generation.engines.animatic.figures.eyes import EYE_X, draw_brow, draw_eye
from generation.engines.animatic.figures.head import Head
from generation.engines.animatic.figures.moods import Mood
from generation.engines.animatic.paint import Canvas, Point, mix, oval, rgb, shade, spline
from generation.voices.persons import FEMALE

NOSE_Y, MOUTH_Y = 0.62, 1.0
MOUTHS = ("closed", "small", "open", "wide", "round")
LIDS = {"open_lids": "open", "half": "half", "shut": "shut"}
TEETH = rgb("#f1ece6")


def draw_face(canvas: Canvas, head: Head, mood: Mood, lids: str, mouth: str, gaze: float) -> None:
    """Everything inside the outline."""
    _planes(canvas, head, mood)
    _nose(canvas, head)
    _mouth(canvas, head, mood, mouth)
    for side in (-1.0, 1.0):
        draw_eye(canvas, head, mood, side, lids, gaze)
        draw_brow(canvas, head, mood, side)
    if head.who.age == "old":
        _lines_of_age(canvas, head)
    if mood.tears and lids != "shut":
        _tears(canvas, head)


def _planes(canvas: Canvas, head: Head, mood: Mood) -> None:
    """Light and shade: the side away from the light, the cheeks, the temples."""
    skin, dark = head.who.skin, head.shadow
    away = -head.light
    edge = [
        (away * 0.62, -1.5),
        (away * 0.7, -0.5),
        (away * 0.58, 0.1),
        (away * 0.72, 0.55),
        (away * 0.42, 1.05),
        (away * 0.22, 1.6),
        (away * 2.0, 1.8),
        (away * 2.0, -1.6),
    ]
    canvas.fill(spline(head.all_at(edge[:6], 0.6) + edge[6:]), dark, 0.42, blur=0.05, atop=True)
    canvas.fill(oval(*head.at(away * 0.95, 0.3, 0.2), 0.5, 1.5), dark, 0.3, blur=0.25, atop=True)
    lit = mix(skin, rgb("#fff3e2"), 0.5)
    canvas.fill(oval(*head.at(head.light * 0.5, 0.36), 0.3, 0.26), lit, 0.35, blur=0.14, atop=True)
    canvas.fill(oval(*head.at(head.light * 0.2, -0.62), 0.5, 0.34), lit, 0.3, blur=0.2, atop=True)
    rose = mix(skin, rgb("#d8525a"), 0.6)
    for side in (-1.0, 1.0):
        canvas.fill(
            oval(*head.at(side * 0.6, 0.5), 0.26 * head.squeeze(side * 0.6), 0.17),
            rose,
            mood.blush * 0.6,
            blur=0.12,
            atop=True,
        )
        canvas.fill(oval(*head.at(side * EYE_X, -0.06), 0.34, 0.22), dark, 0.26, blur=0.1, atop=True)


def _nose(canvas: Canvas, head: Head) -> None:
    dark, line, away = head.shadow, head.line, -head.light
    wide = 0.17 if head.who.sex == FEMALE else 0.21
    tip = head.at(0.0, NOSE_Y - 0.06, 1.42)
    side = away if abs(head.turn) < 0.12 else (-1.0 if head.turn > 0 else 1.0)
    bridge = head.at(side * 0.13, -0.08, 1.05)
    wing = head.at(side * wide, NOSE_Y + 0.0, 1.15)
    base = head.at(0.0, NOSE_Y + 0.07, 1.25)
    canvas.fill(
        spline(
            [
                bridge,
                (tip[0] + side * 0.05, tip[1] - 0.25),
                (tip[0] + side * 0.06, tip[1] + 0.02),
                base,
                wing,
                (wing[0] - side * 0.02, wing[1] - 0.16),
            ]
        ),
        dark,
        0.5,
        blur=0.035,
        atop=True,
    )
    left, right = head.at(-wide, NOSE_Y + 0.01, 1.12), head.at(wide, NOSE_Y + 0.01, 1.12)
    canvas.brush(
        [left, (base[0] - 0.06, base[1] + 0.015), (base[0] + 0.06, base[1] + 0.015), right],
        (0.012, 0.05, 0.03, 0.05, 0.012),
        line,
        0.62,
    )
    canvas.fill(
        oval(tip[0] + head.light * 0.05, tip[1] - 0.04, 0.06, 0.07),
        mix(head.who.skin, rgb("#ffffff"), 0.6),
        0.5,
        blur=0.03,
        atop=True,
    )


_SHAPES: dict[str, tuple[float, float]] = {  # half width, opening
    "closed": (0.30, 0.0),
    "small": (0.27, 0.10),
    "open": (0.29, 0.21),
    "wide": (0.34, 0.30),
    "round": (0.19, 0.21),
}


@dataclass(frozen=True, slots=True)
class _Lips:
    """A mouth's shape: `at(x, y)` counts x from corner (-1) to corner (+1), y from the line between the lips."""

    head: Head
    half: float
    gap: float
    curve: float
    full: float

    def at(self, x: float, y: float) -> Point:
        return self.head.at(x * self.half, MOUTH_Y + y - self.curve * abs(x) ** 1.5, 1.12)

    @property
    def top(self) -> float:
        return -self.gap * 0.35

    @property
    def bottom(self) -> float:
        return self.gap * 0.65


def _mouth(canvas: Canvas, head: Head, mood: Mood, shape: str) -> None:
    half, gap = _SHAPES[shape]
    female = head.who.sex == FEMALE
    lips = _Lips(
        head, half * (1.0 if female else 1.1), gap, mood.curve * (0.6 if gap else 1.0), 0.1 if female else 0.06
    )
    if gap:
        _inside(canvas, lips)
    at, top, bottom, full = lips.at, lips.top, lips.bottom, lips.full
    bow = [
        at(-1, 0),
        at(-0.5, top - full * 0.75),
        at(-0.16, top - full),
        at(0, top - full * 0.72),
        at(0.16, top - full),
    ]
    upper = [*bow, at(0.5, top - full * 0.75), at(1, 0), at(0.5, top + 0.02), at(0, top + 0.035), at(-0.5, top + 0.02)]
    rim = [at(-0.92, 0.01), at(-0.5, bottom), at(0, bottom + 0.02), at(0.5, bottom), at(0.92, 0.01)]
    lower = [*rim, at(0.52, bottom + full * 1.1), at(0, bottom + full * 1.5), at(-0.52, bottom + full * 1.1)]
    colour = head.who.lips
    canvas.fill(spline(upper), shade(colour, 0.8), 0.92)
    canvas.fill(spline(lower), colour, 0.88, to=shade(colour, 0.92))
    shine = oval(*at(0.12 * head.light, bottom + full * 0.7), lips.half * 0.3, full * 0.26)
    canvas.fill(shine, rgb("#ffffff"), 0.34, blur=0.02, atop=True)
    if not gap:
        between = [at(-1.06, 0), at(-0.5, 0.015), at(0, 0.0), at(0.5, 0.015), at(1.06, 0)]
        canvas.brush(between, (0.012, 0.032, 0.026, 0.032, 0.012), head.line, 0.9)
    below = oval(*head.at(0, MOUTH_Y + bottom + 0.24, 1.1), 0.2, 0.045)
    canvas.fill(below, head.shadow, 0.42, blur=0.05, atop=True)


def _inside(canvas: Canvas, lips: _Lips) -> None:
    """The dark of an open mouth, teeth above, tongue below."""
    at, top, bottom = lips.at, lips.top, lips.bottom
    edge = [at(-0.96, 0), at(-0.5, top), at(0, top), at(0.5, top), at(0.96, 0)]
    hole = spline([*edge, at(0.5, bottom + 0.03), at(0, bottom + 0.05), at(-0.5, bottom + 0.03)])
    canvas.fill(hole, rgb("#4a161e"))
    with canvas.clip(hole):
        teeth = [at(-0.8, top - 0.06), at(0.8, top - 0.06), at(0.7, top + 0.07), at(-0.7, top + 0.07)]
        canvas.fill(spline(teeth), TEETH, 0.96)
        canvas.fill(oval(*at(0, bottom + 0.06), lips.half * 0.6, lips.gap * 0.42), rgb("#b9525a"), 0.9, blur=0.01)


def _lines_of_age(canvas: Canvas, head: Head) -> None:
    for side in (-1.0, 1.0):
        canvas.brush(
            head.all_at([(side * 0.27, 0.66), (side * 0.4, 0.82), (side * 0.43, 1.02)], 1.1),
            (0.008, 0.03, 0.008),
            head.line,
            0.5,
        )
        canvas.brush(
            head.all_at([(side * 0.3, 0.24), (side * 0.46, 0.29), (side * 0.6, 0.24)]),
            (0.006, 0.022, 0.006),
            head.line,
            0.4,
        )
        canvas.brush(head.all_at([(side * 0.76, -0.04), (side * 0.88, -0.1)]), (0.016, 0.004), head.line, 0.4)
        canvas.brush(head.all_at([(side * 0.76, 0.06), (side * 0.88, 0.1)]), (0.016, 0.004), head.line, 0.4)
    for y in (-0.72, -0.86):
        canvas.brush(head.all_at([(-0.4, y + 0.03), (0, y), (0.4, y + 0.03)]), (0.006, 0.02, 0.006), head.line, 0.3)


def _tears(canvas: Canvas, head: Head) -> None:
    for side in (-1.0, 1.0):
        x = side * (EYE_X + 0.06)
        canvas.brush(
            head.all_at([(x, 0.17), (x + side * 0.02, 0.4), (x, 0.62)]), (0.02, 0.03, 0.05, 0.02), rgb("#dff1fb"), 0.55
        )
        canvas.fill(oval(*head.at(x, 0.66), 0.034, 0.05), rgb("#eaf7ff"), 0.8)
