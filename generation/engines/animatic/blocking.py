"""How a re-rolled shot is set up otherwise: the camera nearer or farther, higher or lower, people elsewhere in the
frame, another part of the place behind them. Never who is there, what they look like, where they are, or which way
they look. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from generation.engines.animatic.staging import FRAMES, Staging, Stand, framing_of
from generation.engines.base import ShotSpec

HIGHEST_TURN = 0.5  # radians of the head beyond which a drawn face falls apart
DEEPER, NEARER = 260.0, 140.0  # how far feet go up or down the floor as somebody stands farther or nearer
NEAREST = {"wide": 1.14, "extreme_close": 1.08}  # beyond that feet or hair leave the frame
BODY = 18.0  # units from the eyes to below the feet


@dataclass(frozen=True, slots=True)
class Blocking:
    """`near` scales people; `aside` and `lower` move them, in pixels of the frame; `turn` scales how far heads are
    turned; `behind` says how much farther to which side the camera sees the place (1 is as planned); `lean` turns the
    thing of an insert, in radians.
    """

    near: float = 1.0
    aside: float = 0.0
    lower: float = 0.0
    turn: float = 1.0
    behind: float = 1.0
    lean: float = 0.0


PLANNED = Blocking()
# takes that follow each other are seeds that follow each other (see `plan.take_seed`): neighbours here differ most
OTHERS = (
    Blocking(1.17, -52, 34, 0.5, -1.4, -0.17),
    Blocking(0.84, 74, -26, 1.35, 1.8, 0.15),
    Blocking(1.07, 84, 58, 0.75, -0.3, 0.26),
    Blocking(0.9, -92, 12, 1.25, 1.5, -0.27),
    Blocking(1.24, 24, -18, 0.25, -1.9, 0.07),
    Blocking(0.8, -26, 48, 1.0, 0.2, -0.09),
    Blocking(1.12, -96, -34, 1.4, 2.0, 0.2),
)


def blocking_of(spec: ShotSpec) -> Blocking:
    """As planned, unless the shot was rolled again."""
    if not spec.rerolled:
        return PLANNED
    found = OTHERS[spec.seed % len(OTHERS)]
    if spec.shot.framing == "insert":  # the arm that holds the thing must reach out of the frame
        return replace(found, near=1.04 + abs(found.near - 1), lean=found.lean * 0.6, aside=abs(found.aside) * 0.8)
    return found


def blocked(staging: Staging, spec: ShotSpec) -> Staging:
    """The same people in the frame, where the take puts them."""
    blocking = blocking_of(spec)
    if blocking is PLANNED:
        return staging
    several = len(staging.stands) > 1
    if several:  # they have to stay in the frame, and apart
        near = min(1.08, blocking.near)
        blocking = replace(blocking, near=near, aside=blocking.aside * 0.4 / max(1.0, near))
    stands = tuple(_moved(stand, blocking, framing_of(spec)) for stand in staging.stands)
    back = staging.foreground
    return Staging(stands, replace(back, x=back.x + blocking.aside * 0.7, y=back.y + blocking.lower) if back else None)


def _moved(stand: Stand, blocking: Blocking, framing: str) -> Stand:
    near = min(blocking.near, NEAREST.get(framing, blocking.near))
    scale = stand.scale * near
    if framing == "wide":  # feet stay on the floor
        feet = stand.y + 16.6 * stand.scale
        feet += (near - 1) * (NEARER if near > 1 else DEEPER)
        y, bottom = feet - 16.6 * scale, stand.bottom
    else:
        y = stand.y + blocking.lower * (0.5 if framing == "extreme_close" else 1.0)
        bottom = min(max(FRAMES[framing][2], BODY), (1280 - y) / scale + 0.8)
    yaw = max(-HIGHEST_TURN, min(HIGHEST_TURN, stand.bearing.yaw * blocking.turn))
    bearing = replace(stand.bearing, yaw=yaw)
    return replace(stand, x=stand.x + blocking.aside, y=y, scale=scale, bottom=bottom, bearing=bearing)
