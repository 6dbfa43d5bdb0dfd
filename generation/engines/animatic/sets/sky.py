"""Sky, sun, moon, stars, clouds, and the city far away. Units are pixels of a 720 x 1280 frame."""

from __future__ import annotations

import random
from dataclasses import dataclass

from generation.engines.animatic.paint import Canvas, Colour, Point, box, mix, oval, rgb, shade, spline

LEFT, TOP, WIDTH, HEIGHT = -120.0, -200.0, 960.0, 1680.0  # a third more than the frame, for the camera to move in
RIGHT, BOTTOM = LEFT + WIDTH, TOP + HEIGHT


@dataclass(frozen=True, slots=True)
class Hour:
    """The colours of a time of day: sky from zenith to horizon, haze, sunlight, and how strong lamps look (0..1)."""

    zenith: Colour
    middle: Colour
    horizon: Colour
    haze: Colour
    sun: Colour
    lamps: float
    dark: float  # how much the scene is darkened, 0..1


HOURS = {
    "day": Hour(rgb("#3f8fd0"), rgb("#8cc4e8"), rgb("#e3f1f2"), rgb("#cfe3ea"), rgb("#fff4d6"), 0.15, 0.0),
    "dawn": Hour(rgb("#5a74b8"), rgb("#c39fc0"), rgb("#ffd2a8"), rgb("#f0c4b0"), rgb("#ffd9a8"), 0.4, 0.16),
    "dusk": Hour(rgb("#2b2458"), rgb("#8d4270"), rgb("#ff9a5a"), rgb("#b8606a"), rgb("#ff9a58"), 0.75, 0.3),
    "night": Hour(rgb("#070b22"), rgb("#141f48"), rgb("#3d5190"), rgb("#2d3b6e"), rgb("#9db6ff"), 1.0, 0.46),
}


def draw_sky(canvas: Canvas, hour: Hour, rng: random.Random, *, horizon: float, weather: str, sun_x: float) -> None:
    """From the zenith to `horizon`, with what hangs in it."""
    middle = TOP + (horizon - TOP) * 0.55
    veil = rgb("#5c6878") if hour.lamps < 0.5 else rgb("#1a2034")
    cloudy = 0.55 if weather else 0.0
    top, mid, low = (mix(c, veil, cloudy) for c in (hour.zenith, hour.middle, hour.horizon))
    canvas.fill(box(LEFT, TOP, RIGHT, middle + 1), top, to=mid)
    canvas.fill(box(LEFT, middle, RIGHT, horizon + 2), mid, to=low)
    if hour.lamps == 1.0 and not weather:
        _stars(canvas, rng, horizon)
        canvas.glow(sun_x, TOP + 420, 330, 330, hour.sun, 0.5)
        canvas.fill(oval(sun_x, TOP + 420, 46, 46), rgb("#f3f0e4"))
        canvas.fill(oval(sun_x + 14, TOP + 412, 40, 40), rgb("#fffbe9"), 0.35, blur=6)
    elif not weather:
        height = TOP + 380 if hour.lamps < 0.3 else horizon - 130
        canvas.glow(sun_x, height, 560, 560, hour.sun, 0.85)
        canvas.fill(oval(sun_x, height, 52, 52), mix(hour.sun, (1, 1, 1), 0.5), 0.95, blur=5)
    for _ in range(7 if weather else 4):
        _cloud(canvas, rng, hour, horizon, heavy=bool(weather))


def _stars(canvas: Canvas, rng: random.Random, horizon: float) -> None:
    for _ in range(90):
        x, y = rng.uniform(LEFT, RIGHT), TOP + (horizon - TOP) * rng.random() ** 1.5 * 0.8
        size = rng.choice((0.9, 1.2, 1.9))
        canvas.fill(oval(x, y, size, size, 8), (1.0, 0.98, 0.92), rng.uniform(0.3, 0.95))


def _cloud(canvas: Canvas, rng: random.Random, hour: Hour, horizon: float, *, heavy: bool) -> None:
    x, y = rng.uniform(LEFT, RIGHT), TOP + (horizon - TOP) * rng.uniform(0.2, 0.85)
    wide = rng.uniform(120, 280)
    light = mix(hour.horizon, (1, 1, 1), 0.35 if hour.lamps < 0.5 else 0.04)
    tone = mix(light, rgb("#39424f") if hour.lamps < 0.5 else rgb("#141a2c"), 0.55 if heavy else 0.0)
    for _ in range(6):
        dx = rng.uniform(-0.5, 0.5) * wide
        canvas.fill(
            oval(x + dx, y + rng.uniform(-14, 8), wide * rng.uniform(0.2, 0.4), rng.uniform(16, 34)), tone, 0.3, blur=11
        )


def draw_skyline(canvas: Canvas, hour: Hour, rng: random.Random, *, base: float, tall: float, depth: float) -> None:
    """A row of towers up to `tall` above `base`; `depth` 0 is near and dark, 1 far and hazy."""
    body = mix(shade(mix(rgb("#33405c"), hour.haze, 0.25), 0.75 - 0.3 * hour.dark), hour.haze, depth)
    x = LEFT
    while x < RIGHT:
        wide = rng.uniform(46, 104)
        top = base - tall * rng.uniform(0.45, 1.0)
        canvas.fill(box(x, top, x + wide, base), shade(body, 1.06), to=mix(body, hour.haze, 0.4))
        canvas.fill(box(x, top, x + wide * 0.28, base), shade(body, 1.22), 0.5)
        if rng.random() < 0.3:
            canvas.fill(box(x + wide * 0.4, top - 34, x + wide * 0.46, top), body)
        _windows(canvas, hour, rng, box_of=(x, top, x + wide, base), depth=depth)
        x += wide + rng.uniform(2, 14)


def _windows(
    canvas: Canvas, hour: Hour, rng: random.Random, *, box_of: tuple[float, float, float, float], depth: float
) -> None:
    x0, y0, x1, y1 = box_of
    warm = (rgb("#ffd58a"), rgb("#ffe7b8"), rgb("#bcd4ff"))
    y = y0 + 12
    while y < y1 - 10:
        x = x0 + 8
        while x < x1 - 10:
            if rng.random() < (0.34 if hour.lamps > 0.5 else 0.2):
                canvas.fill(
                    box(x, y, x + 6, y + 9),
                    rng.choice(warm) if hour.lamps > 0.5 else hour.horizon,
                    (0.85 if hour.lamps > 0.5 else 0.4) * (1 - depth * 0.6),
                )
            x += 14
        y += 20


def draw_hills(
    canvas: Canvas, hour: Hour, rng: random.Random, *, base: float, tall: float, colour: Colour, depth: float
) -> None:
    """A soft ridge."""
    points: list[Point] = [(LEFT - 40, base)]
    x = LEFT - 40
    while x < RIGHT + 40:
        points.append((x, base - tall * rng.uniform(0.35, 1.0)))
        x += rng.uniform(110, 200)
    tone = mix(shade(colour, 1 - 0.55 * hour.dark), hour.haze, depth)
    canvas.fill(
        spline([*points, (RIGHT + 60, base), (RIGHT + 60, base + 60), (LEFT - 60, base + 60)]),
        tone,
        to=mix(tone, hour.haze, 0.35),
    )


def draw_tree(
    canvas: Canvas, hour: Hour, rng: random.Random, x: float, base: float, tall: float, *, depth: float
) -> None:
    """A trunk and a crown of soft leaves."""
    trunk = mix(shade(rgb("#4a3628"), 1 - 0.5 * hour.dark), hour.haze, depth)
    canvas.brush(
        [(x, base), (x + rng.uniform(-10, 10), base - tall * 0.5), (x + rng.uniform(-16, 16), base - tall * 0.8)],
        (tall * 0.07, tall * 0.045, tall * 0.02),
        trunk,
    )
    leaf = mix(shade(rgb("#3c6b45"), 1 - 0.6 * hour.dark), hour.haze, depth)
    for _ in range(16):
        dx, dy = rng.uniform(-0.24, 0.24) * tall, -tall * rng.uniform(0.5, 1.0)
        size = tall * rng.uniform(0.08, 0.17)
        canvas.fill(oval(x + dx, base + dy, size, size * 0.8, 14), shade(leaf, rng.uniform(0.75, 1.25)), 0.9, blur=1.5)
