"""A folder of screenplays as one batch: surveyed before anything is stored, gone on with where it was left."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from catalog.models import Episode, Series
from common.errors import Invalid
from generation import batches
from generation.cast import story_save
from generation.models import Batch, Render
from generation.preflight import Draft, draft_preflight
from stack.local import Local, local_episode, local_series
from stack.rendering import Job

POLL_SECONDS = 0.5
UNDER_WAY = ("waiting", Render.Status.QUEUED, Render.Status.RUNNING, Render.Status.PAUSED)
View = dict[str, Any]
Show = Callable[[View], None]


@dataclass(frozen=True, slots=True)
class Folder:
    """Jobs in order, as episodes 1, 2, … of the series of that title."""

    jobs: Sequence[Job]
    title: str
    profile: str

    @property
    def language(self) -> str:
        return self.jobs[0].story.screenplay.language

    def numbered(self) -> Iterator[tuple[int, Job]]:
        return enumerate(self.jobs, start=1)


def refuse_mixed(jobs: Sequence[Job]) -> None:
    """A series has one language. Raises `Invalid`, which names the first file that differs."""
    first = jobs[0].story.screenplay.language
    for job in jobs:
        if (other := job.story.screenplay.language) != first:
            raise Invalid(
                f"{job.path} is written in {other!r}, {jobs[0].path} in {first!r}.", code="mixed_languages",
                remedy="A series has one language: give each a folder of its own.",
            )


def survey(folder: Folder, *, local: Local, now: datetime) -> dict[str, Any]:
    """The pre-flight of the files as they are; stores nothing. Each episode of the report also names its `file`."""
    about = {"creator": local.creator, "title": folder.title, "language": folder.language}
    found = Series.objects.filter(**about).order_by("pk").first()
    series = found or Series(**about)
    known = {row.number: row for row in Episode.objects.filter(series=found)} if found else {}
    drafts = []
    for number, job in folder.numbered():
        episode = known.get(number) or Episode(series=series, number=number, title=job.title)
        episode.series = series
        digest = hashlib.sha256(job.source).hexdigest()
        drafts.append(Draft(episode, 0, digest, job.story.screenplay, job.story.shots))
    report = draft_preflight(
        series=series, drafts=drafts, profile=folder.profile, now=now, stored=found is not None
    ).report
    rows = zip(report["episodes"], folder.jobs, strict=True)
    return report | {"episodes": [row | {"file": str(job.path)} for row, job in rows]}


def begin(folder: Folder, *, local: Local, pilot: int | None, now: datetime) -> Batch:
    """Store the texts and ask for the batch; goes on with one that an earlier run has left, if it is of the same texts.

    Raises what `batch_create` raises.
    """
    series = local_series(creator=local.creator, title=folder.title, language=folder.language)
    wanted = {}
    for number, job in folder.numbered():
        episode = local_episode(series=series, number=number, title=job.title)
        wanted[episode.pk] = (episode, story_save(episode=episode, story=job.story, by=local.user, now=now))
    left = Batch.objects.filter(series=series, profile=folder.profile, status__in=Batch.OPEN).order_by("-pk").first()
    if left is not None:
        texts = dict(left.items.values_list("episode_id", "screenplay_id"))
        if texts == {pk: text.pk for pk, (_, text) in wanted.items()}:
            return _go_on(left, pilot, now)
        batches.batch_cancel(batch=left, now=now)  # what it has made is reused
        batches.attend(clock=timezone.now)
    episodes = [episode for episode, _ in wanted.values()]
    return batches.batch_create(
        series=series, profile=folder.profile, by=local.user, now=now, episodes=[each.uid for each in episodes],
        pilot=next((each.uid for each in episodes if each.number == pilot), False),
    )


def _go_on(batch: Batch, pilot: int | None, now: datetime) -> Batch:
    """Resume what was paused, try again what has failed, and without a pilot's number make all of it."""
    view = batches.batch_view(batch, now=now)
    orders = [
        batches.batch_resume if view["paused"] else None,
        batches.batch_go if view["waits_for_go"] and pilot is None else None,
        batches.batch_retry if view["counts"]["failed"] else None,
    ]
    for order in filter(None, orders):
        batch = order(batch=batch, now=now)
        batches.attend(clock=timezone.now)  # each waits until the one before is carried out
    return batch


def follow(batch: Batch, show: Show, *, pilot_only: bool) -> View:
    """Look until every episode (or the pilot) has ended; returns how the batch stands then."""
    while True:
        view = batches.batch_view(batch, now=timezone.now())
        show(view)
        rows = [row for row in view["episodes"] if row["pilot"] or not pilot_only]
        if not any(row["status"] in UNDER_WAY for row in rows):
            return view
        time.sleep(POLL_SECONDS)


def pause(batch: Batch) -> None:
    """Stop for now, and see to it ourselves: the workers may be about to end."""
    batch.refresh_from_db()
    if batch.status in Batch.OPEN:
        batches.batch_pause(batch=batch, now=timezone.now())
        batches.attend(clock=timezone.now)


def render_of(row: View) -> Render:
    """The render of a row of the view."""
    return Render.objects.get(uid=row["render"])
