"""`manage.py render` and its kin: bad input is said before any server starts, a render leaves its files."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import pytest
from django.core.management import CommandError, call_command
from rich.console import Console

from creators.models import Creator
from generation.engines.profiles import PROFILES
from generation.models import Screenplay
from stack.bars import RenderBars
from stack.local import local_episode, local_series, local_studio
from stack.places import StackError
from stack.rendering import fountain_files
from tests.builders import make_creator
from tests.live import ROOT
from tests.stack.processes import environment, manage, wait_until

SHORT = """Title: Two Lines

INT. KITCHEN - NIGHT

MARA holds a letter.

MARA
It has my name on it.
"""
LONG = SHORT + "".join(f"\nINT. ROOM {n} - NIGHT\n\nMARA\nThis is room {n}, and I go on and on.\n" for n in range(40))


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder that must stay untouched."""
    monkeypatch.setenv("RW_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


def fountain(folder: Path, text: str | bytes = SHORT, name: str = "story.fountain") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refused(*arguments: object, **options: Any) -> CommandError:
    with pytest.raises(CommandError) as error:
        call_command(*map(str, arguments), **options)
    return error.value


BAD_FILES = {
    "empty": (b"", "", "The screenplay is empty."),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0\0", "", "not text"),
    "too big": (b"a line of story\n" * 20_000, "", "at most 262,144 are read"),
    "no scenes": (b"Title: Nothing\n\nOnly some words.\n", "", "scene"),
    "a speaker without words": (b"INT. ROOM - DAY\n\nMARA\n\n", "story.fountain:3:", "MARA"),
}


@pytest.mark.parametrize(("text", "where", "what"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_told_with_its_line_and_nothing_is_left(
    state: Path, tmp_path: Path, text: bytes, where: str, what: str
) -> None:
    path = fountain(tmp_path, text)
    error = refused("render", path, "--out", tmp_path / "out")
    message, remedy = str(error).split("\n")
    assert error.returncode == 2
    assert f"{path}:" in message
    assert where in message
    assert what in message
    assert remedy
    assert not state.exists()
    assert not (tmp_path / "out").exists()


def test_an_unknown_profile_is_said_before_any_work(state: Path, tmp_path: Path) -> None:
    error = refused("render", fountain(tmp_path), "--profile", "imax", "--out", tmp_path / "out")
    assert error.returncode == 2
    assert str(error) == f"There is no profile 'imax'.\nChoose one of: {', '.join(sorted(PROFILES))}."
    assert not state.exists()
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_is_said(state: Path, tmp_path: Path) -> None:
    error = refused("render", tmp_path / "none.fountain")
    assert error.returncode == 2
    message, remedy = str(error).split("\n")
    assert message == f"{tmp_path}/none.fountain cannot be read: No such file or directory."
    assert remedy == "Check path and permissions."
    assert not state.exists()


def test_a_file_in_another_language_than_asked_is_refused(state: Path, tmp_path: Path) -> None:
    error = refused("render", fountain(tmp_path), "--language", "zh")
    assert error.returncode == 2
    assert "written in 'en', not 'zh'" in str(error)
    assert not state.exists()


def test_an_output_folder_that_cannot_be_one_is_refused(state: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    error = refused("render", fountain(tmp_path), "--out", tmp_path / "out")
    assert error.returncode == 2
    assert f"{tmp_path}/out cannot be written" in str(error)
    assert not state.exists()


def test_with_json_an_error_is_a_document_too(state: Path, tmp_path: Path) -> None:
    out = io.StringIO()
    refused("render", fountain(tmp_path, "INT. ROOM - DAY\n\nMARA\n\n"), "--json", stdout=out)
    error = json.loads(out.getvalue())["error"]
    assert error["code"] == "screenplay_no_words"
    assert error["details"] == {"line": 3}


def test_one_bad_file_stops_a_series_before_the_first_is_rendered(state: Path, tmp_path: Path) -> None:
    fountain(tmp_path / "story", name="1.fountain")
    fountain(tmp_path / "story", b"\0", name="2.fountain")
    error = refused("render_series", tmp_path / "story", "--out", tmp_path / "out")
    assert error.returncode == 2
    assert "2.fountain:1:" in str(error)
    assert not state.exists()


def test_a_folder_without_screenplays_is_refused(state: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        error = refused("render_series", folder)
        assert error.returncode == 2
        assert str(error).startswith("There is no .fountain file in ")


def test_episodes_come_in_the_order_that_people_number_them(tmp_path: Path) -> None:
    for name in ("10 end", "2 middle", "1 start", "第3集"):
        fountain(tmp_path, name=f"{name}.fountain")
    assert [path.stem for path in fountain_files(tmp_path)] == ["1 start", "2 middle", "10 end", "第3集"]


@pytest.mark.django_db
def test_the_local_studio_is_made_once() -> None:
    first, second = local_studio(), local_studio()
    assert first == second
    assert Creator.objects.count() == 1
    series = local_series(creator=first.creator, title="The Letter", language="en")
    assert local_series(creator=first.creator, title="The Letter", language="en") == series
    assert local_series(creator=first.creator, title="The Letter", language="zh") != series
    episode = local_episode(series=series, number=2, title="Two")
    assert local_episode(series=series, number=2, title="Another") == episode
    assert episode.number == 2


@pytest.mark.django_db
def test_a_local_handle_of_somebody_else_is_left_alone() -> None:
    theirs = make_creator(handle="local")
    with pytest.raises(StackError, match="'local' is taken"):
        local_studio()
    assert list(Creator.objects.all()) == [theirs]
    assert Screenplay.objects.count() == 0


def snapshot(status: str, percent: float, **steps: str) -> dict[str, Any]:
    return {
        "status": status,
        "percent": percent,
        "steps": [
            {
                "key": key, "label": f"shot {key[1:]}", "status": found, "fraction": 0.5, "reused": key == "k3",
                "seconds": 1.25,
            }
            for key, found in steps.items()
        ],
    }


def test_in_a_pipe_every_step_that_ran_is_one_line() -> None:
    out = io.StringIO()
    with RenderBars(Console(file=out)) as bars:
        bars.begin("[Title]")
        bars.show(snapshot("running", 10, k1="leased", k2="blocked", k3="done"))
        bars.show(snapshot("running", 60, k1="done", k2="leased", k3="done"))
        bars.show(snapshot("done", 100, k1="done", k2="done", k3="done"))
    assert out.getvalue().splitlines() == ["[Title]: shot 1 done in 1.2 s", "[Title]: shot 2 done in 1.2 s"]


def test_on_a_terminal_there_is_a_bar_for_the_whole_and_each_step() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80, height=30)
    with RenderBars(console, "[Title]") as bars:
        bars.show(snapshot("running", 40, k1="leased", k2="blocked"))
        console.print(bars.bars)
    drawn = out.getvalue()
    assert "[Title]" in drawn
    assert "shot 1" in drawn
    assert "shot 2" in drawn
    assert " 40.0%" in drawn
    assert " 50.0%" in drawn


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_render_starts_what_it_needs_leaves_its_files_and_reuses_everything_next_time(tmp_path: Path) -> None:
    path, out = fountain(tmp_path), tmp_path / "out"
    first = manage(tmp_path / "state", "render", str(path), "--out", str(out), "--json")
    assert first.returncode == 0, first.stderr
    report = json.loads(first.stdout)
    assert sorted(file.name for file in out.iterdir()) == [
        "captions.vtt", "contact-sheet.png", "episode.mp4", "poster.jpg", "render.json",
    ]
    assert json.loads((out / "render.json").read_text()) == report
    assert report["status"] == "done"
    assert report["steps_reused"] == 0
    assert report["steps_run"] == len(report["steps"])
    with av.open(str(out / "episode.mp4")) as film:
        picture = film.streams.video[0]
        assert (picture.width, picture.height, picture.average_rate) == (720, 1280, 24)
        assert film.streams.audio[0].codec_context.name == "aac"
    assert (out / "captions.vtt").read_text().startswith("WEBVTT")
    assert not (tmp_path / "state" / "stack.json").exists()
    second = manage(tmp_path / "state", "render", str(path), "--out", str(tmp_path / "again"), "--json")
    assert second.returncode == 0, second.stderr
    again = json.loads(second.stdout)
    assert again["steps_run"] == 0
    assert (tmp_path / "again" / "episode.mp4").read_bytes() == (out / "episode.mp4").read_bytes()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ctrl_c_cancels_the_render_and_ends_everything(tmp_path: Path) -> None:
    path, state = fountain(tmp_path, LONG), tmp_path / "state"
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "render", str(path), "--out", str(tmp_path / "out")],
        env=environment(state), cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if " done in " in line:
            break
    process.send_signal(signal.SIGINT)
    said = process.stderr.read()
    assert process.wait(60) == 130, said
    process.stderr.close()
    assert "the render is cancelled" in said
    assert list((tmp_path / "out").iterdir()) == []
    wait_until(lambda: not (state / "stack.json").exists(), 5, "the stack is gone")
