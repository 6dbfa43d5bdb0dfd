"""The drawn parts of one shot, ready to be moved: background, people, foreground, an insert's object. Drawn once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from generation.captions.overlay import over
from generation.engines.animatic.appearance import Appearance, appearance_of
from generation.engines.animatic.blocking import PLANNED, Blocking, blocking_of
from generation.engines.animatic.figures.body import draw_body
from generation.engines.animatic.figures.figure import HALF_WIDTH, Figure, Sprite, cropped, draw_figure, lit_sprite
from generation.engines.animatic.figures.figure import TOP as HEAD_TOP
from generation.engines.animatic.figures.hair import draw_back
from generation.engines.animatic.figures.head import Head
from generation.engines.animatic.inserts import PAINTERS, SKIN, SLEEVE
from generation.engines.animatic.paint import Canvas, Colour, Pixels, box, mix, oval, rgb, shade
from generation.engines.animatic.places import INTERIORS, object_of, place_kind, weather_of
from generation.engines.animatic.sets import LEFT, TOP, SetArt, build_set
from generation.engines.animatic.staging import BLUR, ZOOM, Staging, Stand
from generation.engines.base import ShotSpec

FOCUS = (360.0, 560.0)
COARSE = 4  # what is out of focus is drawn this much smaller
SHARPER = 1.06  # people are drawn a little larger than shown, for the camera to come near


@dataclass(frozen=True, slots=True)
class Place:
    """Where the shot is: the set as this framing sees it (from (LEFT, TOP) of the frame on), and the weather."""

    kind: str
    weather: str
    art: SetArt
    far: Pixels
    near: Pixels | None


def place_of(spec: ShotSpec, check: Callable[[], None]) -> Place:
    """Draw the set, come as near as the framing does, and let it go out of focus, asking between whether to go on."""
    shot = spec.shot
    kind = place_kind(shot.place, shot.interior)
    weather = weather_of(shot.place, shot.action, shot.prompt)
    seed = sum(ord(c) * (i + 1) for i, c in enumerate(shot.place))
    art = build_set(kind, shot.time_of_day, weather, seed)
    check()
    block = blocking_of(spec)
    if shot.framing == "wide":
        return _wide(Place(kind, weather, art, art.far, art.near), block)
    whole = art.far.copy()
    if art.near is not None:
        over(whole, art.near)
    shift = {"close": 90.0, "extreme_close": 60.0, "over_shoulder": 120.0, "insert": -60.0}.get(shot.framing, 50.0)
    side = 1 if spec.seed % 2 else -1
    zoom = ZOOM.get(shot.framing, 1.3) * (1 + (block.near - 1) * 0.6)
    cx, cy = FOCUS[0] - LEFT + shift * side * block.behind, FOCUS[1] - TOP - block.lower * 0.5
    matrix = np.array([[zoom, 0, FOCUS[0] - LEFT - zoom * cx], [0, zoom, FOCUS[1] - TOP - zoom * cy]], np.float64)
    near = cv2.warpAffine(whole, matrix, whole.shape[1::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return Place(kind, weather, art, _soft(near, BLUR.get(shot.framing, 0.0)), None)


def _wide(place: Place, block: Blocking) -> Place:
    """The place from where a take sees it: a step to the side, a little nearer so that no edge comes into the frame."""
    if block is PLANNED:
        return place
    zoom, shift = max(1.0, block.near) * 1.04, 26.0 * (block.behind - 1)
    cx, cy = FOCUS[0] - LEFT, FOCUS[1] - TOP
    matrix = np.array([[zoom, 0, cx - zoom * (cx + shift)], [0, zoom, cy - zoom * cy]], np.float64)
    size = place.far.shape[1::-1]
    far = cv2.warpAffine(place.far, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    near = None if place.near is None else cv2.warpAffine(place.near, matrix, size, flags=cv2.INTER_LINEAR)
    return replace(place, far=far, near=near)


def _soft(picture: Pixels, sigma: float) -> Pixels:
    """Out of focus; lights swell before they blur, as they do in a lens."""
    if sigma <= 0:
        return picture
    small = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) if sigma > 4 else picture
    reach = sigma / 2 if sigma > 4 else sigma
    if reach > 3:
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (int(reach) * 2 + 1, int(reach) * 2 + 1))
        swollen = cv2.dilate(small, disc)
        small = cv2.addWeighted(small, 0.55, swollen, 0.45, 0)
    blurred = cv2.GaussianBlur(small, (0, 0), reach)
    result: Pixels = cv2.resize(blurred, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR) if sigma > 4 else blurred
    return result


@dataclass(slots=True)
class Person:
    """A drawn person where they stand; `head` is this shot's own copy, for lids and lips to be put into."""

    stand: Stand
    figure: Figure
    head: Pixels


def people_of(staging: Staging, place: Place, check: Callable[[], None]) -> list[Person]:
    """Draw everybody in focus, asking between them whether to go on."""
    people = []
    for stand in staging.stands:
        figure = draw_figure(
            stand.who, stand.bearing, place.art.light, scale=stand.scale * SHARPER, bottom=stand.bottom
        )
        people.append(Person(stand, figure, figure.head.pixels.copy()))
        check()
    return people


def shoulder_of(staging: Staging, place: Place) -> tuple[Sprite, Stand] | None:
    """The listener's back, dark and out of focus."""
    stand = staging.foreground
    if stand is None:
        return None
    scale = stand.scale / COARSE
    canvas = Canvas(
        int(HALF_WIDTH * 2 * scale), int((stand.bottom - HEAD_TOP) * scale), scale=scale, origin=(-HALF_WIDTH, HEAD_TOP)
    )
    draw_body(canvas, replace(stand.who, outfit="back", jewels=False), place.art.light.side, 0.0, "down")
    head = Head(stand.who, 0.0, place.art.light.side, place.art.light.rim)
    _back_of_head(canvas, stand.who, head)
    canvas.pixels[..., :3] *= 0.42
    return cropped(lit_sprite(canvas.blurred(1.3), place.art.light))[0], stand


def _back_of_head(canvas: Canvas, who: Appearance, head: Head) -> None:
    canvas.fill(oval(-0.98, 0.2, 0.17, 0.3), shade(who.skin, 0.8))
    canvas.fill(oval(0.98, 0.2, 0.17, 0.3), shade(who.skin, 0.8))
    canvas.fill(box(-0.46, 0.6, 0.46, 2.1, 0.2), shade(who.skin, 0.7))
    canvas.fill(oval(0, -0.2, 1.06, 1.42), who.skin if who.hair_style == "bald" else who.hair)
    draw_back(canvas, head)
    for x in (-0.5, 0.0, 0.5):
        canvas.brush(
            [(x * 0.6, -1.5), (x * 1.3, -0.6), (x * 1.2, 0.4)],
            (0.02, 0.08, 0.02),
            shade(who.hair, 1.6),
            0.3,
            blur=0.02,
            atop=True,
        )


def insert_of(spec: ShotSpec, place: Place) -> Sprite | None:
    """The object of an insert, on nothing, lit by the place."""
    if spec.shot.framing != "insert":
        return None
    scale = 1.16
    canvas = Canvas(int(1000 * scale), int(1300 * scale), scale=scale, origin=(-500, -560))
    name = object_of(spec.shot.action, spec.shot.prompt)
    PAINTERS[name](canvas, *_owner(spec))
    return cropped(lit_sprite(canvas, place.art.light))[0]


def _owner(spec: ShotSpec) -> tuple[Colour, Colour]:
    """Skin and sleeve of whose hand it is."""
    known = {member.name: member for member in spec.cast}
    member = next((known[name] for name in spec.shot.cast if name in known), None)
    who = appearance_of(member, spec.language) if member else None
    if who is None:
        return SKIN, SLEEVE
    return who.skin, shade(who.skin, 0.97) if who.outfit == "dress" else who.cloth


def ground(place: Place) -> bool:
    """Whether people cast a shadow on a floor."""
    return place.kind not in ("car",)


def floor_shadow(width: float, art: SetArt) -> Pixels:
    """A soft oval under somebody's feet, premultiplied."""
    canvas = Canvas(int(width * 2.6), 60)
    tone = mix(rgb("#000000"), art.hour.zenith, 0.15)
    canvas.fill(oval(width * 1.3, 30, width * 0.9, 13), tone, 0.55, blur=6)
    flat = canvas.premultiplied()
    result: Pixels = np.round(np.clip(flat, 0, 1) * 255).astype(np.uint8)
    return result


def is_inside(place: Place) -> bool:
    return place.kind in INTERIORS
