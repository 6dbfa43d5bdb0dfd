"""Eyes, brows, nose and mouth, with an expression."""

from __future__ import annotations

from dataclasses import dataclass

from generation.engines.animatic.figures.head import Head
from generation.engines.animatic.paint import Canvas, Point, mix, oval, rgb, shade, spline
from generation.voices.persons import FEMALE

EYE_X, EYE_Y, NOSE_Y, MOUTH_Y = 0.44, 0.02, 0.62, 1.0
MOUTHS = ("closed", "small", "open", "wide", "round")
LIDS = {"open_lids": "open", "half": "half", "shut": "shut"}
WHITE, INK, TEETH = rgb("#f4f0ec"), rgb("#1c1417"), rgb("#f1ece6")


@dataclass(frozen=True, slots=True)
class Mood:
    """An expression: brow heights (inner, outer; up is negative), lid opening, mouth curve (up is a smile), extras."""

    inner: float = 0.0
    outer: float = 0.0
    lid: float = 1.0
    curve: float = 0.0
    tears: bool = False
    blush: float = 0.25
    frown: bool = False


MOODS = {
    "calm": Mood(),
    "angry": Mood(inner=0.14, outer=-0.08, lid=0.84, curve=-0.1, frown=True),
    "sad": Mood(inner=-0.13, outer=0.06, lid=0.82, curve=-0.08),
    "crying": Mood(inner=-0.17, outer=0.08, lid=0.76, curve=-0.12, tears=True, blush=0.45),
    "surprised": Mood(inner=-0.15, outer=-0.13, lid=1.26, curve=-0.01),
    "happy": Mood(inner=-0.04, outer=-0.02, lid=0.86, curve=0.13, blush=0.5),
    "afraid": Mood(inner=-0.17, outer=0.0, lid=1.16, curve=-0.06),
}


def draw_face(canvas: Canvas, head: Head, mood: Mood, lids: str, mouth: str, gaze: float) -> None:
    """Everything inside the outline."""
    _planes(canvas, head, mood)
    _nose(canvas, head)
    _mouth(canvas, head, mood, mouth)
    for side in (-1.0, 1.0):
        _eye(canvas, head, mood, side, lids, gaze)
        _brow(canvas, head, mood, side)
    if head.who.age == "old":
        _lines_of_age(canvas, head)
    if mood.tears and lids != "shut":
        _tears(canvas, head)


def _planes(canvas: Canvas, head: Head, mood: Mood) -> None:
    """Light and shade: the side away from the light, the cheeks, the temples."""
    skin, dark = head.who.skin, head.shadow
    away = -head.light
    edge = [(away * 0.62, -1.5), (away * 0.7, -0.5), (away * 0.58, 0.1), (away * 0.72, 0.55), (away * 0.42, 1.05),
            (away * 0.22, 1.6), (away * 2.0, 1.8), (away * 2.0, -1.6)]  # fmt: skip
    canvas.fill(spline(head.all_at(edge[:6], 0.6) + edge[6:]), dark, 0.42, blur=0.05, atop=True)
    canvas.fill(oval(*head.at(away * 0.95, 0.3, 0.2), 0.5, 1.5), dark, 0.3, blur=0.25, atop=True)
    lit = mix(skin, rgb("#fff3e2"), 0.5)
    canvas.fill(oval(*head.at(head.light * 0.5, 0.36), 0.3, 0.26), lit, 0.35, blur=0.14, atop=True)
    canvas.fill(oval(*head.at(head.light * 0.2, -0.62), 0.5, 0.34), lit, 0.3, blur=0.2, atop=True)
    rose = mix(skin, rgb("#d8525a"), 0.6)
    for side in (-1.0, 1.0):
        canvas.fill(oval(*head.at(side * 0.6, 0.5), 0.26 * head.squeeze(side * 0.6), 0.17), rose, mood.blush * 0.6,
                    blur=0.12, atop=True)  # fmt: skip
        canvas.fill(oval(*head.at(side * EYE_X, -0.06), 0.34, 0.22), dark, 0.26, blur=0.1, atop=True)


def _nose(canvas: Canvas, head: Head) -> None:
    dark, line, away = head.shadow, head.line, -head.light
    wide = 0.17 if head.who.sex == FEMALE else 0.21
    tip = head.at(0.0, NOSE_Y - 0.06, 1.42)
    side = away if abs(head.turn) < 0.12 else (-1.0 if head.turn > 0 else 1.0)
    bridge = head.at(side * 0.13, -0.08, 1.05)
    wing = head.at(side * wide, NOSE_Y + 0.0, 1.15)
    base = head.at(0.0, NOSE_Y + 0.07, 1.25)
    canvas.fill(spline([bridge, (tip[0] + side * 0.05, tip[1] - 0.25), (tip[0] + side * 0.06, tip[1] + 0.02), base, wing,
                        (wing[0] - side * 0.02, wing[1] - 0.16)]), dark, 0.5, blur=0.035, atop=True)  # fmt: skip
    left, right = head.at(-wide, NOSE_Y + 0.01, 1.12), head.at(wide, NOSE_Y + 0.01, 1.12)
    canvas.brush([left, (base[0] - 0.06, base[1] + 0.015), (base[0] + 0.06, base[1] + 0.015), right],
                 (0.012, 0.05, 0.03, 0.05, 0.012), line, 0.62)  # fmt: skip
    canvas.fill(oval(tip[0] + head.light * 0.05, tip[1] - 0.04, 0.06, 0.07), mix(head.who.skin, rgb("#ffffff"), 0.6), 0.5,
                blur=0.03, atop=True)  # fmt: skip


_SHAPES: dict[str, tuple[float, float]] = {  # half width, opening
    "closed": (0.30, 0.0),
    "small": (0.27, 0.10),
    "open": (0.29, 0.21),
    "wide": (0.34, 0.30),
    "round": (0.19, 0.21),
}


def _mouth(canvas: Canvas, head: Head, mood: Mood, shape: str) -> None:
    half, gap = _SHAPES[shape]
    lips, line = head.who.lips, head.line
    curve = mood.curve * (0.6 if gap else 1.0)
    if head.who.sex != FEMALE:
        half *= 1.1

    def at(x: float, y: float) -> Point:
        return head.at(x * half, MOUTH_Y + y - curve * abs(x) ** 1.5, 1.12)

    full = 0.1 if head.who.sex == FEMALE else 0.06
    top, bottom = -gap * 0.35, gap * 0.65
    upper = [at(-1, 0), at(-0.5, top - full * 0.75), at(-0.16, top - full), at(0, top - full * 0.72), at(0.16, top - full),
             at(0.5, top - full * 0.75), at(1, 0), at(0.5, top + 0.02), at(0, top + 0.035), at(-0.5, top + 0.02)]  # fmt: skip
    lower = [at(-0.92, 0.01), at(-0.5, bottom), at(0, bottom + 0.02), at(0.5, bottom), at(0.92, 0.01),
             at(0.52, bottom + full * 1.1), at(0, bottom + full * 1.5), at(-0.52, bottom + full * 1.1)]  # fmt: skip
    if gap:
        hole = spline([at(-0.96, 0), at(-0.5, top), at(0, top), at(0.5, top), at(0.96, 0), at(0.5, bottom + 0.03),
                       at(0, bottom + 0.05), at(-0.5, bottom + 0.03)])  # fmt: skip
        canvas.fill(hole, rgb("#4a161e"))
        with canvas.clip(hole):
            canvas.fill(spline([at(-0.8, top - 0.06), at(0.8, top - 0.06), at(0.7, top + 0.07), at(-0.7, top + 0.07)]), TEETH, 0.96)
            canvas.fill(oval(*at(0, bottom + 0.06), half * 0.6, gap * 0.42), rgb("#b9525a"), 0.9, blur=0.01)
    canvas.fill(spline(upper), shade(lips, 0.8), 0.92)
    canvas.fill(spline(lower), lips, 0.88, to=shade(lips, 0.92))
    canvas.fill(oval(*at(0.12 * head.light, bottom + full * 0.7), half * 0.3, full * 0.26), rgb("#ffffff"), 0.34, blur=0.02, atop=True)
    if not gap:
        canvas.brush([at(-1.06, 0), at(-0.5, 0.015), at(0, 0.0), at(0.5, 0.015), at(1.06, 0)], (0.012, 0.032, 0.026, 0.032, 0.012), line, 0.9)
    canvas.fill(oval(*head.at(0, MOUTH_Y + bottom + 0.24, 1.1), 0.2, 0.045), head.shadow, 0.42, blur=0.05, atop=True)


def _eye(canvas: Canvas, head: Head, mood: Mood, side: float, lids: str, gaze: float) -> None:
    female = head.who.sex == FEMALE
    half = 0.255 if female else 0.235
    height = (0.165 if female else 0.128) * mood.lid * {"open": 1.0, "half": 0.5, "shut": 0.0}[lids]
    if head.who.age == "child":
        half, height = half * 1.08, height * 1.2
    half *= head.squeeze(side * EYE_X)
    cx, cy = head.at(side * EYE_X, EYE_Y, 1.0)
    tilt = -0.035 if female else -0.02

    def at(x: float, y: float) -> Point:  # x from the nose (-1) to the temple (+1)
        return (cx + side * x * half, cy + y + tilt * x)

    lash = (0.075 if female else 0.052)
    if lids == "shut":
        canvas.brush([at(-1, 0.05), at(-0.4, 0.1), at(0.3, 0.11), at(1.05, 0.03)], (0.02, lash, lash, 0.02), INK, 0.95)
        return
    top, low = height * 1.05, height * 0.72
    shape = spline([at(-1, 0.03), at(-0.62, -top * 0.72), at(0.0, -top), at(0.6, -top * 0.82), at(1, -0.02), at(0.55, low * 0.85),
                    at(0, low), at(-0.55, low * 0.7)])  # fmt: skip
    canvas.fill(shape, WHITE, 0.98)
    with canvas.clip(shape):
        _iris(canvas, head, (cx + gaze * half * 0.5 + head.turn * 0.05, cy - 0.005), 0.155 if female else 0.135)
        canvas.fill(spline([at(-1.1, -top), at(0, -top * 1.5), at(1.1, -top), at(1, -top * 0.32), at(0, -top * 0.58), at(-1, -top * 0.3)]),
                    rgb("#5a3b46"), 0.4, blur=0.02)  # fmt: skip
    canvas.brush([at(-1.02, 0.04), at(-0.6, -top * 0.74), at(0.0, -top * 1.02), at(0.62, -top * 0.84), at(1.06, -0.04),
                  *([at(1.26, -0.12)] if female else [])], (0.018, lash * 0.8, lash, lash * 1.1, lash, 0.006), INK, 0.98)  # fmt: skip
    canvas.brush([at(0.98, 0.0), at(0.5, low * 0.9), at(-0.4, low * 0.85)], (0.02, 0.022, 0.006), head.line, 0.7)
    canvas.brush([at(-0.85, -top * 0.9 - 0.05), at(0, -top * 1.1 - 0.085), at(0.95, -top * 0.75 - 0.06)], (0.008, 0.026, 0.008), head.line, 0.55)


def _iris(canvas: Canvas, head: Head, centre: Point, radius: float) -> None:
    x, y = centre
    colour = head.who.eyes
    canvas.fill(oval(x, y, radius, radius * 1.06), shade(colour, 0.5))
    canvas.fill(oval(x, y, radius * 0.86, radius * 0.92), shade(colour, 0.75), to=shade(colour, 1.75))
    canvas.fill(oval(x, y, radius * 0.46, radius * 0.5), rgb("#0c090a"))
    canvas.fill(oval(x + head.light * radius * 0.34, y - radius * 0.38, radius * 0.27, radius * 0.3), rgb("#ffffff"), 0.96)
    canvas.fill(oval(x - head.light * radius * 0.36, y + radius * 0.42, radius * 0.16, radius * 0.14), rgb("#ffffff"), 0.5)


def _brow(canvas: Canvas, head: Head, mood: Mood, side: float) -> None:
    female = head.who.sex == FEMALE
    base, thick = (-0.37, 0.07) if female else (-0.31, 0.105)
    colour = mix(shade(head.who.hair, 0.75), head.line, 0.25)
    lift = -0.05 * (mood.lid - 1)
    points = [(0.2, base + 0.05 + mood.inner), (0.42, base - 0.02 + mood.inner * 0.5 + mood.outer * 0.35),
              (0.6, base - 0.035 + mood.outer * 0.8), (0.8, base + 0.07 + mood.outer)]  # fmt: skip
    path = head.all_at([(side * x, y + lift) for x, y in points])
    canvas.brush(path, (thick * 0.75, thick, thick * 0.8, 0.012), colour, 0.95, blur=0.006)
    if mood.frown:
        canvas.brush(head.all_at([(side * 0.07, -0.34), (side * 0.085, -0.2)], 1.05), (0.01, 0.028, 0.008), head.line, 0.5)


def _lines_of_age(canvas: Canvas, head: Head) -> None:
    for side in (-1.0, 1.0):
        canvas.brush(head.all_at([(side * 0.27, 0.66), (side * 0.4, 0.82), (side * 0.43, 1.02)], 1.1), (0.008, 0.03, 0.008), head.line, 0.5)
        canvas.brush(head.all_at([(side * 0.3, 0.24), (side * 0.46, 0.29), (side * 0.6, 0.24)]), (0.006, 0.022, 0.006), head.line, 0.4)
        canvas.brush(head.all_at([(side * 0.76, -0.04), (side * 0.88, -0.1)]), (0.016, 0.004), head.line, 0.4)
        canvas.brush(head.all_at([(side * 0.76, 0.06), (side * 0.88, 0.1)]), (0.016, 0.004), head.line, 0.4)
    for y in (-0.72, -0.86):
        canvas.brush(head.all_at([(-0.4, y + 0.03), (0, y), (0.4, y + 0.03)]), (0.006, 0.02, 0.006), head.line, 0.3)


def _tears(canvas: Canvas, head: Head) -> None:
    for side in (-1.0, 1.0):
        x = side * (EYE_X + 0.06)
        canvas.brush(head.all_at([(x, 0.17), (x + side * 0.02, 0.4), (x, 0.62)]), (0.02, 0.03, 0.05, 0.02), rgb("#dff1fb"), 0.55)
        canvas.fill(oval(*head.at(x, 0.66), 0.034, 0.05), rgb("#eaf7ff"), 0.8)
