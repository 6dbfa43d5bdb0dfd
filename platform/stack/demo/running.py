"""The demo on a stack that is ready: seed, make one episode after the other, tell where to look."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from stack.demo.making import Stage, Work, begin, look, next_to_begin
from stack.demo.people import People, people_seed
from stack.demo.seeding import episode_seed
from stack.demo.showing import Shows
from stack.demo.stories import all_stories, in_order

LOOK_SECONDS = 0.6
Clock = Callable[[], datetime]


def run(*, url: str, shows: Shows, episodes: int | None = None, clock: Clock = timezone.now) -> list[Work]:
    """Make what is missing and return how every episode stands at the end. The addresses are told as soon as something
    plays. Raises `StackError` where the demo must not run.
    """
    began = time.monotonic()
    people = people_seed(now=clock())
    works: list[Work] = []
    told = False
    with shows.showing():
        for story, chapter in in_order(all_stories(), episodes):
            now = clock()
            episode = episode_seed(story=story, chapter=chapter, people=people, now=now)
            works.append(Work(story, chapter, episode))
            _round(works, people, now)  # the first renders while the others are written
        while True:
            shows.works(works)
            if not told and _plays(works):
                told = True
                if any(work.render for work in works):  # else it was there before
                    shows.say(f"the first episode plays, {time.monotonic() - began:.0f} s after the stack was ready")
                shows.doors(url)
            if all(work.over for work in works):
                return works
            time.sleep(LOOK_SECONDS)
            _patiently(works, people, clock())


def _round(works: Sequence[Work], people: People, now: datetime) -> None:
    for work in works:
        if not work.over:
            look(work, people=people, now=now)
    if waiting := next_to_begin(works):
        begin(waiting, people=people, now=now)


def _patiently(works: Sequence[Work], people: People, now: datetime) -> None:
    """A server that is being started again is no reason to give up: the next round will find it."""
    try:
        _round(works, people, now)
    except (OperationalError, InterfaceError):
        connection.close()


def _plays(works: Sequence[Work]) -> bool:
    return any(work.stage is Stage.PUBLISHED for work in works) or all(work.over for work in works)
