"""When it will be done: a schedule of what is left, at the pace that was measured, on the machines that were seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from generation import speeds
from generation.models import Render, Step, StepAttempt, StepEdge
from generation.plan import PlannedStep
from generation.services import render_cancel
from generation.speeds import Speeds, Task, eta_seconds, finish_estimate, makespan
from tests.builders import make_episode, make_user
from tests.generation.tiny import asked, deliver, drain, request_for, take, written

pytestmark = pytest.mark.django_db
NOW = timezone.now()
ONE = Speeds()


def task(key: str, seconds: float, *needs: str, queue: str = "render") -> Task:
    return Task(key, queue, seconds, needs)


def planned(key: str, seconds: float, *needs: str, queue: str = "render", kind: str = "shot") -> PlannedStep:
    return PlannedStep(key, kind, queue, {}, tuple((f"n:{need}", need) for need in needs), key, 1, seconds)


def ran(count: int, *, estimated: float, took: float, kind: str = "shot", queue: str = "render", **also: Any) -> None:
    """History: `count` attempts of steps that were estimated at `estimated` seconds."""
    creator = also.pop("creator_id", None) or asked().creator_id
    for n in range(count):
        step = Step.objects.create(
            creator_id=creator, key=f"{kind}{queue}{took}{n}{Step.objects.count()}", kind=kind, queue=queue, spec={},
            status="done", estimated_seconds=estimated,
        )
        values = {"attempt": 1, "worker": "w", "outcome": "done", "cost_micros": 0, "ended_at": NOW} | also
        StepAttempt.objects.create(step=step, started_at=values["ended_at"] - timedelta(seconds=took), **values)


def test_one_machine_does_one_thing_after_another() -> None:
    assert makespan([task("a", 3), task("b", 4), task("c", 5)], ONE) == 12


def test_more_machines_share_a_queue() -> None:
    assert makespan([task("a", 3), task("b", 4), task("c", 5)], Speeds(machines={"render": 3})) == 5
    assert makespan([task("a", 3), task("b", 4), task("c", 5)], Speeds(machines={"render": 2})) == 8


def test_queues_work_beside_each_other_and_a_chain_is_as_long_as_its_steps() -> None:
    pipeline = [
        task("shot1", 10), task("shot2", 10), task("ladder1", 4, "shot1", queue="encode"),
        task("ladder2", 4, "shot2", queue="encode"), task("package", 1, "ladder1", "ladder2", queue="encode"),
    ]
    assert makespan(pipeline, ONE) == 25
    assert makespan(pipeline, Speeds(machines={"render": 2})) == 10 + 4 + 4 + 1
    assert makespan(pipeline, Speeds(machines={"render": 9, "encode": 9})) == 15  # the critical path


def test_what_is_there_already_is_not_waited_for_and_nothing_takes_no_time() -> None:
    assert makespan([task("b", 4, "a")], ONE) == 4
    assert makespan([], ONE) == 0
    assert finish_estimate([], NOW) == 0


def test_work_that_was_asked_for_before_is_shared_by_the_machines_first() -> None:
    two = Speeds(machines={"render": 2})
    assert makespan([task("a", 3)], two, {"render": 10}) == 8
    assert makespan([task("a", 3, queue="encode")], two, {"render": 10}) == 3


@given(
    st.lists(
        st.tuples(st.floats(0, 50), st.sampled_from(["render", "encode"]), st.sets(st.integers(0, 30))), max_size=25
    ),
    st.integers(1, 4),
)  # fmt: skip
def test_no_estimate_is_shorter_than_the_critical_path_or_a_queues_share_nor_longer_than_one_worker(
    drawn: list[tuple[float, str, set[int]]], machines: int
) -> None:
    tasks = [
        Task(str(n), queue, seconds, tuple(str(need) for need in needs if need < n))
        for n, (seconds, queue, needs) in enumerate(drawn)
    ]
    known = Speeds(machines={"render": machines, "encode": 1})
    longest: dict[str, float] = {}
    for one in tasks:
        longest[one.key] = one.seconds + max((longest[need] for need in one.needs), default=0.0)
    share = {q: sum(t.seconds for t in tasks if t.queue == q) / known.of(q) for q in ("render", "encode")}
    length = makespan(tasks, known)
    assert length >= max([*longest.values(), *share.values(), 0.0]) - 1e-6
    assert length <= sum(one.seconds for one in tasks) + 1e-6


def test_without_history_an_estimate_is_what_the_steps_say() -> None:
    assert speeds.speeds(NOW) == Speeds({}, {})
    steps = [planned("a", 3), planned("b", 4, "a"), planned("c", 2, "gone")]
    assert finish_estimate(steps, NOW) == 9


def test_the_pace_is_what_accepted_attempts_of_that_kind_really_took() -> None:
    ran(3, estimated=2, took=5)
    ran(1, estimated=2, took=9)
    ran(5, estimated=1, took=60, outcome="failed")  # says nothing about the work
    ran(2, estimated=4, took=1, kind="ladder", queue="encode")
    known = speeds.speeds(NOW)
    assert known.ratios == {("shot", "render"): 24 / 8, ("ladder", "encode"): 0.25}
    assert finish_estimate([planned("a", 10)], NOW) == 30
    assert finish_estimate([planned("a", 10, kind="sound")], NOW) == 10


def test_only_the_newest_attempts_count_and_a_pace_that_cannot_be_is_cut() -> None:
    ran(4, estimated=1, took=9)
    ran(3, estimated=1, took=2)
    speeds_enough, speeds.ENOUGH = speeds.ENOUGH, 3
    try:
        assert speeds._ratios() == {("shot", "render"): 2.0}
    finally:
        speeds.ENOUGH = speeds_enough
    ran(1, estimated=0.001, took=500, kind="voice")
    assert speeds._ratios()["voice", "render"] == speeds.SLOWEST


def test_machines_are_those_seen_lately_and_one_name_may_stand_for_many_processes() -> None:
    ran(1, estimated=1, took=1, worker="one")
    ran(1, estimated=1, took=1, worker="two")
    ran(1, estimated=1, took=1, worker="gone", ended_at=NOW - timedelta(minutes=11))
    ran(1, estimated=1, took=1, worker="one", queue="encode")
    asked()
    for _ in range(3):
        take("voice", worker="many")
    known = speeds.speeds(NOW)
    assert known.machines == {"render": 2, "encode": 1, "voice": 3}
    assert known.of("nobody-yet") == 1


def test_measurements_are_kept_for_a_minute(django_assert_num_queries: Any) -> None:
    speeds.speeds(NOW)
    ran(1, estimated=1, took=3)
    with django_assert_num_queries(0):
        assert speeds.speeds(NOW) == Speeds({}, {})
        assert finish_estimate([planned("a", 3)], NOW) == 3
    cache.delete(speeds.CACHE_KEY)
    with django_assert_num_queries(3):
        assert speeds.speeds(NOW).ratios == {("shot", "render"): 3.0}


def test_without_a_cache_they_are_measured_each_time(settings: Any, django_assert_num_queries: Any) -> None:
    nowhere = settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/valkey.sock"}
    settings.CACHES = settings.CACHES | {"default": nowhere}
    for _ in range(2):
        with django_assert_num_queries(3):
            assert finish_estimate([planned("a", 3)], NOW) == 3


def test_a_quote_comes_after_what_its_creator_has_asked_for_before() -> None:
    render = asked()
    voices = sum(Step.objects.filter(queue="voice").values_list("estimated_seconds", flat=True))
    alone = finish_estimate([planned("a", 3, queue="voice", kind="voice")], NOW)
    behind = finish_estimate([planned("a", 3, queue="voice", kind="voice")], NOW, creator_id=render.creator_id)
    assert alone == 3
    assert behind == round(3 + voices, 1)
    mine = Step.objects.filter(queue="voice").order_by("pk")[0]  # shared with that render: not counted twice
    shared = [planned(mine.key, mine.estimated_seconds, queue="voice", kind="voice")]
    assert finish_estimate(shared, NOW, creator_id=render.creator_id) == round(voices, 1)
    stranger = asked()
    assert finish_estimate(shared, NOW, creator_id=stranger.creator_id) > 0
    render_cancel(render=render, by=make_user(), now=NOW)
    assert finish_estimate([planned("a", 3, queue="voice")], NOW, creator_id=render.creator_id) == 3


def whole(render: Render) -> float:
    """The estimate of a render of which nothing has begun."""
    rows = {step.pk: step for step in Step.objects.filter(renders=render).order_by("pk")}
    needs: dict[int, set[str]] = {}
    for step_id, need in StepEdge.objects.filter(step__in=rows).values_list("step_id", "needs__key"):
        needs.setdefault(step_id, set()).add(need)
    tasks = [Task(s.key, s.queue, s.estimated_seconds, tuple(needs.get(s.pk, ()))) for s in rows.values()]
    return makespan(tasks, ONE)


def test_a_render_says_how_long_it_still_takes_and_less_as_it_goes_on() -> None:
    render = asked()
    start = eta_seconds(render, NOW)
    assert start == pytest.approx(whole(render), abs=0.1)
    lease = take()
    Step.objects.filter(pk=lease.step_id).update(estimated_seconds=100, leased_at=NOW, fraction=0)
    render.refresh_from_db()
    cache.delete(speeds.CACHE_KEY)
    begun = eta_seconds(render, NOW)
    after_a_while = eta_seconds(render, NOW + timedelta(seconds=40))
    assert begun is not None
    assert begun > 100
    assert after_a_while == pytest.approx(begun - 40, abs=0.2)
    Step.objects.filter(pk=lease.step_id).update(fraction=0.8)  # it is faster than was thought: ten seconds are left
    under_way = eta_seconds(render, NOW + timedelta(seconds=40))
    assert under_way == pytest.approx(begun - 90, abs=0.5)
    deliver(lease)
    render.refresh_from_db()
    left = eta_seconds(render, NOW)
    assert left is not None
    assert left <= start  # type: ignore[operator]


def test_only_renders_at_work_have_an_end_and_one_that_waits_for_others_of_its_creator_ends_after_them(
    tiny: list[str], django_assert_max_num_queries: Any
) -> None:
    episode = written()
    first = request_for(episode)
    alone = eta_seconds(first, NOW)
    other = make_episode(episode.series, number=2)
    second = asked(written("INT. ELSEWHERE - DAY\n\nANNA\nNothing in common.\n", other))
    with django_assert_max_num_queries(5):
        after = eta_seconds(second, NOW)
    assert eta_seconds(first, NOW) == alone
    assert after is not None
    assert after > alone  # type: ignore[operator]
    drain()
    first.refresh_from_db()
    assert (first.status, eta_seconds(first, NOW)) == ("done", None)
    Render.objects.filter(pk=second.pk).update(status="paused", pause_reason="creator", percent=1, master=None)
    second.refresh_from_db()
    assert eta_seconds(second, NOW) is None
