"""The other end of `bench_progress`: a process beside a running platform that has events happen, as its workers do.

Reads one JSON order a line and answers each with one line of JSON: `tickets` gives that many, `events` records durable
events at a rate (with passing progress in between), `flood` has many workers talk of one render at once.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.services.tickets import ticket_issue  # noqa: E402
from generation.cast import screenplay_save  # noqa: E402
from generation.models import Render  # noqa: E402
from generation.progress import Happening, record  # noqa: E402
from generation.telling import TELL_SECONDS, Teller  # noqa: E402
from tests.builders import make_creator, make_episode, make_series, make_user  # noqa: E402

WORDS = "INT. ROOM - DAY\n\nMARA\nHello.\n"


def build() -> tuple[Any, Render]:
    """A member and a render of theirs that no worker has anything to do for."""
    owner = make_user(email=f"bench-{time.time_ns()}@example.org")
    handle = f"bench-{time.time_ns()}"
    episode = make_episode(make_series(make_creator(owner, handle=handle)))
    text = screenplay_save(episode=episode, source=WORDS, by=owner, now=timezone.now())
    render = Render.objects.create(
        creator_id=episode.series.creator_id, episode=episode, screenplay=text, profile="animatic",
        final_key="0" * 64, brief={}, status=Render.Status.RUNNING,
    )
    return owner, render


def teller(render: Render, key: str) -> Teller:
    return Teller(render.creator_id, key, 1, renders=((render.uid, 1.0),))


def events(render: Render, *, count: int, rate: float) -> dict[str, Any]:
    """Each event carries the moment at which its transaction began; each passing progress has its own as its key."""
    started = time.monotonic()
    for n in range(count):
        time.sleep(max(0.0, started + n / rate - time.monotonic()))
        sent = time.time()
        with transaction.atomic():
            row = Render.objects.select_for_update(no_key=True).get(pk=render.pk)
            record([Happening(row, "bench", {"sent": sent})], now=timezone.now())
        teller(render, repr(time.time())).tell(0.5)
    time.sleep(TELL_SECONDS)
    teller(render, "the end").tell(1.0)  # takes along what is still on the board
    return {"seconds": time.monotonic() - started}


def flood(render: Render, *, workers: int, seconds: float) -> dict[str, Any]:
    """As many workers as that, each at its own step of one render, each wanting to talk all the time."""
    end, told = time.monotonic() + seconds, [0] * workers

    def work(n: int) -> None:
        voice = teller(render, f"{n:064x}")
        while time.monotonic() < end:
            voice.tell(0.5)
            told[n] += 1
            time.sleep(0.1)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"told": sum(told)}


def say(answers: Any) -> None:
    sys.stdout.write(json.dumps(answers) + "\n")
    sys.stdout.flush()


def main() -> None:
    owner, render = build()
    answers: Any = {"render": str(render.uid)}
    say(answers)
    for line in sys.stdin:
        order = json.loads(line)
        what = order.pop("what")
        if what == "tickets":
            answers = [ticket_issue(user=owner) for _ in range(order["count"])]
        else:
            answers = {"events": events, "flood": flood}[what](render, **order)
        say(answers)


if __name__ == "__main__":
    main()
