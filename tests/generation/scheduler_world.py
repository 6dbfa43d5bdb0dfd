"""A small world of renders on real tables beside `plain_model`, and how rules choose what they touch."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.test import TestCase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from common.canonical import digest
from generation.models import Render
from generation.plan import Plan, PlannedStep
from generation.scheduler import Failure, Lease
from generation.scheduler.tidy import let_go_of_rest, pause_stalled
from tests.generation import plain_model
from tests.generation.plain_model import Model
from tests.generation.tiny import written

KINDS = {"v": ("voice", "voice"), "s": ("shot", "render"), "p": ("package", "encode")}
BROKEN = Failure("step_error", "it broke", "try again", retryable=True)
HOPELESS = Failure("missing_voice", "no such voice", "choose another", retryable=False)
START = datetime(2030, 1, 1, tzinfo=UTC)
LEASE = 30.0
RENDITION = {
    "name": "720p", "path": "720p.mp4", "playlist_path": "720p.m3u8", "width": 720, "height": 1280, "bitrate": 900_000,
    "peak_bitrate": 1_200_000, "codecs": "avc1.64001f,mp4a.40.2", "size_bytes": 8,
}
PACKAGE = {
    "duration_ms": 9000, "width": 720, "height": 1280, "fps": 24, "size_bytes": 8, "loudness_lufs": -16.0,
    "renditions": [RENDITION], "subtitles": [],
}
VOICES = "abcde"
PICK = st.integers(0, 10_000)
SENSELESS = 6  # one choice of so many looks for trouble
subsets = st.lists(st.sampled_from(VOICES), min_size=1, max_size=3, unique=True)
Needs = dict[str, frozenset[str]]


def world(shots: list[list[str]], finals: list[list[int]]) -> Needs:
    """Voices, shots of some voices, packages of some shots: what a key needs is in the key, as in a real plan."""
    needs: Needs = {f"v{name}": frozenset() for name in VOICES}
    needs |= {f"s{n}": frozenset(f"v{name}" for name in voices) for n, voices in enumerate(shots)}
    for n, chosen in enumerate(finals):
        mine = {f"s{index % len(shots)}" for index in chosen}
        needs[f"p{n}"] = frozenset(mine | {voice for shot in mine for voice in needs[shot]})
    return needs


class World(RuleBasedStateMachine):
    """One creator, a few packages that share shots and voices, and a clock of its own."""

    @initialize(
        shots=st.lists(subsets, min_size=2, max_size=4),
        finals=st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=2), min_size=2, max_size=6),
    )
    def begin(self, shots: list[list[str]], finals: list[list[int]]) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.model = Model(world(shots, finals))
        self.episode = written()
        self.text = self.episode.screenplays.get()
        self.salt = digest(str(self.episode.uid))
        self.sound = True  # no act is under way, and none has failed
        self.time, self.count = 0.0, itertools.count(1)
        self.rows: list[Render] = []
        self.leases: list[tuple[str, Lease]] = []
        self.percents: Counter[int] = Counter()

    # --- helpers

    @property
    def now(self) -> datetime:
        return START + timedelta(seconds=self.time)

    def key(self, name: str) -> str:
        return digest([self.salt, name])

    def act(self, call: Any, **arguments: Any) -> Any:
        """Call, then what was to follow its commit, doorbells left out."""
        with TestCase.captureOnCommitCallbacks() as after:
            result = call(now=self.now, **arguments)
        for callback in after:
            if getattr(callback, "func", None) in (let_go_of_rest, pause_stalled):
                callback()
        return result

    def plan(self, final: str) -> Plan:
        needs = self.model.needs
        names = sorted(self.model.closure(final, stop_at_present=False), key=lambda name: ("vsp".index(name[0]), name))
        steps = [
            PlannedStep(
                self.key(name), *KINDS[name[0]], {}, tuple((need, self.key(need)) for need in sorted(needs[name])),
                name, None, 1.0,
            )
            for name in names
        ]
        return Plan(tuple(steps), self.key(final))

    def pool(self, pick: int, good: list[Any], other: list[Any]) -> Any:
        """Mostly one for which it makes sense, if there is one; sometimes any."""
        choice = good if good and pick % SENSELESS else other
        return choice[(pick // SENSELESS) % len(choice)]

    def one(self, pick: int, good: Callable[[plain_model.Render], Any]) -> tuple[Render, plain_model.Render]:
        pairs = list(zip(self.rows, self.model.renders, strict=True))
        pair: tuple[Render, plain_model.Render] = self.pool(pick, [pair for pair in pairs if good(pair[1])], pairs)
        return pair

    def step_of(
        self, pick: int, good: Callable[[plain_model.Render, plain_model.Step], Any]
    ) -> tuple[Render, plain_model.Render, str]:
        all_of_them = [
            (row, render, name)
            for row, render in zip(self.rows, self.model.renders, strict=True)
            for name in sorted(render.keys)
        ]
        wanted = [found for found in all_of_them if good(found[1], self.model.steps[found[2]])]
        found: tuple[Render, plain_model.Render, str] = self.pool(pick, wanted, all_of_them)
        return found

    def lease(self, pick: int) -> tuple[str, Lease]:
        held = [one for one in self.leases if self.model.holds(one[0], one[1].attempt)]
        found: tuple[str, Lease] = self.pool(pick, held, self.leases)
        return found
