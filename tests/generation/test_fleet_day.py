"""Virtual GPUs on the real scheduler: a day's time, waste and price follow from its figures, to the second."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F, Sum
from django.utils import timezone

from catalog.models import Series
from generation import costs
from generation.fleet import Answer, Day, Figures, figures, gpus_needed, simulate_day
from generation.fleet import answer as answers
from generation.fleet.answer import fewest
from generation.fleet.day import lay_day
from generation.fleet.drive import drive
from generation.fleet.figures import Figure
from generation.management.commands import _fleet_day
from generation.models import Render, StepAttempt
from generation.scheduler import choice
from tests.generation.tiny import ROOT, child_environment

pytestmark = pytest.mark.django_db
FAST, FULL, SOUND = "wan22-ti2v-5b-fast", "wan22-ti2v-5b", "ltx2"


def small(**values: float) -> Figures:
    """The shipped figures, for episodes of two shots that are rolled once; `values` take the place of others."""
    known = figures()
    said = {"shots_per_episode": 2.0, "takes_per_shot": 1.0, "creators": 2.0} | values

    def changed(part: Any) -> dict[str, Figure]:
        return {name: replace(figure, value=said.get(name, figure.value)) for name, figure in part.items()}

    return replace(known, day=changed(known.day), trouble=changed(known.trouble), rest=changed(known.rest))


def a_day(**values: Any) -> Day:
    return Day(**({"models": (FAST,), "machine": "gpu-4090", "gpus": 1, "episodes": 1} | values))


def simulated(day: Day, known: Figures | None = None) -> Answer:
    return simulate_day(day, known or small(), now=timezone.now())


def test_a_day_without_trouble_lasts_as_long_as_its_steps() -> None:
    answer = simulated(a_day())
    gpu = 48 + 2 * (2.5 + 20 + 80)
    assert answer.hours * 3600 == pytest.approx(gpu + 26, abs=1e-3)  # the package is made last, without a GPU
    assert (answer.busy_seconds, answer.loading_seconds, answer.loads) == (pytest.approx(gpu), 48, 1)
    assert answer.paid_seconds == pytest.approx(gpu + 26, abs=1e-3)
    assert answer.utilisation == pytest.approx(gpu / (gpu + 26), abs=1e-6)
    assert answer.micros == pytest.approx((gpu + 26) * (166.67 + 4 * 12), abs=1)
    assert answer.attempt_micros == round(gpu * 166.67)
    assert (answer.wasted_seconds, answer.attempts_failed, answer.attempts_lost, answer.parked) == (0, 0, 0, 0)
    assert answer.micros_per_minute == round(answer.micros / 0.75)
    # the second shot waits for the first, and nothing else waits
    assert (answer.wait_p50, answer.wait_p95) == (0, pytest.approx(48 + 2.5 + 20 + 80, abs=1e-3))


def test_its_rows_are_real_and_the_studio_adds_up_the_same() -> None:
    answer = simulated(a_day(episodes=3, gpus=2))
    assert set(Render.objects.values_list("status", flat=True)) == {"done"}
    bills = [costs.series_cost(series=series) for series in Series.objects.all()]
    assert [bill.finished_episodes for bill in bills] == [2, 1]
    assert sum(bill.bill.gpu_seconds for bill in bills) == pytest.approx(answer.busy_seconds, abs=1e-3)
    gpu_micros = sum(
        stage.bill.micros for bill in bills for stage in bill.stages if stage.machine == "gpu-4090"
    )
    assert gpu_micros == pytest.approx(answer.attempt_micros, abs=3 * 2 * 3)  # every attempt is rounded by itself


def test_the_same_day_comes_out_the_same_and_another_seed_draws_other_fates() -> None:
    day = a_day(episodes=2, gpus=2, failure_rate=0.3, spot=True)
    first, second, other = simulated(day), simulated(day), simulated(replace(day, seed=2))
    assert first == second
    assert other.wasted_seconds != first.wasted_seconds


def test_failures_waste_what_their_attempts_took() -> None:
    answer = simulated(a_day(episodes=3, failure_rate=0.3))
    failed = StepAttempt.objects.filter(outcome="failed", worker__startswith="gpu-4090/")
    spent = failed.aggregate(spent=Sum(F("ended_at") - F("started_at")))["spent"]
    assert failed.count() == answer.attempts_failed > 0
    assert spent.total_seconds() == pytest.approx(answer.wasted_seconds, abs=1e-3)
    assert StepAttempt.objects.filter(outcome="done", worker__startswith="gpu-4090/").count() == 3 * 2 * 3
    assert set(Render.objects.values_list("status", flat=True)) == {"done"}


def test_what_is_out_of_tries_is_retried_by_hand_and_what_else_ran_for_it_is_stopped() -> None:
    answer = simulated(a_day(failure_rate=0.6, gpus=3), small(shots_per_episode=4.0))
    stopped = StepAttempt.objects.filter(outcome="cancelled", worker__startswith="gpu-4090/")
    vain = StepAttempt.objects.exclude(outcome="done").filter(worker__startswith="gpu-4090/")
    spent = vain.aggregate(spent=Sum(F("ended_at") - F("started_at")))["spent"]
    assert answer.parked > 0
    assert stopped.count() == answer.attempts_stopped > 0
    assert spent.total_seconds() == pytest.approx(answer.wasted_seconds, abs=1e-3)
    assert set(Render.objects.values_list("status", flat=True)) == {"done"}
    assert answer.hours * 3600 > 600


def test_a_machine_that_is_taken_away_loses_its_step_and_nothing_is_begun_in_its_last_minutes(settings: Any) -> None:
    known = small(preemptions_per_hour=8.0, shots_per_episode=6.0)
    day = a_day(models=(FULL,), spot=True, episodes=1, gpus=2)
    start = timezone.now()
    laid = lay_day(day, known, now=start)
    course = drive(laid, day, known, start=start)
    lost = list(StepAttempt.objects.filter(outcome="lost"))
    assert len(lost) == course.lost > 0
    assert course.preempted >= course.lost
    machines = {machine.name: machine for machine in course.park.machines}
    for attempt in StepAttempt.objects.filter(worker__startswith="gpu-"):
        machine = machines[attempt.worker]
        assert attempt.started_at < start + timedelta(seconds=machine.gone - 120)
        if attempt.outcome == "done":
            assert attempt.ended_at <= start + timedelta(seconds=machine.gone)
        else:
            swept = (attempt.ended_at - start).total_seconds() - machine.gone
            assert settings.LEASE_SECONDS < swept <= settings.LEASE_SECONDS + 5
    assert set(Render.objects.values_list("status", flat=True)) == {"done"}


def test_spot_costs_less_for_the_same_time() -> None:
    calm = small(preemptions_per_hour=0.0)
    paid, spot = simulated(a_day(), calm), simulated(a_day(spot=True), calm)
    assert spot.hours == paid.hours
    assert paid.attempt_micros == round(paid.busy_seconds * 166.67)
    assert spot.attempt_micros == round(paid.busy_seconds * 94.44)


def test_a_warm_model_is_kept_while_turns_are_near(monkeypatch: pytest.MonkeyPatch) -> None:
    day = a_day(models=(FULL, SOUND), machine="gpu-h100", episodes=2)
    kept = simulated(day)
    monkeypatch.setattr(choice, "AFFINITY_SLACK", -1e9)
    changed = simulated(day)
    assert kept.loads < changed.loads
    assert kept.hours < changed.hours
    assert kept.loading_seconds < changed.loading_seconds


def test_the_fewest_gpus_are_found_that_are_done_in_time() -> None:
    day, known = a_day(episodes=3, failure_rate=0.1), small()
    assert fewest(day, known, hours=0.1) == 2  # 3 * 205 s of work in 360 s, and nothing loaded yet
    answer = gpus_needed(day, known, hours=0.1, now=timezone.now())
    assert answer.hours <= 0.1
    assert answer.day.gpus > 2
    fewer = simulated(replace(answer.day, gpus=answer.day.gpus - 1), known)
    assert fewer.hours > 0.1


def test_what_no_number_of_gpus_can_do_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "TRIES", 3)
    with pytest.raises(RuntimeError, match=r"GPUs do not make 1 episodes in 0\.02 hours"):
        gpus_needed(a_day(), small(), hours=0.02, now=timezone.now())


def test_the_document_holds_each_day_its_figures_and_their_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_fleet_day, "figures", small)
    wish = _fleet_day.Wish(((FAST,),), "", 1, 1.0, 0, 0.0, False, True, 1)
    told: list[str] = []
    document = _fleet_day.run(wish, tell=told.append)
    assert [(day["failure_rate"], day["spot"]) for day in document["days"]] == [
        (0.0, False), (0.05, False), (0.15, False), (0.0, True), (0.05, True), (0.15, True)
    ]
    assert told[0] == "wan22-ti2v-5b-fast on gpu-4090, 0% failures: 1 GPUs, 0.1 h"
    assert (document["hours"], document["currency"]) == (1.0, "USD")
    assert {figure["known"] for figure in document["figures"]} == {"published", "derived", "assumed", "estimated"}
    assert set(document["sources"]) == set(figures().sources)
    json.dumps(document)


@pytest.mark.parametrize(("said", "complaint"), [
    (["--here"], "database of its own"), (["--episodes", "0"], "an episode"), (["--hours", "0"], "some time"),
    (["--gpus", "-1"], "no fewer"), (["--failures", "1"], "below 1"), (["--models", "sora"], "model sora"),
    (["--models", "ltx2", "--machine", "gpu-4090"], "ltx2 on gpu-4090"),
    (["--models", "wan22-ti2v-5b+ltx2"], "ltx2 on gpu-4090"), (["--machine", "abacus"], "on abacus"),
])  # fmt: skip
def test_what_cannot_be_simulated_is_refused_before_anything_is_made(said: list[str], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        call_command("simulate_fleet", "--day", *said, stdout=StringIO())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_command_simulates_a_day_in_a_database_of_its_own() -> None:
    asked = ["--day", "--json", "--episodes", "3", "--hours", "0.7", "--models", FAST, "--spot"]
    done = subprocess.run(
        [sys.executable, "manage.py", "simulate_fleet", *asked], cwd=ROOT, env=child_environment(), check=True,
        capture_output=True, text=True,
    )
    [day] = json.loads(done.stdout)["days"]
    assert (day["models"], day["machine"], day["spot"], day["episodes"]) == ([FAST], "gpu-4090", True, 3)
    assert day["hours"] <= 0.7
    assert 0 < day["utilisation"] <= 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_database WHERE datname = %s", [f"{connection.settings_dict['NAME']}_fleet"]
        )
        assert cursor.fetchone() == (0,)
    assert not Series.objects.exists()
