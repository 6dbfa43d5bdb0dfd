"""One shot as a sequence of frames: everything is drawn once, then moved and laid together frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from generation.captions.burn import Captions
from generation.engines.animatic.acting import Pose, Speaking, perform
from generation.engines.animatic.blocking import blocked, blocking_of
from generation.engines.animatic.camera import Matrix, View, layer_matrix, placed, view_at
from generation.engines.animatic.compose import backdrop, darken, lay, vignette
from generation.engines.animatic.layers import (
    COARSE,
    SHARPER,
    Person,
    floor_shadow,
    ground,
    insert_of,
    is_inside,
    people_of,
    place_of,
    shoulder_of,
)
from generation.engines.animatic.paint import Pixels
from generation.engines.animatic.sets import LEFT, TOP
from generation.engines.animatic.staging import stage
from generation.engines.animatic.weather import fall, falling
from generation.engines.base import ShotSpec, VoiceClip
from generation.timing import ShotTiming

WIDTH, HEIGHT = 720, 1280
FAR, FIGURE, NEAR, SHOULDER = 0.5, 1.0, 1.35, 1.5
FADE_MS = {"cut": 0, "fade": 500, "dissolve": 300}
ENERGY = {"angry": 1.7, "sad": 0.6, "afraid": 1.2, "surprised": 1.3, "happy": 1.2}


def _go_on() -> None:
    """Nobody to ask whether the shot is still wanted."""


class Scene:
    """A shot with all it needs to give any of its frames, 720 x 1280, four channels of which the last means nothing."""

    def __init__(
        self, spec: ShotSpec, voices: Sequence[VoiceClip], timing: ShotTiming, check: Callable[[], None] = _go_on
    ) -> None:
        """Draw everything; `check` is called between the parts and may raise to give up."""
        self.spec, self.timing = spec, timing
        staging = blocked(stage(spec), spec)
        self._blocking = blocking_of(spec)
        self._place = place_of(spec, check)
        check()
        self._people = people_of(staging, self._place, check)
        self._shoulder = shoulder_of(staging, self._place)
        check()
        self._object = insert_of(spec, self._place)
        check()
        self._shadows = (
            [floor_shadow(p.stand.scale * 2, self._place.art) for p in self._people] if self._on_feet else []
        )
        self._poses = [self._performance(person, voices) for person in self._people]
        self._vignette = vignette(WIDTH, HEIGHT)
        self._weather = (
            falling(self._place.weather, spec.seed) if self._place.weather and not is_inside(self._place) else None
        )
        self._captions = Captions(spec, voices, timing)

    @property
    def _on_feet(self) -> bool:
        return self.spec.shot.framing == "wide" and ground(self._place)

    @property
    def weather(self) -> str:
        return self._place.weather

    def _performance(self, person: Person, voices: Sequence[VoiceClip]) -> list[Pose]:
        stand = person.stand
        speaking = [Speaking(self.timing.line_starts_ms[i], voices[i]) for i in stand.lines]
        energy = ENERGY.get(stand.bearing.mood, 0.9)
        return perform(speaking, self.timing.frames, self.timing.fps, stand.member.seed + self.spec.seed, energy)

    def frame(self, index: int, *, captions: bool = True) -> Pixels:
        """The picture at a frame of the shot."""
        view = view_at(self.spec.shot.move, index / max(1, self.timing.frames - 1))
        base = np.array([[1, 0, LEFT], [0, 1, TOP], [0, 0, 1]], np.float64)
        picture = backdrop(self._place.far, layer_matrix(view, FAR, WIDTH, HEIGHT) @ base, WIDTH, HEIGHT)
        figures = layer_matrix(view, FIGURE, WIDTH, HEIGHT)
        for order, person in enumerate(self._people):
            self._lay_person(picture, person, self._poses[order][index], order, figures)
        if self._object is not None:
            block, tilt = self._blocking, 0.012 * np.sin(index / 19)
            x, y = 360 + block.aside * 0.7, 520 + block.lower
            drift = placed(block.near / 1.16, x, y, anchor=self._object.anchor, tilt=tilt + block.lean)
            lay(
                picture,
                self._object.pixels,
                layer_matrix(replace(view, zoom=1 + (view.zoom - 1) * 1.4), 1.0, WIDTH, HEIGHT) @ drift,
            )
        self._lay_front(picture, view, base, index)
        picture = cv2.multiply(picture, self._vignette, scale=1 / 255)
        picture = darken(picture, self._fade(index))
        return self._captions.on(picture, index) if captions else picture

    def telling_frame(self) -> int:
        """A frame for a still: some way into the first line, or into a silent shot, with every eye open."""
        first = self.timing.line_starts_ms[0] + 350 if self.timing.line_starts_ms else self.timing.duration_ms * 2 // 3
        at = min(self.timing.frames - 1, first * self.timing.fps // 1000)
        awake = [i for i in range(self.timing.frames) if all(not poses[i].lids for poses in self._poses)]
        return min(awake or [at], key=lambda i: abs(i - at))

    def _lay_person(self, picture: Pixels, person: Person, pose: Pose, order: int, camera: Matrix) -> None:
        stand, scale = person.stand, person.stand.scale
        if self._shadows:
            shadow = self._shadows[order]
            foot = placed(1.0, stand.x, stand.y + 16.55 * scale, anchor=(shadow.shape[1] / 2, shadow.shape[0] / 2))
            lay(picture, shadow, camera @ foot)
        size = 1 / SHARPER
        breath = pose.breath * scale
        lay(
            picture,
            person.figure.trunk.pixels,
            camera @ placed(size, stand.x, stand.y + breath, anchor=person.figure.trunk.anchor),
        )
        head = placed(
            size,
            stand.x + pose.dx * scale,
            stand.y + breath + pose.dy * scale,
            anchor=person.figure.head.anchor,
            tilt=pose.tilt,
            pivot=1.4 * scale * SHARPER,
        )
        lay(picture, _with_face(person, pose), camera @ head)

    def _lay_front(self, picture: Pixels, view: View, base: Matrix, index: int) -> None:
        if self._place.near is not None:
            lay(picture, self._place.near, layer_matrix(view, NEAR, WIDTH, HEIGHT) @ base)
        if self._shoulder is not None:
            sprite, stand = self._shoulder
            lay(
                picture,
                sprite.pixels,
                layer_matrix(view, SHOULDER, WIDTH, HEIGHT) @ placed(COARSE, stand.x, stand.y, anchor=sprite.anchor),
            )
        if self._weather is not None:
            fall(picture, self._weather, self._place.weather, index)

    def _fade(self, index: int) -> float:
        length = FADE_MS.get(self.spec.shot.transition, 0) * self.timing.fps // 1000
        return 1.0 if not length else min(1.0, (index + 1) / length)


def _with_face(person: Person, pose: Pose) -> Pixels:
    """The head with this frame's lids and lips put in."""
    for name, rest in ((pose.lids, "open_lids"), (pose.lips, "closed")):
        chosen = person.figure.patches.get(name or rest)
        if chosen is not None:
            (x0, y0, x1, y1), patch = chosen
            person.head[y0:y1, x0:x1] = patch
    return person.head
