"""Renders, steps and attempts in any order, on real tables, against a model in plain Python.

Every example runs in a transaction that is rolled back, at times of the model's own; what would follow a commit follows
each rule. The rules are in `scheduler_machine`, the model in `plain_model`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, Max, Q
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from generation import budget
from generation.models import Render, Step, StepAttempt
from generation.scheduler import control
from tests.generation.plain_model import LIVE, OPEN, TRIES
from tests.generation.scheduler_machine import Acting
from tests.generation.scheduler_world import BROKEN, HOPELESS, START

SPELL = 30
SEEDS = st.integers(0, 2**32 - 1)
ACTS = {  # and how often
    "ask": 3, "pause": 2, "resume": 2, "cancel": 1, "retry": 2, "pause_step": 2, "resume_step": 2, "retry_step": 1,
    "claim": 6, "heartbeat": 1, "report": 6, "fail": 2, "give_back": 1, "work": 2, "wait_and_sweep": 1,
    "lose_an_artifact": 4,
}
MORE: dict[str, dict[str, Sequence[Any]]] = {
    "ask": {"pause": ("", "", "", "pilot"), "lane": list(Step.Lane)}, "pause": {"reason": ("creator", "pilot")},
    "resume": {"reason": ("creator", "pilot")}, "pause_step": {"stop": (True, False)}, "claim": {"kind": "vvssp"},
    "report": {"checks": (True, True, False)}, "fail": {"failure": (BROKEN, BROKEN, HOPELESS)},
    "work": {"rounds": (1, 2)}, "wait_and_sweep": {"seconds": (1.0, 5.0, 31.0)},
}


class Machine(Acting):
    """The rules, and what has to be true after each of them."""

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            try:
                if self.sound:
                    self.drain()
            finally:
                transaction.set_rollback(True)
                self.undo.__exit__(None, None, None)

    @invariant()
    def steps_are_as_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        rows = {row.key: row for row in Step.objects.filter(creator=self.episode.series.creator_id).defer("spec")}
        said = {self.key(name): (self.model.status(name), step.attempt) for name, step in self.model.steps.items()}
        assert {key: (row.status, row.attempt) for key, row in rows.items()} == said
        for name, step in self.model.steps.items():
            row = rows[self.key(name)]
            if row.status in ("blocked", "ready", "paused"):
                assert (row.pending, row.tries) == (self.model.waits(name), step.tries), name
            if row.status == "ready":
                assert row.ready_at == START + timedelta(seconds=step.ready_at), name

    @invariant()
    def renders_are_as_the_model_says(self) -> None:
        if not self.rows_known():
            return
        pks = [row.pk for row in self.rows]
        rows = list(Render.objects.filter(pk__in=pks).order_by("pk").annotate(
            told=Count("events"), newest=Max("events__seq")
        ))
        assert [(row.status, row.pause_reason) for row in rows] == [
            (render.status, render.reason) for render in self.model.renders
        ]
        for row in rows:
            assert row.told == row.newest == row.seq  # no gap, and none doubled: (render, seq) is unique
            assert row.percent >= self.percents[row.pk]
            self.percents[row.pk] = row.percent
        for render in self.model.renders:
            assert render.status not in OPEN or not self.model.present(render.final)

    @invariant()
    def nothing_is_open_without_a_wish(self) -> None:
        if not self.rows_known():
            return
        wanting = Count("links", filter=Q(links__render__status__in=OPEN))
        driving = Count("links", filter=Q(links__render__status__in=LIVE))
        mine = Step.objects.filter(creator=self.episode.series.creator_id).annotate(wanting=wanting, driving=driving)
        assert not mine.filter(status__in=Step.OPEN, wanting=0).exists()
        assert not mine.filter(status__in=["ready", "blocked"], driving=0).exists()

    @invariant()
    def every_attempt_ends_once_and_counts_once(self) -> None:
        if not self.rows_known():
            return
        mine = StepAttempt.objects.filter(step__creator=self.episode.series.creator_id)
        done = Count("pk", filter=Q(outcome="done"))
        ends = {key: (n, d) for key, n, d in mine.values("step__key").annotate(n=Count("pk"), done=done).values_list(
            "step__key", "n", "done")}
        for name, step in self.model.steps.items():
            running = 1 if step.state == "leased" else 0
            assert ends.get(self.key(name), (0, 0)) == (step.attempt - running, step.accepted), name
            assert step.accepted <= 1 + step.lost  # a result is never accepted twice, unless it was lost

    def rows_known(self) -> bool:
        return bool(getattr(self, "rows", None))

    # --- what happens

    @rule(act=st.sampled_from(sorted(ACTS)), seed=SEEDS)
    def one_act(self, act: str, seed: int) -> None:
        self.sound = False
        self.do(act, random.Random(seed))
        self.sound = True

    @rule(seed=SEEDS)
    def a_spell(self, seed: int) -> None:
        """Many acts, as often as life has them: chance alone cancels everything before anything is made."""
        self.sound = False
        dice = random.Random(f"{seed} {next(self.count)}")
        for _ in range(SPELL):
            self.do(dice.choices(list(ACTS), list(ACTS.values()))[0], dice)
            self.steps_are_as_the_model_says()
            self.renders_are_as_the_model_says()
            self.nothing_is_open_without_a_wish()
        self.sound = True

    def do(self, act: str, dice: random.Random) -> None:
        pick = dice.randrange(10_000)
        if not self.rows:
            self.ask(pick, "", Step.Lane.PREVIEW)
        elif act in ("heartbeat", "report", "fail", "give_back") and not self.leases:
            self.work(1)
        elif act == "lose_an_artifact" and not any(step.there for step in self.model.steps.values()):
            self.work(2)
        else:
            more = {name: dice.choice(values) for name, values in MORE.get(act, {}).items()}
            getattr(self, act)(**more if act in ("claim", "work", "wait_and_sweep") else more | {"pick": pick})

    # --- the end

    def drain(self) -> None:
        """Let everybody go on, and serve: it comes to an end, with every render done and nothing held."""
        for row, render in zip(self.rows, self.model.renders, strict=True):
            if render.status == "paused":
                self.act(control.render_resume, render=row, reason=Render.Pause(render.reason))
                self.model.resume(render, render.reason, self.time)
            elif self.model.resume(render, "creator", self.time):
                self.act(control.render_resume, render=row)
        for _ in range(80):
            if not any(render.status in OPEN for render in self.model.renders):
                break
            self.serve()
        assert {render.status for render in self.model.renders} <= {"done", "failed", "cancelled"}
        self.steps_are_as_the_model_says()
        self.renders_are_as_the_model_says()
        self.nothing_is_open_without_a_wish()
        assert not Step.objects.filter(creator=self.episode.series.creator_id, status__in=Step.OPEN).exists()
        assert budget.audit() == []
        assert not Step.objects.filter(held_micros__gt=0).exists()

    def serve(self) -> None:
        before = len(self.leases)
        self.work(1)
        if len(self.leases) == before:
            self.wait_and_sweep(31.0)


def play(examples: int, steps: int, *phases: Phase) -> None:
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck), print_blob=False, phases=[Phase.generate, *phases],
        ),
    )


@pytest.fixture(autouse=True)
def few_tries(settings: Any) -> None:
    settings.STEP_MAX_ATTEMPTS = TRIES


@pytest.mark.django_db
def test_whatever_is_done_in_whatever_order_the_tables_say_what_the_model_says() -> None:
    play(14, 6)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.django_db
def test_whatever_is_done_for_long_the_tables_say_what_the_model_says() -> None:
    play(40, 12, Phase.shrink)
