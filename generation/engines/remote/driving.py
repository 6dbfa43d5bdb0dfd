"""One film from a service: asked for once, waited for, fetched; and after any crash gone on with where it stood.

The order is what keeps us from paying twice: the intent is durable before the request is sent, its token goes with the
request, and a request without an answer is looked for by its token, or left to a person. It is never just repeated.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from generation.engines.base import RenderContext
from generation.engines.remote.client import Service, Status
from generation.engines.remote.errors import Away, Failed, KeyRefused, Refused, Unanswered, Unsure
from generation.engines.remote.film import measured
from generation.engines.remote.jobs import Job, Jobs
from media.probe import NotAVideo

FILM = "film.mp4"
TICK = 0.25  # seconds between two questions whether the work is still wanted
POLL, POLL_MOST, SLOWER = 1.0, 10.0, 1.3  # seconds between two questions how far it is; they grow
AWAY_PAUSE, AWAY_MOST = 2.0, 120.0  # seconds: after a service that is away; how long a request waits to be sent at all
FRESH = 30.0  # seconds for which a service may not yet know the job that it has just taken
FETCHED = 0.95  # of the step's time is spent when the film is made


@dataclass
class Driver:
    """Drives one step's job."""

    service: Service
    jobs: Jobs
    context: RenderContext
    pace: float = 1.0  # of all pauses; tests are in a hurry

    def film(self, form: Mapping[str, str], image: bytes | None, out: Path) -> dict[str, Any]:
        """film.mp4 into `out`. Raises what `errors` says, and what the context raises: then the job is cancelled if
        nobody wants it, and left to be gone on with if not.
        """
        job = self.jobs.current()
        try:
            job = self._at_the_service(job, form, image)
            self._wait(job)
            return self._fetch(job, out)
        except Exception:
            self._let_go()
            raise

    def _at_the_service(self, job: Job | None, form: Mapping[str, str], image: bytes | None) -> Job:
        """The job, known to the service by its id."""
        if job is None:
            return self._submit(self.jobs.intend(), form, image)
        if job.state == "unsure":
            raise Unsure
        if job.remote_id:
            return job
        return self._find(job, "the worker went away over it") or self._submit(job, form, image)

    def _submit(self, job: Job, form: Mapping[str, str], image: bytes | None) -> Job:
        end = time.monotonic() + AWAY_MOST * self.pace
        while True:
            self.context.check()
            try:
                return self.jobs.submitted(job, self.service.submit(form, job.token, image))
            except Refused as refused:
                self.jobs.ended(job, "never", refused.message)
                raise
            except Away as away:
                if time.monotonic() >= end:
                    self.jobs.ended(job, "never", str(away))
                    raise
                self._pause(away.after or AWAY_PAUSE)
            except Unanswered as lost:
                found = self._find(job, str(lost))
                if found is not None:
                    return found

    def _find(self, job: Job, why: str) -> Job | None:
        """The job by its token, or None if the service has surely never received it. Raises `Unsure`."""
        card = self.service.card
        if not card.metadata:
            self.jobs.unsure(job, why)
            raise Unsure
        asked = time.monotonic()
        while True:
            self.context.check()
            try:
                remote_id = self.service.find(job.token)
            except Away:
                remote_id = None
                asked = time.monotonic()  # only a service that answers can say that it has nothing
            if remote_id is not None:
                return self.jobs.submitted(job, remote_id)
            if time.monotonic() - asked >= card.settles_seconds * self.pace:
                return None
            self._pause(AWAY_PAUSE)

    def _wait(self, job: Job) -> None:
        """Until it is made. Raises `Refused`, `Failed`, `KeyRefused`."""
        pause = POLL
        while True:
            self.context.check()
            status = self._status()
            if status is not None and self._is_made(job, status):
                return
            if self.jobs.age(job) > self.service.card.deadline_seconds:
                self._give_up(job)
            self._pause(pause)
            pause = min(POLL_MOST, pause * SLOWER)

    def _status(self) -> Status | None:
        """None if the service does not answer: that says nothing about the job."""
        job = self.jobs.current()
        if job is None:  # somebody has ended it in the console
            raise Failed("the job was ended meanwhile")
        try:
            return self.service.status(job.remote_id)
        except Away:
            return None

    def _is_made(self, job: Job, status: Status) -> bool:
        if status.stand == "running" or (status.stand == "gone" and self.jobs.age(job) < FRESH * self.pace):
            self.context.progress(FETCHED * status.fraction)
            return False
        if status.stand == "done":
            return True
        how: Literal["cancelled", "failed"] = "cancelled" if status.stand == "cancelled" else "failed"
        self.jobs.ended(job, how, f"{status.code} {status.message}")
        if status.code in self.service.card.final:
            raise Refused(f"The video service will not make this shot: {status.message or status.code}")
        raise Failed(f"{status.stand}: {status.code} {status.message}")

    def _give_up(self, job: Job) -> None:
        try:
            self.service.cancel(job.remote_id)
        except (Away, KeyRefused):
            return  # it may still be made: asked again
        self.jobs.ended(job, "cancelled", "it took too long")
        raise Failed(f"not made within {self.service.card.deadline_seconds:g} s", code="remote_too_slow")

    def _fetch(self, job: Job, out: Path) -> dict[str, Any]:
        self.context.progress(FETCHED)
        end = time.monotonic() + AWAY_MOST * self.pace
        while True:
            try:
                self.service.content(job.remote_id, out / FILM, self.context.check)
                meta = measured(out / FILM)
                break
            except Away:
                if time.monotonic() >= end:
                    raise  # it is made, and paid for: the next attempt fetches it
                self._pause(AWAY_PAUSE)
            except (NotAVideo, Failed) as broken:
                (out / FILM).unlink(missing_ok=True)
                self.jobs.ended(job, "failed", broken.message)
                raise Failed(broken.message, code="remote_film_broken") from broken
        return {**meta, "job": job.remote_id}

    def _let_go(self) -> None:
        """What nobody wants any more is cancelled there at once; if that fails, by `generation.remote.tend`."""
        job = self.jobs.current()
        if job is None or not self.jobs.unwanted(job) or not job.remote_id:
            return
        try:
            self.service.cancel(job.remote_id)
        except (Away, KeyRefused):
            return
        self.jobs.ended(job, "cancelled", "nobody wants it any more")

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds * self.pace
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(TICK, left))
            self.context.check()
