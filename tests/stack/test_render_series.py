"""`manage.py render_series`: surveyed first, one batch, and a second run goes on where the first was stopped."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rich.console import Console

from catalog.models import Episode, Series
from generation import batches
from generation.models import Batch, Character, Render, Screenplay
from stack.local import Local, local_studio
from stack.rendering import read_job
from stack.series import Folder, begin, pause, survey
from stack.series_shown import BatchBars, preflight_shown
from tests.live import ROOT
from tests.stack.processes import environment, manage, wait_until

TEXT = "Title: {title}\n\nINT. KITCHEN - NIGHT\n\nMARA\nThis is letter number {n}.\n\nJONAS\nDon't open it!\n"


def files(folder: Path, count: int, **more: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(1, count + 1):
        (folder / f"{n}.fountain").write_text(more.get(f"text{n}") or TEXT.format(title=f"Part {n}", n=n))
    return folder


def folder_of(path: Path, count: int, **more: str) -> Folder:
    found = sorted(files(path, count, **more).glob("*.fountain"))
    jobs = [read_job(each, profile="animatic", out=path / "out" / each.stem) for each in found]
    return Folder(jobs, "The Letters", "animatic")


def refused(*arguments: object, **options: Any) -> CommandError:
    with pytest.raises(CommandError) as error:
        call_command("render_series", *map(str, arguments), **options)
    return error.value


def test_every_bad_file_is_told_with_its_line_before_anything_starts(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("RW_STATE_DIR", str(tmp_path / "state"))
    path = files(tmp_path / "story", 3, text1="INT. ROOM - DAY\n\nMARA\n\n", text3="\0")
    error = refused(path, "--out", tmp_path / "out")
    assert error.returncode == 2
    told = str(error).split("\n")
    assert told[0].startswith(f"{path}/1.fountain:3: ")
    assert told[2].startswith(f"{path}/3.fountain:1: ")
    out = io.StringIO()
    refused(path, "--json", stdout=out)
    document = json.loads(out.getvalue())["error"]
    assert (document["code"], document["details"]["line"]) == ("screenplay_no_words", 3)
    assert [(each["file"], each["line"]) for each in document["details"]["files"]] == [
        (f"{path}/1.fountain", 3), (f"{path}/3.fountain", 1),
    ]
    assert not (tmp_path / "state").exists()


def test_a_folder_in_two_languages_and_a_pilot_that_is_not_there_are_refused(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("RW_STATE_DIR", str(tmp_path / "state"))
    mixed = files(tmp_path / "mixed", 2, text2="内景 厨房 - 夜\n\n林晚：谁？\n")
    assert "2.fountain is written in 'zh', " in str(refused(mixed, "--out", tmp_path / "out"))
    error = refused(files(tmp_path / "story", 2), "--pilot", "3", "--out", tmp_path / "out")
    assert str(error) == "There is no episode 3.\n--pilot takes a number from 1 to 2."
    assert not (tmp_path / "state").exists()


@pytest.fixture
def local() -> Local:
    return local_studio()


@pytest.mark.django_db
def test_a_survey_of_files_stores_nothing_and_names_each(tmp_path: Path, local: Local) -> None:
    report = survey(folder_of(tmp_path, 2), local=local, now=timezone.now())
    assert [(row["number"], row["title"], row["file"]) for row in report["episodes"]] == [
        (1, "Part 1", f"{tmp_path}/1.fountain"), (2, "Part 2", f"{tmp_path}/2.fountain"),
    ]
    assert report["totals"]["steps_shared"] > 0
    assert [model.objects.count() for model in (Series, Episode, Screenplay, Character, Batch)] == [0] * 5


@pytest.mark.django_db
def test_the_survey_of_a_series_that_is_known_keeps_its_cast(tmp_path: Path, local: Local) -> None:
    folder = folder_of(tmp_path, 2)
    begin(folder, local=local, pilot=None, now=timezone.now())
    Character.objects.filter(name="JONAS").update(voice="en-us+gone")
    report = survey(folder, local=local, now=timezone.now())
    assert report["blocked"]
    assert {each["code"] for row in report["episodes"] for each in row["findings"] if each["severity"] == "block"} == {
        "missing_voice"
    }


@pytest.mark.django_db
def test_a_second_run_goes_on_with_the_same_batch(tmp_path: Path, local: Local) -> None:
    folder = folder_of(tmp_path, 3)
    first = begin(folder, local=local, pilot=None, now=timezone.now())
    batches.attend(clock=timezone.now)
    pause(first)
    assert set(Render.objects.values_list("status", flat=True)) == {"paused"}
    second = begin(folder, local=local, pilot=None, now=timezone.now())
    assert second == first
    assert set(Render.objects.values_list("status", flat=True)) == {"queued"}
    assert (Batch.objects.count(), Render.objects.count(), Screenplay.objects.count()) == (1, 3, 3)


@pytest.mark.django_db
def test_a_pilot_that_is_run_again_without_its_number_lets_the_others_go(tmp_path: Path, local: Local) -> None:
    folder = folder_of(tmp_path, 3)
    begin(folder, local=local, pilot=2, now=timezone.now())
    batches.attend(clock=timezone.now)
    again = begin(folder, local=local, pilot=2, now=timezone.now())
    assert batches.batch_view(again, now=timezone.now())["waits_for_go"]
    assert list(Render.objects.filter(status="queued").values_list("episode__number", flat=True)) == [2]
    begin(folder, local=local, pilot=None, now=timezone.now())
    assert set(Render.objects.values_list("status", flat=True)) == {"queued"}
    assert Batch.objects.count() == 1


@pytest.mark.django_db
def test_what_failed_is_tried_again_by_a_second_run(tmp_path: Path, local: Local) -> None:
    folder = folder_of(tmp_path, 2)
    batch = begin(folder, local=local, pilot=None, now=timezone.now())
    batches.attend(clock=timezone.now)
    Render.objects.filter(episode__number=1).update(status="failed", error_code="x", finished_at=timezone.now())
    assert begin(folder, local=local, pilot=None, now=timezone.now()) == batch
    assert set(Render.objects.values_list("status", flat=True)) == {"queued"}


@pytest.mark.django_db
def test_changed_texts_are_another_batch_and_the_old_one_is_stopped(tmp_path: Path, local: Local) -> None:
    first = begin(folder_of(tmp_path, 2), local=local, pilot=None, now=timezone.now())
    batches.attend(clock=timezone.now)
    changed = folder_of(tmp_path, 2, text2=TEXT.format(title="Part 2", n=99))
    second = begin(changed, local=local, pilot=None, now=timezone.now())
    batches.attend(clock=timezone.now)
    first.refresh_from_db()
    assert (first.status, second == first) == ("cancelled", False)
    assert sorted(Render.objects.values_list("status", flat=True)) == ["cancelled"] * 2 + ["queued"] * 2
    assert Screenplay.objects.count() == 3


@pytest.mark.django_db
def test_the_report_is_a_table_with_every_finding_and_its_place(tmp_path: Path, local: Local) -> None:
    report = survey(folder_of(tmp_path, 2), local=local, now=timezone.now())
    out = io.StringIO()
    Console(file=out, width=200).print(preflight_shown(report))
    told = out.getvalue()
    assert "The Letters (animatic)" in told
    assert "Part 2" in told
    assert f"! {tmp_path}/1.fountain:1: About " in told
    assert "2 episodes, " in told
    assert told.rstrip().endswith("min to make.")


def shown(status: str, percent: float) -> dict[str, Any]:
    rows = [
        {"episode": "a", "number": 1, "title": "[One]", "status": "done", "percent": 100.0},
        {"episode": "b", "number": 2, "title": "Two", "status": status, "percent": percent},
    ]
    return {"counts": {"done": 1 + (status == "done")}, "percent": (100 + percent) / 2, "episodes": rows}


def test_in_a_pipe_every_episode_that_ends_is_one_line_and_on_a_terminal_there_are_bars() -> None:
    out = io.StringIO()
    with BatchBars(Console(file=out), "Letters") as bars:
        for status, percent in (("running", 40.0), ("running", 60.0), ("failed", 60.0)):
            bars.show(shown(status, percent))
    assert out.getvalue().splitlines() == ["1. [One]: done", "2. Two: failed"]
    drawn = io.StringIO()
    console = Console(file=drawn, force_terminal=True, width=80, height=30)
    with BatchBars(console, "Letters") as bars:
        bars.show(shown("running", 40.0))
        console.print(bars.bars)
    assert "Letters: 1 of 2" in drawn.getvalue()
    assert " 40.0%" in drawn.getvalue()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_folder_is_reported_rendered_after_its_pilot_and_reused(tmp_path: Path) -> None:
    path, state, out = files(tmp_path / "story", 3), tmp_path / "state", tmp_path / "out"
    told = manage(state, "render_series", str(path), "--out", str(out), "--preflight", "--json")
    assert told.returncode == 0, told.stderr
    assert [row["steps_to_run"] > 0 for row in json.loads(told.stdout)["episodes"]] == [True] * 3
    assert not any(out.rglob("episode.mp4"))
    pilot = manage(state, "render_series", str(path), "--out", str(out), "--pilot", "2")
    assert pilot.returncode == 0, pilot.stderr
    assert "The others wait." in pilot.stderr
    assert [each.parent.name for each in out.rglob("episode.mp4")] == ["2"]
    rest = manage(state, "render_series", str(path), "--out", str(out), "--pilot", "2", "--yes", "--json")
    assert rest.returncode == 0, rest.stderr
    reports = json.loads(rest.stdout)
    assert [report["title"] for report in reports] == ["Part 1", "Part 2", "Part 3"]
    assert {report["status"] for report in reports} == {"done"}
    assert sorted(file.name for file in (out / "3").iterdir()) == [
        "captions.vtt", "contact-sheet.png", "episode.mp4", "poster.jpg", "render.json",
    ]
    again = manage(state, "render_series", str(path), "--out", str(tmp_path / "again"), "--json")
    assert [report["steps_run"] for report in json.loads(again.stdout)] == [0, 0, 0]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ctrl_c_pauses_and_a_second_run_makes_the_rest(tmp_path: Path) -> None:
    scenes = "".join(f"\nINT. ROOM {n} - NIGHT\n\nMARA\nThis is room {n}.\n" for n in range(6))
    long = f"Title: Part 3\n{scenes}"
    path, state, out = files(tmp_path / "story", 3, text3=long), tmp_path / "state", tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "render_series", str(path), "--out", str(out)],
        env=environment(state), cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if ": done" in line:
            break
    process.send_signal(signal.SIGINT)
    said = process.stderr.read()
    assert process.wait(60) == 130, said
    process.stderr.close()
    assert "the same command goes on from here" in said
    wait_until(lambda: not (state / "stack.json").exists(), 5, "the stack is gone")
    assert not (out / "3" / "episode.mp4").exists()
    second = manage(state, "render_series", str(path), "--out", str(out), "--json")
    assert second.returncode == 0, second.stderr
    reports = json.loads(second.stdout)
    assert {report["status"] for report in reports} == {"done"}
    assert {step["attempt"] for report in reports for step in report["steps"]} <= {1, 2}
    assert sum(report["attempts_wasted"] for report in reports) <= 4  # what was cut off, at most one a core
    assert len(list(out.rglob("episode.mp4"))) == 3
