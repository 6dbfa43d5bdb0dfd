"""The account against a plain model of it: whatever is asked in whatever order, both say the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from generation import budget
from generation.budget import BudgetExceeded
from generation.models import Batch, BatchItem, ComputeAccount, Render, Screenplay, Step, StepAttempt
from tests.builders import make_creator, make_episode, make_series

pytestmark = pytest.mark.django_db
SLOTS = 5  # steps that renders share
ITEMS = 3
RATE = 14  # of the queue below
NOW = timezone.now()
slots = st.sets(st.integers(0, SLOTS - 1), min_size=1)
slot = st.integers(0, SLOTS - 1)
micros = st.integers(0, 400)


@dataclass
class Model:
    """An account in plain figures: who holds how much, what is spent, how far it may go."""

    holds: dict[Any, int] = field(default_factory=dict)
    open: set[int] = field(default_factory=set)
    spent: int = 0
    counted_from: int = 0
    cap: int | None = None

    @property
    def held(self) -> int:
        return sum(self.holds.values())

    @property
    def capped(self) -> bool:
        return self.cap is not None and self.spent - self.counted_from + self.held > self.cap

    def refuses(self, price: int) -> bool:
        left = None if self.cap is None else max(0, self.cap - (self.spent - self.counted_from) - self.held)
        return price > 0 and left is not None and price > left

    def view(self) -> dict[str, Any]:
        counted = self.spent - self.counted_from
        left = None if self.cap is None else max(0, self.cap - counted - self.held)
        return {
            "cap_micros": self.cap, "spent_micros": self.spent, "counted_micros": counted, "held_micros": self.held,
            "available_micros": left, "capped": self.capped,
        }


class Account(RuleBasedStateMachine):
    """Drives the real functions on real rows; the transactions that they need are those of the scheduler."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.was_capped = False
        self.block = transaction.atomic()
        self.block.__enter__()
        series = make_series(make_creator())
        self.creator_id = series.creator_id
        episodes = [make_episode(series, number=n + 1) for n in range(ITEMS)]
        blank = {"version": 1, "source": "", "sha256": "", "title": "", "language": "en"}
        texts = [
            Screenplay.objects.create(episode=episode, shot_count=1, estimated_ms=1, **blank) for episode in episodes
        ]
        self.render = Render.objects.create(
            creator_id=self.creator_id, episode=episodes[0], screenplay=texts[0], profile="animatic", brief={},
            final_key="x",
        )
        self.steps = Step.objects.bulk_create(
            Step(creator_id=self.creator_id, key=f"{n}", kind="shot", queue="render", spec={}, status="cancelled",
                 estimated_seconds=n * 2.0)
            for n in range(SLOTS)
        )  # fmt: skip
        batch = Batch.objects.create(creator_id=self.creator_id, series=series, profile="animatic", report={})
        self.items = [
            BatchItem.objects.create(batch=batch, episode=episode, screenplay=text, position=n)
            for n, (episode, text) in enumerate(zip(episodes, texts, strict=True))
        ]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    # --- renders

    def _begin(self, wanted: set[int]) -> list[int]:
        """Those of the wanted that are not open yet are put to work, as the scheduler does it."""
        begun = sorted(wanted - self.model.open)
        Step.objects.filter(pk__in=[self.steps[n].pk for n in begun]).update(status="ready", ready_at=NOW)
        return begun

    def _price(self, begun: list[int]) -> int:
        return sum(n * 2 * RATE for n in begun)

    @rule(wanted=slots)
    def a_render_asks(self, wanted: set[int]) -> None:
        """What another render has asked for already is shared, and not held again."""
        price = self._price(sorted(wanted - self.model.open))
        try:
            with transaction.atomic():
                begun = self._begin(wanted)
                budget.hold(
                    creator_id=self.creator_id, render=self.render, steps=[self.steps[n] for n in begun], now=NOW
                )
        except BudgetExceeded:
            assert self.model.refuses(price)
            return
        assert not self.model.refuses(price)
        self.model.open |= set(begun)
        self.model.holds |= {n: n * 2 * RATE for n in begun if n}

    @rule(n=slot, seconds=st.integers(0, 20))
    def an_attempt_is_accepted(self, n: int, seconds: int) -> None:
        if n not in self.model.open:
            return
        row = self._attempt(n, seconds, "done")
        Step.objects.filter(pk=self.steps[n].pk).update(status="done")
        charged = budget.settle(step=self.steps[n], attempt_row=row, now=NOW)
        held = self.model.holds.pop(n, 0)
        assert charged == min(seconds * RATE, held)
        self.model.spent += charged
        self.model.open.discard(n)

    @rule(n=slot, seconds=st.integers(0, 20), outcome=st.sampled_from(["failed", "lost", "cancelled"]))
    def an_attempt_comes_to_nothing(self, n: int, seconds: int, outcome: str) -> None:
        if n in self.model.open:
            self._attempt(n, seconds, outcome)

    @rule(n=slot)
    def a_report_comes_twice(self, n: int) -> None:
        row = StepAttempt.objects.filter(step=self.steps[n], outcome="done").order_by("-attempt").first()
        if row is not None:
            before = self.model.holds.get(n, 0)
            assert budget.settle(step=self.steps[n], attempt_row=row, now=NOW) == 0
            assert Step.objects.get(pk=self.steps[n].pk).held_micros == before

    @rule(gone=slots)
    def steps_end_without_a_result(self, gone: set[int]) -> None:
        ended = sorted(gone & self.model.open)
        Step.objects.filter(pk__in=[self.steps[n].pk for n in ended]).update(status="cancelled")
        assert budget.release(steps=[self.steps[n] for n in ended], now=NOW) == sum(
            self.model.holds.pop(n, 0) for n in ended
        )
        self.model.open -= set(ended)

    @rule(n=slot)
    def a_lost_result_is_made_again(self, n: int) -> None:
        """At our cost: nothing is held for it."""
        if n not in self.model.open:
            self._begin({n})
            self.model.open.add(n)

    def _attempt(self, n: int, seconds: int, outcome: str) -> StepAttempt:
        number = StepAttempt.objects.filter(step=self.steps[n]).count() + 1
        cost = budget.attempt_cost(queue="render", started_at=NOW, ended_at=NOW + timedelta(seconds=seconds))
        return StepAttempt.objects.create(
            step=self.steps[n], attempt=number, worker="w", outcome=outcome, started_at=NOW, ended_at=NOW,
            cost_micros=cost,
        )

    # --- batches

    def _held_items(self) -> list[int]:
        return [n for n in range(ITEMS) if ("item", n) in self.model.holds]

    @rule(prices=st.dictionaries(st.integers(0, ITEMS - 1), micros, min_size=1))
    def a_batch_asks(self, prices: dict[int, int]) -> None:
        fresh = {n: price for n, price in prices.items() if ("item", n) not in self.model.holds}
        total = sum(fresh.values())
        try:
            budget.hold_items(
                creator_id=self.creator_id, prices={self.items[n].pk: price for n, price in fresh.items()}, now=NOW
            )
        except BudgetExceeded:
            assert self.model.refuses(total)
            return
        assert not self.model.refuses(total)
        self.model.holds |= {("item", n): price for n, price in fresh.items() if price}

    @precondition(lambda self: self._held_items())
    @rule(data=st.data(), wanted=slots)
    def an_item_becomes_a_render(self, data: Any, wanted: set[int]) -> None:
        n = data.draw(st.sampled_from(self._held_items()))
        begun = self._begin(wanted)
        budget.move_item(
            item=self.items[n], render=self.render, steps=[self.steps[one] for one in begun], now=NOW
        )
        left = self.model.holds.pop(("item", n))
        for one in begun:
            price = min(left, one * 2 * RATE)
            left -= price
            if price:
                self.model.holds[one] = price
        self.model.open |= set(begun)

    @precondition(lambda self: self._held_items())
    @rule(data=st.data())
    def an_item_is_given_up(self, data: Any) -> None:
        n = data.draw(st.sampled_from(self._held_items()))
        assert budget.release_item(item=self.items[n], now=NOW) == self.model.holds.pop(("item", n))

    # --- the cap

    @rule(cap=st.none() | micros, renew=st.booleans())
    def an_owner_sets_the_cap(self, cap: int | None, renew: bool) -> None:
        self.model.cap = cap
        if renew:
            self.model.counted_from = self.model.spent
        assert budget.cap_set(creator_id=self.creator_id, cap_micros=cap, now=NOW, renew=renew) == self.model.view()
        self.was_capped = self.model.capped

    # --- always

    @invariant()
    def both_say_the_same(self) -> None:
        assert budget.account_view(self.creator_id) == self.model.view()

    @invariant()
    def the_books_are_right(self) -> None:
        assert budget.audit() == []

    @invariant()
    def only_a_lowered_cap_makes_an_account_capped(self) -> None:
        assert self.was_capped or not self.model.capped
        self.was_capped = self.model.capped


def run(examples: int, steps: int) -> None:
    quiet = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Account, settings=quiet)
    assert ComputeAccount.objects.count() == 0  # every example has cleared up behind itself


def test_the_account_does_what_a_plain_model_of_it_does() -> None:
    run(examples=12, steps=20)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_account_does_what_a_plain_model_of_it_does_for_long() -> None:
    run(examples=100, steps=40)
