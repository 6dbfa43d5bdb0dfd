"""From a screenplay to a published episode: looks where each one stands, and takes it one step further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalog.models import Episode
from common.errors import Conflict, DomainError
from generation.cast import screenplay_latest
from generation.models import Render
from generation.selectors import render_snapshot
from generation.services import episode_submit, render_request
from moderation.models import Review
from moderation.services import review_approve, reviews_open_pending
from stack.demo.people import People
from stack.demo.stories import Chapter, Story

PROFILE = "animatic"
AT_ONCE = 2
NEARLY = 75.0  # percent of a render after which the next may begin: its last steps cannot use every core


class Stage(StrEnum):
    WAITING = "waiting"
    RENDERING = "rendering"
    REVIEW = "in review"
    PUBLISHED = "published"
    FAILED = "failed"
    LEFT = "left alone"  # somebody has decided otherwise, and the demo does not overrule them


OVER = (Stage.PUBLISHED, Stage.FAILED, Stage.LEFT)


@dataclass(slots=True)
class Work:
    """One episode on its way. `percent` is of the render; `note` says what went wrong or what is being done."""

    story: Story
    chapter: Chapter
    episode: Episode
    stage: Stage = Stage.WAITING
    percent: float = 0.0
    note: str = ""
    render: Render | None = None

    @property
    def over(self) -> bool:
        return self.stage in OVER


def next_to_begin(works: Sequence[Work]) -> Work | None:
    """Which one may begin now. The first is alone until it plays; later ones begin when the one before nearly ends."""
    waiting = [work for work in works if work.stage is Stage.WAITING]
    busy = [work for work in works if work.stage in (Stage.RENDERING, Stage.REVIEW)]
    if not waiting or len(busy) >= AT_ONCE:
        return None
    shown = any(work.stage is Stage.PUBLISHED for work in works)
    room = not busy or (shown and all(work.percent >= NEARLY for work in busy))
    return waiting[0] if room else None


def begin(work: Work, *, people: People, now: datetime) -> None:
    """Go on with the render that is there for the episode's text, else ask for one."""
    try:
        work.render = _usable_render(work.episode) or render_request(
            episode=work.episode, profile=PROFILE, by=people.owner, now=now
        )
        work.stage = Stage.RENDERING
    except DomainError as refused:
        _fail(work, refused)


def look(work: Work, *, people: People, now: datetime) -> None:
    """See where the episode stands, and submit or approve it when its time has come.

    A refusal because somebody was quicker is none: where the episode has moved on, the next look tells.
    """
    status = _status(work.episode)
    try:
        _step(work, status, people, now)
    except Conflict as refused:
        if _status(work.episode) == status:
            _fail(work, refused)


def _step(work: Work, status: str, people: People, now: datetime) -> None:
    match status:
        case Episode.Status.PUBLISHED:
            work.stage, work.percent, work.note = Stage.PUBLISHED, 100.0, ""
        case Episode.Status.IN_REVIEW:
            work.stage, work.percent, work.note = Stage.REVIEW, 100.0, ""
            _approve(work.episode, people, now)
        case Episode.Status.DRAFT:
            if work.render:
                _follow(work, work.render, people, now)
        case _:
            work.stage, work.note = Stage.LEFT, status.replace("_", " ")


def _follow(work: Work, render: Render, people: People, now: datetime) -> None:
    snapshot = render_snapshot(render)
    work.percent = snapshot["percent"]
    work.note = ", ".join([step["label"] for step in snapshot["steps"] if step["status"] == "leased"][:AT_ONCE])
    if snapshot["status"] == Render.Status.DONE:
        render.refresh_from_db()
        episode_submit(episode=work.episode, render=render, by=people.owner, now=now)
    elif snapshot["status"] not in Render.LIVE:
        error = snapshot["error"] or {"message": f"The render was {snapshot['status']}.", "remedy": ""}
        _fail(work, DomainError(error["message"], remedy=error["remedy"]))


def _approve(episode: Episode, people: People, now: datetime) -> None:
    """As a moderator does; nothing to do yet while another process opens the review."""
    reviews_open_pending(now=now)
    review = Review.objects.filter(master=episode.master_id, status=Review.Status.PENDING).first()
    if review:
        review_approve(review=review, by=people.moderator, now=now)


def _fail(work: Work, why: DomainError) -> None:
    work.stage, work.note = Stage.FAILED, f"{why.message} {why.remedy}"


def _status(episode: Episode) -> str:
    episode.refresh_from_db(fields=["status", "master"])
    return episode.status


def _usable_render(episode: Episode) -> Render | None:
    """The newest render of the newest text that is done or under way."""
    wanted = Render.objects.filter(episode=episode, profile=PROFILE, screenplay=screenplay_latest(episode=episode))
    return wanted.filter(status__in=(*Render.LIVE, Render.Status.DONE)).order_by("-pk").first()
