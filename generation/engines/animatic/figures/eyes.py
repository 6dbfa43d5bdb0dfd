"""Eyes and brows."""

from __future__ import annotations

from dataclasses import dataclass

from generation.engines.animatic.figures.head import Head
from generation.engines.animatic.figures.moods import Mood
from generation.engines.animatic.paint import Canvas, Point, mix, oval, rgb, shade, spline
from generation.voices.persons import FEMALE

EYE_X, EYE_Y = 0.44, 0.02
WHITE, INK = rgb("#f4f0ec"), rgb("#1c1417")


@dataclass(frozen=True, slots=True)
class _Eye:
    """Where an eye is and how far it is open; `at(x, y)` counts x from the nose (-1) to the temple (+1)."""

    centre: Point
    side: float
    half: float
    tilt: float
    top: float
    low: float
    lash: float

    def at(self, x: float, y: float) -> Point:
        return (self.centre[0] + self.side * x * self.half, self.centre[1] + y + self.tilt * x)


def draw_eye(canvas: Canvas, head: Head, mood: Mood, side: float, lids: str, gaze: float) -> None:
    """One eye: white, iris, the lid's shadow, lashes."""
    eye = _measure(head, mood, side, lids)
    if lids == "shut":
        curve = [eye.at(-1, 0.05), eye.at(-0.4, 0.1), eye.at(0.3, 0.11), eye.at(1.05, 0.03)]
        canvas.brush(curve, (0.02, eye.lash, eye.lash, 0.02), INK, 0.95)
        return
    at, top, low = eye.at, eye.top, eye.low
    upper = [at(-1, 0.03), at(-0.62, -top * 0.72), at(0.0, -top), at(0.6, -top * 0.82), at(1, -0.02)]
    shape = spline([*upper, at(0.55, low * 0.85), at(0, low), at(-0.55, low * 0.7)])
    canvas.fill(shape, WHITE, 0.98)
    with canvas.clip(shape):
        centre = (eye.centre[0] + gaze * eye.half * 0.5 + head.turn * 0.05, eye.centre[1] - 0.005)
        _iris(canvas, head, centre, 0.155 if head.who.sex == FEMALE else 0.135)
        lid = [
            at(-1.1, -top),
            at(0, -top * 1.5),
            at(1.1, -top),
            at(1, -top * 0.32),
            at(0, -top * 0.58),
            at(-1, -top * 0.3),
        ]
        canvas.fill(spline(lid), rgb("#5a3b46"), 0.4, blur=0.02)
    _lashes(canvas, head, eye)


def _measure(head: Head, mood: Mood, side: float, lids: str) -> _Eye:
    female, child = head.who.sex == FEMALE, head.who.age == "child"
    half = (0.255 if female else 0.235) * (1.08 if child else 1.0) * head.squeeze(side * EYE_X)
    height = (
        (0.165 if female else 0.128)
        * mood.lid
        * (1.2 if child else 1.0)
        * {"open": 1.0, "half": 0.5, "shut": 0.0}[lids]
    )
    tilt, lash = (-0.035, 0.075) if female else (-0.02, 0.052)
    return _Eye(head.at(side * EYE_X, EYE_Y, 1.0), side, half, tilt, height * 1.05, height * 0.72, lash)


def _lashes(canvas: Canvas, head: Head, eye: _Eye) -> None:
    at, top, low, lash = eye.at, eye.top, eye.low, eye.lash
    line = [at(-1.02, 0.04), at(-0.6, -top * 0.74), at(0.0, -top * 1.02), at(0.62, -top * 0.84), at(1.06, -0.04)]
    if head.who.sex == FEMALE:
        line.append(at(1.26, -0.12))
    canvas.brush(line, (0.018, lash * 0.8, lash, lash * 1.1, lash, 0.006), INK, 0.98)
    canvas.brush([at(0.98, 0.0), at(0.5, low * 0.9), at(-0.4, low * 0.85)], (0.02, 0.022, 0.006), head.line, 0.7)
    fold = [at(-0.85, -top * 0.9 - 0.05), at(0, -top * 1.1 - 0.085), at(0.95, -top * 0.75 - 0.06)]
    canvas.brush(fold, (0.008, 0.026, 0.008), head.line, 0.55)


def _iris(canvas: Canvas, head: Head, centre: Point, radius: float) -> None:
    x, y = centre
    colour = head.who.eyes
    canvas.fill(oval(x, y, radius, radius * 1.06), shade(colour, 0.5))
    canvas.fill(oval(x, y, radius * 0.86, radius * 0.92), shade(colour, 0.75), to=shade(colour, 1.75))
    canvas.fill(oval(x, y, radius * 0.46, radius * 0.5), rgb("#0c090a"))
    canvas.fill(
        oval(x + head.light * radius * 0.34, y - radius * 0.38, radius * 0.27, radius * 0.3), rgb("#ffffff"), 0.96
    )
    canvas.fill(
        oval(x - head.light * radius * 0.36, y + radius * 0.42, radius * 0.16, radius * 0.14), rgb("#ffffff"), 0.5
    )


def draw_brow(canvas: Canvas, head: Head, mood: Mood, side: float) -> None:
    female = head.who.sex == FEMALE
    base, thick = (-0.37, 0.07) if female else (-0.31, 0.105)
    colour = mix(shade(head.who.hair, 0.75), head.line, 0.25)
    lift = -0.05 * (mood.lid - 1)
    points = [
        (0.2, base + 0.05 + mood.inner),
        (0.42, base - 0.02 + mood.inner * 0.5 + mood.outer * 0.35),
        (0.6, base - 0.035 + mood.outer * 0.8),
        (0.8, base + 0.07 + mood.outer),
    ]
    path = head.all_at([(side * x, y + lift) for x, y in points])
    canvas.brush(path, (thick * 0.75, thick, thick * 0.8, 0.012), colour, 0.95, blur=0.006)
    if mood.frown:
        canvas.brush(
            head.all_at([(side * 0.07, -0.34), (side * 0.085, -0.2)], 1.05), (0.01, 0.028, 0.008), head.line, 0.5
        )
