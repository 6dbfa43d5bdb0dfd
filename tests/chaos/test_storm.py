"""More than thirty kills while episodes are rendered: every one ends DONE by itself, and not a byte is different."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.chaos.attack import Attacked, attacked
from tests.chaos.outcome import (
    Made,
    bill_of,
    events_of,
    made_by,
    once_per_attempt,
    problems_of_budget,
    twice_accepted,
)
from tests.chaos.schedule import Storm
from tests.chaos.story import SHOTS, Studio, open_studio
from tests.chaos.watchers import Watcher

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
SEED = int(os.environ.get("RW_CHAOS_SEED", "20261123"))
STUDIOS = 12  # most that a storm may need to stay busy
BUSY_STEPS = 8
END_SECONDS = 600


@dataclass
class Aftermath:
    """What there is to look at when the storm is over."""

    stack: Attacked
    storm: Storm
    calm: Made
    wasted_before: int = 0
    studios: list[Studio] = field(default_factory=list)
    watchers: list[Watcher] = field(default_factory=list)

    def keep_busy(self) -> None:
        """There is always something to lose: another creator asks when little is left."""
        while self.stack.open_steps() < BUSY_STEPS:
            studio = next(studio for studio in self.studios if not studio.renders)
            uid = studio.ask_until_answered()
            self.watchers += [Watcher(studio.person, uid), Watcher(studio.person, uid, restless=4.0)]


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    """A calm render, then others of the same story in the storm, until all have ended."""
    with attacked(tmp_path_factory.mktemp("storm") / "state") as stack:
        first = open_studio(stack.platform, "calm")
        first.ask()
        stack.wait(lambda: set(stack.statuses().values()) == {"done"}, "the calm render is done", END_SECONDS)
        found = Aftermath(stack, Storm(SEED), made_by(stack, first.creator))
        found.wasted_before = stack.wasted()  # none, if no other work makes the machine too slow for a short lease
        found.studios = [open_studio(stack.platform, f"storm{number}") for number in range(STUDIOS)]
        try:
            found.storm.rage(stack, found.keep_busy)
            stack.wait(lambda: not {"queued", "running"} & set(stack.statuses().values()), "all ended", END_SECONDS)
            for watcher in found.watchers:
                watcher.wait(60)
        finally:
            print(found.storm.table())  # noqa: T201 - what the claim is made of
        yield found


def test_every_render_ends_done_by_itself(aftermath: Aftermath) -> None:
    asked = [studio for studio in aftermath.studios if studio.renders]
    assert len(aftermath.storm.strikes) >= 30
    assert len(asked) >= 2
    assert set(aftermath.stack.statuses().values()) == {"done"}
    assert aftermath.stack.open_steps() == 0


def test_mezzanines_and_package_are_those_of_the_undisturbed_run_to_the_byte(aftermath: Aftermath) -> None:
    calm = aftermath.calm
    assert len(calm.of("shot")) == SHOTS
    assert len(calm.of("package")) == 1
    for studio in aftermath.studios:
        if studio.renders:
            made = made_by(aftermath.stack, studio.creator)
            assert made.of("shot") == calm.of("shot")
            assert made.of("package") == calm.of("package")
            assert made == calm


def test_no_step_has_two_accepted_results_and_each_attempt_one_end(aftermath: Aftermath) -> None:
    assert twice_accepted(aftermath.stack) == []
    assert once_per_attempt(aftermath.stack)


def test_a_kill_wastes_at_most_one_run(aftermath: Aftermath) -> None:
    storm = aftermath.storm
    print(storm.table())  # noqa: T201
    assert aftermath.stack.wasted() - aftermath.wasted_before <= len(storm.strikes)


def test_nobody_is_charged_twice(aftermath: Aftermath) -> None:
    for studio in aftermath.studios:
        if studio.renders:
            bill = bill_of(aftermath.stack, studio.creator)
            assert bill.charges == bill.charged_steps == bill.accepted
            assert bill.spent == bill.charged <= min(bill.promised, bill.cost)
            assert bill.held == 0
    assert problems_of_budget(aftermath.stack) == []


def test_every_client_saw_every_durable_event_once_in_order_and_the_end(aftermath: Aftermath) -> None:
    assert aftermath.watchers
    for watcher in aftermath.watchers:
        assert watcher.wrong == []
        told = events_of(watcher.person, watcher.render)
        assert [_but_percent(event) for event in watcher.seen] == [_but_percent(event) for event in told]
        for seen, event in zip(watcher.seen, told, strict=True):
            assert seen["percent"] >= event["percent"]  # a socket never falls behind the progress that it has shown
        assert watcher.seen[-1]["kind"] == "done"
    assert max(watcher.connections for watcher in aftermath.watchers if watcher.restless) > 3


def _but_percent(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != "percent"}
