"""Where people stand in a framing, which way they look, and how they feel. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generation.engines.animatic.appearance import Appearance, appearance_of, number
from generation.engines.animatic.figures.figure import Bearing
from generation.engines.animatic.places import place_kind
from generation.engines.base import CastMember, ShotSpec
from generation.voices.moods import mood_of

# framing: pixels a unit for one, two and more people; eye height; how far below the eyes is seen, in units
FRAMES: dict[str, tuple[tuple[float, float, float], float, float]] = {
    "wide": ((45.0, 44.0, 38.0), 470.0, 18.0),
    "seated": ((60.0, 56.0, 46.0), 610.0, 12.0),
    "medium": ((80.0, 64.0, 46.0), 440.0, 12.5),
    "close": ((150.0, 88.0, 58.0), 500.0, 6.5),
    "extreme_close": ((268.0, 150.0, 80.0), 560.0, 4.0),
    "over_shoulder": ((118.0, 118.0, 118.0), 470.0, 9.5),
    "insert": ((150.0, 88.0, 58.0), 500.0, 6.5),
}
ZOOM = {"wide": 1.0, "medium": 1.3, "close": 1.75, "extreme_close": 2.4, "over_shoulder": 1.5, "insert": 2.2}
BLUR = {"wide": 0.0, "medium": 3.2, "close": 9.0, "extreme_close": 16.0, "over_shoulder": 6.0, "insert": 14.0}
MOST = 4
FLOOR = 1186.0  # where feet stand in a wide shot
REACTIONS = {
    "angry": "afraid",
    "sad": "sad",
    "crying": "sad",
    "surprised": "surprised",
    "afraid": "surprised",
    "happy": "happy",
}
POSES = {
    "crying": ("clasped", "chest"),
    "angry": ("crossed", "hip"),
    "sad": ("clasped", "chest"),
    "afraid": ("chest", "clasped"),
    "surprised": ("chest", "down"),
}
_ADDRESSED = re.compile(r"(?:speaks|talks|says) to ([\w' .-]+?)(?:,|$)|对(\w+?)(?:说|喊|低|道)")
RESTING = ("down", "pocket", "hip", "clasped", "down")


@dataclass(frozen=True, slots=True)
class Stand:
    """One person in the frame: who, how, and where the point between their eyes is, in pixels of a 720 x 1280 frame."""

    member: CastMember
    who: Appearance
    bearing: Bearing
    x: float
    y: float
    scale: float
    bottom: float
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Staging:
    """The people in focus, and the one whose back is before the camera (over the shoulder)."""

    stands: tuple[Stand, ...]
    foreground: Stand | None


def stage(spec: ShotSpec) -> Staging:
    """Place the shot's cast; an insert shows nobody."""
    people = _in_frame(spec)
    framing = framing_of(spec)
    if framing == "insert" or not people:
        return Staging((), None)
    if framing == "over_shoulder" and len(people) > 1:
        first = _speaker_first(spec, people)
        side = facing(spec, first[0])
        return Staging((_stand(spec, first[0], 360 - side * 84, side, framing, 0),), _listener(spec, first[1], side))
    if framing in ("close", "extreme_close") and len(people) > 2:
        people = _speaker_first(spec, people)[:2]
    people = sorted(people[:MOST], key=lambda member: -facing(spec, member))
    return Staging(_row(spec, people, framing), None)


def framing_of(spec: ShotSpec) -> str:
    """The framing as it can be: nobody stands upright in a car."""
    seated = place_kind(spec.shot.place, spec.shot.interior) == "car"
    return "seated" if seated and spec.shot.framing == "wide" else spec.shot.framing


def _row(spec: ShotSpec, people: list[CastMember], framing: str) -> tuple[Stand, ...]:
    count = len(people)
    size = min(count, 3) - 1
    if count == 1:
        side = facing(spec, people[0])
        lead = {"wide": 40.0, "seated": 60.0, "medium": 36.0, "close": 26.0}.get(framing, 12.0)
        return (_stand(spec, people[0], 360 - side * lead, side, framing, size),)
    spread = (
        {"wide": 140.0, "seated": 150.0, "medium": 172.0}.get(framing, 178.0)
        if count == 2
        else 560.0 / count / (1.0 if framing == "wide" else 0.9)
    )
    stands = []
    for index, member in enumerate(people):
        offset = index - (count - 1) / 2
        stands.append(
            _stand(
                spec, member, 360 + offset * spread * (2 if count == 2 else 1), 1 if offset < 0 else -1, framing, size
            )
        )
    return tuple(stands)


def _in_frame(spec: ShotSpec) -> list[CastMember]:
    known = {member.name: member for member in spec.cast}
    return [known[name] for name in spec.shot.cast if name in known]


def _speaker_first(spec: ShotSpec, people: list[CastMember]) -> list[CastMember]:
    speakers = [line.speaker for line in spec.shot.lines if not line.off_screen]
    return sorted(people, key=lambda member: member.name not in speakers[:1])


def facing(spec: ShotSpec, member: CastMember) -> int:
    """1 looks to the picture's right (and stands left), -1 to its left: the two of a talk keep their sides."""
    own = _rank(member.name)
    others = [_rank(other.name) for other in spec.cast if other.name != member.name]
    spoken_to = _ADDRESSED.search(spec.shot.action)
    if not others and spoken_to:
        others = [_rank(spoken_to.group(1) or spoken_to.group(2))]
    return 1 if own < (others[0] if len(others) == 1 else 2**31) else -1


def _rank(name: str) -> int:
    return number(0, f"side:{name.strip().casefold()}")


def _stand(spec: ShotSpec, member: CastMember, x: float, side: int, framing: str, size: int) -> Stand:
    scales, eyes, bottom = FRAMES[framing]
    who = appearance_of(member, spec.language)
    lines = tuple(i for i, line in enumerate(spec.shot.lines) if line.speaker == member.name and not line.off_screen)
    mood = _mood(spec, lines)
    small = 0.74 if who.age == "child" else 1.0
    tall = number(member.seed, "tall") % 5 * 0.018
    yaw = side * {"wide": 0.4, "medium": 0.36, "close": 0.26, "extreme_close": 0.14, "over_shoulder": 0.34}.get(
        framing, 0.3
    )
    choice = POSES.get(mood, RESTING)
    pose = "clasped" if framing == "seated" else choice[(member.seed + spec.seed) % len(choice)]
    bearing = Bearing(yaw, mood, side * 0.32, pose, bool(lines))
    lift = (1 - small) * 210 if framing in ("wide", "medium") else 0.0
    if framing == "wide":  # feet on the floor, whatever the size
        y = FLOOR - 16.6 * scales[size] * small * (1.0 + tall * 0.5)
        return Stand(member, who, bearing, x, y, scales[size] * small * (1.0 + tall * 0.5), bottom, lines)
    y, scale = eyes + lift - tall * 2 * scales[size], scales[size] * small
    return Stand(member, who, bearing, x, y, scale, min(bottom, (1280 - y) / scale + 0.8), lines)


def _listener(spec: ShotSpec, member: CastMember, side: int) -> Stand:
    who = appearance_of(member, spec.language)
    return Stand(member, who, Bearing(0.0, "calm", 0.0, "down", False), 360 + side * 300, 640.0, 178.0, 5.5, ())


def _mood(spec: ShotSpec, lines: tuple[int, ...]) -> str:
    spoken = [mood_of(spec.shot.lines[i].manner, spec.shot.lines[i].text) for i in lines]
    told = next((mood for mood in spoken if mood != "calm"), "")
    if told or lines:
        return told or "calm"
    heard = [mood_of(line.manner, line.text) for line in spec.shot.lines]
    reaction = next((REACTIONS[mood] for mood in heard if mood in REACTIONS), "")
    return reaction or mood_of(spec.shot.action)
