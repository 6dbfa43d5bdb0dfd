"""Films of a service through the real scheduler, runner and database: asked for once, whatever fails on the way."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from django.utils import timezone

from generation import artifacts, remote
from generation.evidence import build_evidence
from generation.models import Artifact, RemoteJob, Render, Step, StepAttempt
from generation.scheduler import control
from tests.generation.tiny import statuses
from tests.remote.world import ONE, TWO, asked, filmed, footage, jobs_made, once, states
from tests.twins.videos import Videos

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("twin")]


@pytest.mark.slow
def test_an_episode_is_made_of_the_services_films(twin: Videos, tmp_path: Path) -> None:
    render = filmed(asked(TWO))
    assert render.status == Render.Status.DONE, statuses(render)
    artifacts.export_package(render, tmp_path)
    with av.open(str(tmp_path / "720p.mp4")) as film:
        video = film.streams.video[0]
        assert (video.width, video.height, video.average_rate) == (720, 1280, 24)
        picture = next(film.decode(video)).to_ndarray(format="rgb24")
    seed = int(next(iter(twin.jobs.values())).form["seed"])
    assert np.abs(picture[-200:].reshape(-1, 3).mean(0) - [seed % 251, seed // 7 % 251, 120]).max() < 12
    shots = build_evidence(render)["shots"]
    assert [shot["provenance"]["models"][0]["licences"][0]["name"] for shot in shots] == ["Twin"] * len(shots)
    assert {shot["provenance"]["job"] for shot in shots} == set(twin.jobs)
    assert remote.tend() == len(shots)
    assert states() == ["done"] * len(shots)


@pytest.mark.slow
def test_a_shot_begins_with_the_last_frame_of_the_one_before_it(twin: Videos) -> None:
    render = filmed(asked(TWO, "remote-linked"))
    assert render.status == Render.Status.DONE, statuses(render)
    images = [job.image[:8] for job in twin.jobs.values()]
    assert (len(images), images.count(b"\x89PNG\r\n\x1a\n")) == (4, 2)  # two scenes of two shots each


def test_what_is_asked_says_words_size_seconds_seed_and_token(twin: Videos) -> None:
    render = asked()
    assert once()
    [job] = twin.jobs.values()
    row = RemoteJob.objects.get()
    assert (row.state, row.remote_id, str(row.token)) == ("submitted", "video_1", job.token)
    assert job.form["model"] == "twin-1"
    assert job.form["size"] == "96x160"
    assert job.form["seconds"] in {"2", "3", "4"}
    assert job.form["negative_prompt"].endswith("blurred")
    assert int(job.form["seed"]) == footage(render).spec["wish"]["seed"]
    assert twin.key not in str(footage(render).spec)


@pytest.mark.parametrize("fault", ["submit:lost", "submit:500", "submit:garbage"])
def test_an_answer_that_is_lost_is_found_by_its_token_and_nothing_is_asked_twice(twin: Videos, fault: str) -> None:
    twin.faults = [fault, "list:500"]
    render = asked()
    assert once()
    assert footage(render).status == Step.Status.DONE
    assert (jobs_made(twin), twin.count("submit"), states()) == (1, 1, ["submitted"])


def test_a_request_that_was_never_read_is_sent_again_once_the_service_surely_has_not_got_it(twin: Videos) -> None:
    twin.faults = ["submit:unread"]
    render = asked()
    assert once()
    assert footage(render).status == Step.Status.DONE
    assert (jobs_made(twin), twin.count("submit")) == (1, 2)
    assert len({job.token for job in twin.jobs.values()}) == 1
    assert RemoteJob.objects.count() == 1


@pytest.mark.parametrize("fault", ["submit:lost", "submit:500", "submit:unread"])
def test_where_tokens_are_not_given_back_a_lost_answer_is_left_to_a_person_and_never_asked_again(
    twin: Videos, card, fault: str
) -> None:
    card(metadata=False)
    twin.keeps_metadata, twin.faults = False, [fault]
    render = asked()
    assert once()
    step = footage(render)
    assert (step.status, step.error_code) == (Step.Status.FAILED, "remote_unsure")
    assert states() == ["unsure"]
    before = list(twin.asked)
    control.parked_retry(step=step, now=timezone.now())
    assert once()
    assert twin.asked == before  # not even looked for
    assert footage(render).error_code == "remote_unsure"


def test_a_person_says_that_it_was_made_and_its_film_is_fetched_not_paid_for_again(twin: Videos, card) -> None:
    card(metadata=False)
    twin.keeps_metadata, twin.faults = False, ["submit:lost"]
    render = asked()
    once()
    remote.settle(job=RemoteJob.objects.get(), remote_id="video_1")
    control.parked_retry(step=footage(render), now=timezone.now())
    assert once()
    assert footage(render).status == Step.Status.DONE
    assert (jobs_made(twin), twin.count("submit")) == (1, 1)


def test_a_person_says_that_it_never_arrived_and_it_is_asked_for_anew(twin: Videos, card) -> None:
    card(metadata=False)
    twin.keeps_metadata, twin.faults = False, ["submit:unread"]
    render = asked()
    once()
    remote.settle(job=RemoteJob.objects.get(), remote_id="")
    control.parked_retry(step=footage(render), now=timezone.now())
    assert once()
    assert footage(render).status == Step.Status.DONE
    assert (jobs_made(twin), states()) == (1, ["never", "submitted"])


@pytest.mark.parametrize(
    "faults",
    [["status:500", "status:lost", "status:garbage"], ["status:404"], ["content:cut", "content:500"], ["submit:429"]],
)
def test_what_passes_is_waited_for_within_the_same_attempt(twin: Videos, faults: list[str]) -> None:
    twin.faults = list(faults)
    render = asked()
    assert once()
    step = footage(render)
    assert (step.status, step.attempt, jobs_made(twin)) == (Step.Status.DONE, 1, 1)
    assert twin.faults == []


def test_what_the_service_will_not_make_is_said_in_its_words_and_not_tried_again(twin: Videos) -> None:
    twin.faults = ["submit:400"]
    render = asked()
    assert once()
    step = footage(render)
    assert (step.status, step.error_code) == (Step.Status.FAILED, "remote_refused")
    assert step.error_message == "The video service will not make this shot: said 400"
    assert (jobs_made(twin), states()) == (0, ["never"])


@pytest.mark.parametrize(("code", "parked"), [("content_policy_violation", True), ("gpu_on_fire", False)])
def test_a_job_that_failed_there_is_tried_again_unless_no_repeat_can_mend_it(
    twin: Videos, code: str, parked: bool
) -> None:
    twin.verdict = (code, "because")
    render = asked()
    assert once()
    step = footage(render)
    assert step.status == (Step.Status.FAILED if parked else Step.Status.READY)
    assert states() == ["failed"]
    assert StepAttempt.objects.get(step=step).error_code == ("remote_refused" if parked else "remote_failed")


def test_a_wrong_key_is_said_and_nothing_is_made(twin: Videos, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_REMOTE_KEY", "wrong")
    render = asked()
    assert once()
    attempt = StepAttempt.objects.get(step=footage(render))
    assert attempt.error_code == "remote_key_refused"
    assert "wrong" not in attempt.error_message
    assert jobs_made(twin) == 0


def test_a_file_that_is_no_film_is_not_believed(twin: Videos) -> None:
    twin.faults = ["content:noise"]
    render = asked()
    assert once()
    step = footage(render)
    assert (step.status, StepAttempt.objects.get(step=step).error_code) == (Step.Status.READY, "remote_film_broken")
    assert states() == ["failed"]


def test_one_that_takes_too_long_is_cancelled_there(twin: Videos, card) -> None:
    card(deadline=0.5)
    twin.takes = 60
    render = asked()
    assert once()
    assert StepAttempt.objects.get(step=footage(render)).error_code == "remote_too_slow"
    assert [job.status for job in twin.jobs.values()] == ["cancelled"]
    assert states() == ["cancelled"]


def test_without_an_address_the_worker_says_which_setting_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RW_REMOTE_URL")
    render = asked()
    assert once()
    assert StepAttempt.objects.get(step=footage(render)).error_code == "no_remote_service"
    assert not RemoteJob.objects.exists()


def test_a_service_that_is_down_costs_no_job_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_REMOTE_URL", "http://127.0.0.1:9")
    render = asked()
    assert once()
    assert StepAttempt.objects.get(step=footage(render)).error_code == "remote_away"
    assert states() == ["never"]


@pytest.mark.slow
def test_a_service_that_speaks_itself_is_told_the_lines_and_heard(twin: Videos, card) -> None:
    card(audio=True)
    twin.sound = True
    render = filmed(asked(ONE + "\nMARA\nIt has my name on it.\n"))
    assert render.status == Render.Status.DONE, statuses(render)
    assert any("It has my name on it." in job.form["prompt"] for job in twin.jobs.values())
    shot = Step.objects.filter(links__render=render, kind="shot").first()
    names = [file["name"] for file in Artifact.objects.get(key=shot.key).files]
    assert "sound.wav" in names
