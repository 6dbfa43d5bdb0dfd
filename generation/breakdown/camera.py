"""Where the camera stands and how it moves, for beats in their order. Deterministic; no two neighbours alike."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from generation.breakdown.beats import ACTION, ESTABLISH, FEELING, MOTION, OBJECT, REACTION, Beat
from generation.breakdown.people import People

# a push-in is kept for what is strong, so that it means something
MOVES_FOR: dict[str, tuple[str, ...]] = {
    "wide": ("pan_right", "tilt_down", "pan_left", "pull_out"),
    "medium": ("static", "pan_right", "pull_out", "pan_left"),
    "over_shoulder": ("static", "pan_left", "pull_out", "pan_right"),
    "close": ("static", "pull_out", "pan_right"),
    "extreme_close": ("static", "pull_out"),
    "insert": ("tilt_down", "static", "tilt_up"),
}
INSTEAD = {  # what to take when the shot before had the same framing of the same people
    "close": "medium", "medium": "close", "over_shoulder": "close", "extreme_close": "close", "wide": "medium",
    "insert": "close",
}  # fmt: skip
IN_FRAME = {"wide": 4, "medium": 3, "over_shoulder": 2, "close": 1, "extreme_close": 1, "insert": 2}


@dataclass(slots=True)
class SetUp:
    """A beat with its camera."""

    beat: Beat
    framing: str
    move: str
    cast: tuple[str, ...]


class Camera:
    """Chooses set-ups one after another; remembers turns of speakers and what it did last."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.done: list[SetUp] = []
        self.turns: dict[tuple[int, str], int] = {}
        self.used: dict[tuple[int, str], int] = {}

    def shoot(self, beat: Beat, coming: Beat | None) -> None:
        """Set up one beat; `coming` is the one after it."""
        framing = self._framing(beat)
        cast = self._cast(beat, framing)
        before = self.done[-1] if self.done else None
        if before and self._is_same(before, SetUp(beat, framing, "", cast)):
            framing = self._instead(framing, cast, beat)
            cast = self._cast(beat, framing)
        self.done.append(SetUp(beat, framing, self._move(beat, framing, coming), cast))

    def _is_same(self, one: SetUp, other: SetUp) -> bool:
        """Over one shoulder and over the other are two set-ups of the same two people."""
        reverse = one.framing == "over_shoulder" and one.beat.focus != other.beat.focus
        return (one.framing, one.cast) == (other.framing, other.cast) and not reverse

    def hold_the_last(self, hold_ms: int, most_ms: int) -> None:
        """The episode ends on a held face (or thing), closing in: the next one begins where this one hurts."""
        if not self.done:
            return
        last = self.done[-1]
        tight = len(self.done) > 1 and self.done[-2].framing == "close" and self.done[-2].cast == last.cast[:1]
        if last.beat.focus or last.beat.kind != ESTABLISH:
            last.framing = "extreme_close" if tight or not last.cast else "close"
            last.cast = self._cast(last.beat, last.framing)
        last.move = "push_in"
        last.beat.ms = min(most_ms, last.beat.ms + hold_ms)
        if len(self.done) > 1 and self.done[-2].move == "push_in":
            earlier = self.done[-3].move if len(self.done) > 2 else ""
            options = MOVES_FOR[self.done[-2].framing]
            self.done[-2].move = next(move for move in options if move != earlier)

    def _framing(self, beat: Beat) -> str:
        if beat.kind == ESTABLISH:
            return "wide"
        if beat.kind == REACTION:
            return "close"
        return self._action_framing(beat) if beat.kind == ACTION else self._speech_framing(beat)

    def _action_framing(self, beat: Beat) -> str:
        if beat.others:
            return "medium"
        if OBJECT.search(beat.action) and not (beat.focus and MOTION.search(beat.action)):
            return "insert"
        if not beat.focus:
            return "insert" if self.done and self.done[-1].framing == "wide" else "wide"
        return "close" if FEELING.search(beat.action) else "medium"

    def _speech_framing(self, beat: Beat) -> str:
        if not beat.focus:
            return "insert" if self.done and self.done[-1].framing == "wide" else "wide"
        if len(beat.speakers) > 1:
            return "medium"
        if beat.lines[0].off_screen or beat.strength == 2:
            return "close"
        key = beat.scene.number, beat.focus
        turn = self.turns[key] = self.turns.get(key, -1) + 1
        opening = "over_shoulder" if beat.others else "medium"
        return opening if turn % 2 == 0 else "close"

    def _instead(self, framing: str, cast: tuple[str, ...], beat: Beat) -> str:
        if not cast:
            return "wide" if framing == "insert" else "insert"
        return "extreme_close" if framing == "close" and beat.strength == 2 else INSTEAD[framing]

    def _cast(self, beat: Beat, framing: str) -> tuple[str, ...]:
        names = [name for name in (beat.focus, *beat.others) if name]
        if framing == "medium" and beat.kind not in (ACTION, ESTABLISH) and len(beat.speakers) < 2:
            names = names[:1]
        return self.people.ordered(names[: IN_FRAME[framing]])

    def _move(self, beat: Beat, framing: str, coming: Beat | None) -> str:
        last = self.done[-1].move if self.done else ""
        gives_way = coming is not None and coming.strength > beat.strength  # a question, before the blow
        if beat.strength and framing != "wide" and last != "push_in" and not gives_way:
            return "push_in"
        options = MOVES_FOR[framing]
        # counted within the scene and begun by its place: a line added elsewhere leaves the moves here as they were
        key = beat.scene.number, framing
        begin = crc32(f"{beat.scene.place}|{framing}".encode())
        turn = self.used[key] = self.used.get(key, begin) + 1
        rotated = [options[(turn + i) % len(options)] for i in range(len(options))]
        return next(move for move in rotated if move != last)
