"""Arms and hands, in a few poses."""

from __future__ import annotations

from generation.engines.animatic.appearance import Appearance
from generation.engines.animatic.figures.build import HIP, SHOULDER, WAIST, Build
from generation.engines.animatic.paint import Canvas, Colour, Point, mix, oval, rgb, ribbon, shade, spline
from generation.voices.persons import FEMALE

# what the left and the right arm do
POSES = {
    "down": ("down", "down"),
    "hip": ("hip", "down"),
    "pocket": ("down", "pocket"),
    "crossed": ("crossed", "crossed"),
    "chest": ("down", "chest"),
    "clasped": ("clasped", "clasped"),
}


def draw_arm(canvas: Canvas, who: Appearance, build: Build, side: float, light: float, bend: str) -> None:
    """A sleeve in two parts from the shoulder's cap to the wrist, and the hand where it shows."""
    elbow, wrist, hand = _joints(build, side, bend)
    shoulder = (side * (build.shoulder - 0.5), SHOULDER + 0.38)
    width = 0.92 if who.sex == FEMALE else 1.14
    sleeve = who.skin if who.outfit == "dress" else shade(who.cloth, 1.02)
    tone = shade(sleeve, 0.62)
    if hand is not None:
        _hand(canvas, who, wrist, hand)
    upper = [shoulder, ((shoulder[0] + elbow[0]) / 2 + side * 0.12, (shoulder[1] + elbow[1]) / 2), elbow]
    fore = [elbow, ((elbow[0] + wrist[0]) / 2, (elbow[1] + wrist[1]) / 2 + 0.03), wrist]
    inner = [(x - side * width * 0.52, y + 0.06) for x, y in upper]
    canvas.brush(
        [(inner[0][0] + side * 0.1, inner[0][1] + 0.5), *inner[1:]], (0.02, 0.2, 0.3), tone, 0.5, blur=0.1, atop=True
    )
    for path, widths in (
        (upper, (width, width * 1.02, width * 0.84)),
        (fore, (width * 0.84, width * 0.76, width * 0.58)),
    ):
        canvas.fill(oval(*path[0], widths[0] / 2, widths[0] / 2), shade(sleeve, 1.04))
        canvas.fill(ribbon(path, widths), shade(sleeve, 1.04), to=shade(sleeve, 0.88))
        _round(canvas, path, widths, light, tone, sleeve)
    for turn in (-0.16, 0.06):
        canvas.brush(
            [(elbow[0] - 0.32, elbow[1] + turn + 0.06), (elbow[0] + 0.3, elbow[1] + turn - 0.06)],
            (0.01, 0.06, 0.01),
            tone,
            0.45,
            blur=0.02,
        )


def _round(
    canvas: Canvas, path: list[Point], widths: tuple[float, ...], light: float, tone: Colour, sleeve: Colour
) -> None:
    """Shade one edge and light the other, so that the sleeve turns; both fade in below the shoulder."""
    with canvas.clip(ribbon(path, widths)):
        canvas.brush([(x - light * widths[0] * 0.42, y) for x, y in path], (0.02, 0.36, 0.28), tone, 0.5, blur=0.1)
        canvas.brush(
            [(x + light * widths[0] * 0.36, y) for x, y in path],
            (0.02, 0.14, 0.05),
            mix(sleeve, rgb("#fff3e0"), 0.45),
            0.3,
            blur=0.07,
        )


def _joints(build: Build, side: float, bend: str) -> tuple[Point, Point, str | None]:
    """Elbow, wrist, and how the hand is held (None: hidden)."""
    out, waist = build.shoulder, WAIST
    table: dict[str, tuple[Point, Point, str | None]] = {
        "down": ((out - 0.22, waist - 0.4), (out - 0.3, HIP + 0.1), "hang"),
        "hip": ((out + 0.62, waist - 0.55), (build.waist + 0.1, waist + 0.55), None),
        "pocket": ((out + 0.1, waist - 0.35), (build.hip - 0.12, HIP - 0.2), None),
        "crossed": ((out - 0.05, waist - 0.75), (-0.62, waist - 1.25 - 0.35 * side), "flat"),
        "chest": ((out - 0.02, waist - 0.7), (0.42, SHOULDER + 1.55), "flat"),
        "clasped": ((out - 0.1, waist - 0.35), (0.16, waist + 0.62), "flat"),
    }
    elbow, wrist, hand = table[bend]
    return (side * elbow[0], elbow[1]), (side * wrist[0], wrist[1]), hand


def _hand(canvas: Canvas, who: Appearance, wrist: Point, hold: str) -> None:
    x, y = wrist
    dark = mix(shade(who.skin, 0.7), rgb("#7a3b4a"), 0.2)
    toward = -1.0 if x > 0 else 1.0
    if hold == "hang":
        half = [(0.2, 0.0), (0.25, 0.42), (0.12, 0.9)]
        hanging = [*((x + dx, y + dy) for dx, dy in half), *((x - dx, y + dy) for dx, dy in reversed(half))]
        canvas.fill(spline(hanging), who.skin, to=dark)
        canvas.brush(
            [(x + toward * 0.18, y + 0.16), (x + toward * 0.3, y + 0.42), (x + toward * 0.24, y + 0.6)],
            (0.1, 0.14, 0.06),
            who.skin,
        )
        return
    canvas.fill(
        spline(
            [
                (x, y - 0.26),
                (x + toward * 0.45, y - 0.3),
                (x + toward * 0.82, y - 0.14),
                (x + toward * 0.8, y + 0.1),
                (x + toward * 0.4, y + 0.26),
                (x, y + 0.24),
            ]
        ),
        who.skin,
        to=shade(who.skin, 0.88),
    )
    for lift in (-0.1, 0.02, 0.13):
        canvas.brush([(x + toward * 0.46, y + lift), (x + toward * 0.8, y + lift)], (0.01, 0.03), dark, 0.6)
