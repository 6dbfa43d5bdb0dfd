"""From a Fountain file to finished files on disk: what `render` and `render_series` have in common."""

import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from common.errors import DomainError, Invalid
from generation.artifacts import export_package
from generation.cast import Story, screenplay_save, story_read
from generation.engines.profiles import get_profile
from generation.models import Render
from generation.screenplay import MAX_BYTES
from generation.selectors import render_report, render_snapshot
from generation.services import render_cancel, render_request
from generation.sheets import sheets_accept
from generation.voices import default_voice
from stack.local import Local, local_episode, local_series
from stack.schema import disconnect

POLL_SECONDS = 0.3
KEPT = ("poster.jpg", "captions.vtt", "contact-sheet.png")
MAX_TITLE = 120
Snapshot = dict[str, Any]
Show = Callable[[Snapshot], None]


class RenderFailed(DomainError):
    """The render ended otherwise than done."""

    status = 500
    code = "render_failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One file to render: read and found good, nothing stored yet."""

    path: Path
    source: bytes
    story: Story
    profile: str
    out: Path

    @property
    def title(self) -> str:
        return (self.story.screenplay.title or self.path.stem)[:MAX_TITLE]


def read_job(path: Path, *, profile: str, out: Path, language: str = "") -> Job:
    """Check all that can be checked without a server. Raises `DomainError`, with `details["line"]` if there is one."""
    get_profile(profile)
    story = story_read(source=_read(path))
    spoken = story.screenplay.language
    if language and language != spoken:
        raise Invalid(
            f"{path} is written in {spoken!r}, not {language!r}.", code="other_language",
            remedy="Leave --language out, or give the file in that language.",
        )
    default_voice(spoken, 0)  # raises MissingVoice
    _writable(out)
    return Job(path, story.source.encode(), story, profile, out)


def make(job: Job, *, local: Local, series_title: str, number: int, now: datetime, show: Show) -> dict[str, Any]:
    """Render the job as episode `number` of a series and write its files; returns the report.

    Shows every snapshot on the way. Cancels the render if it is interrupted. Raises `RenderFailed`.
    """
    series = local_series(creator=local.creator, title=series_title, language=job.story.screenplay.language)
    episode = local_episode(series=series, number=number, title=job.title)
    text = screenplay_save(episode=episode, source=job.source, by=local.user, now=now)
    sheets_accept(episode=episode, profile=job.profile, by=local.user, now=now)
    render = render_request(episode=episode, profile=job.profile, by=local.user, now=now, screenplay=text)
    try:
        snapshot = follow(render, show)
    except KeyboardInterrupt:
        disconnect()  # it may have cut a query short, and that connection is of no more use
        render_cancel(render=render, by=local.user, now=now)
        raise
    if snapshot["status"] != Render.Status.DONE:
        raise _failure(snapshot)
    render.refresh_from_db()
    return write(render, job.out)


def follow(render: Render, show: Show) -> Snapshot:
    """Look until the render has ended; returns how it stands then."""
    while True:
        snapshot = render_snapshot(render)
        show(snapshot)
        if snapshot["status"] not in Render.OPEN:
            return snapshot
        time.sleep(POLL_SECONDS)


def write(render: Render, out: Path) -> dict[str, Any]:
    """Put the files of a done render into `out`, each whole or not at all; returns the report in render.json."""
    report = render_report(render)
    top = get_profile(render.profile).rungs[0].name
    with tempfile.TemporaryDirectory(dir=out, prefix=".package-") as folder:
        package = export_package(render, Path(folder))
        (package / "render.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
        shutil.move(package / f"{top}.mp4", out / "episode.mp4")
        for name in (*KEPT, "render.json"):
            shutil.move(package / name, out / name)
    return report


def explain(error: DomainError, path: Path | None = None) -> str:
    """Two lines for a terminal: what is wrong (and where, as editors understand it), and what to do."""
    line = error.details.get("line")
    where = f"{path}:{line}: " if path and line else ""
    return f"{where}{error.message}\n{error.remedy}"


def fountain_files(folder: Path) -> Sequence[Path]:
    """The screenplays of a folder by name, numbers as numbers. Raises `Invalid` if there are none."""
    found = sorted(folder.glob("*.fountain"), key=_natural) if folder.is_dir() else []
    if not found:
        raise Invalid(f"There is no .fountain file in {folder}.", code="no_files", remedy="Name another folder.")
    return found


def _natural(path: Path) -> list[str | int]:
    """Words and numbers in turn, so that two names always compare like with like."""
    return [int(word) if word.isdecimal() else word for word in re.split(r"(\d+)", path.stem)]


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as broken:
        raise Invalid(
            f"{path} cannot be read: {broken.strerror}.", code="unreadable", remedy="Check path and permissions."
        ) from broken


def _writable(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=out).close()
    except OSError as refused:
        raise Invalid(
            f"{out} cannot be written: {refused.strerror}.", code="unwritable", remedy="Choose another with --out."
        ) from refused


def _failure(snapshot: Snapshot) -> RenderFailed:
    error = snapshot["error"] or {"code": "", "message": f"The render was {snapshot['status']}.", "remedy": ""}
    return RenderFailed(error["message"], code=error["code"], remedy=error["remedy"], render=snapshot["uid"])
