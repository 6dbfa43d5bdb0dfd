"""However many workers talk, listeners are told twice a second; whatever breaks, no step fails by it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.cache import cache

from common import outage
from generation import messenger
from generation.messenger import Letter
from generation.progress import render_group, studio_group
from generation.telling import TELL_SECONDS, Teller
from tests.generation.tiny import asked, drain, install

CREATOR = 7


class Listening:
    """Reads what arrives in groups, in a thread of its own, until it is told to stop."""

    def __init__(self, *groups: str) -> None:
        self.groups, self.heard = groups, []
        self.ready, self.over = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=async_to_sync(self._listen))

    async def _listen(self) -> None:
        import asyncio

        layer = get_channel_layer()
        channel = await layer.new_channel()
        for group in self.groups:
            await layer.group_add(group, channel)
        self.ready.set()
        while not self.over.is_set():
            try:
                async with asyncio.timeout(0.2):
                    while True:
                        self.heard.append(await layer.receive(channel))
            except TimeoutError:
                channel = await layer.new_channel()
                for group in self.groups:
                    await layer.group_add(group, channel)
        await layer.flush()

    def __enter__(self) -> list[dict[str, Any]]:
        self.thread.start()
        assert self.ready.wait(10)
        return self.heard

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.thread.join(10)


@pytest.fixture
def sent(monkeypatch) -> list[Letter]:
    """Every letter that goes out, on its way."""
    gone: list[Letter] = []
    real = messenger.send

    def send(letters: Any) -> bool:
        gone.extend(letters)
        return real(letters)

    monkeypatch.setattr("generation.telling.send", send)
    monkeypatch.setattr("generation.telling.etas", lambda uids, now: dict.fromkeys(uids, 12.5))
    return gone


def teller(n: int = 0, renders: tuple[tuple[UUID, float], ...] = ()) -> Teller:
    return Teller(CREATOR, f"{n:064x}", 1, renders=renders)


def test_sixty_workers_on_one_render_send_two_messages_a_second_and_every_step_is_told(sent) -> None:
    uid, seconds = uuid4(), 2.5
    end = time.monotonic() + seconds

    def work(n: int) -> None:
        voice = teller(n, ((uid, float(n)),))
        while time.monotonic() < end:
            voice.tell(0.5)
            time.sleep(0.05)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    groups = Counter(letter.group for letter in sent)
    assert set(groups) == {render_group(uid), studio_group(CREATOR)}
    assert 3 <= groups[render_group(uid)] <= seconds / TELL_SECONDS + 1
    assert groups[studio_group(CREATOR)] == groups[render_group(uid)]
    told = {step["key"] for letter in sent for news in letter.body["news"] for step in news["steps"]}
    assert told == {f"{n:064x}" for n in range(60)}
    assert max(news["percent"] for letter in sent for news in letter.body["news"]) == 59.0


def test_one_worker_with_many_short_steps_sends_two_messages_a_second(sent) -> None:
    uid, end = uuid4(), time.monotonic() + 1.2
    for n in range(1000):
        if time.monotonic() >= end:
            break
        teller(n, ((uid, 1.0),)).tell(1.0)
        time.sleep(0.01)
    assert n > 20
    assert 2 <= Counter(letter.group for letter in sent)[render_group(uid)] <= 4


def test_a_message_reaches_the_listeners_of_its_render_and_of_its_studio(sent) -> None:
    first, second = uuid4(), uuid4()
    with Listening(render_group(first)) as mine, Listening(studio_group(CREATOR)) as all_of_it:
        teller(1, ((first, 10.0), (second, 20.0))).tell(0.25)
        end = time.monotonic() + 5
        while not (mine and all_of_it) and time.monotonic() < end:
            time.sleep(0.02)
    about = {"percent": 10.0, "steps": [{"key": f"{1:064x}", "fraction": 0.25}], "eta_seconds": 12.5}
    assert mine == [{"type": "render.progress", "news": [{"render": str(first)} | about]}]
    assert {news["render"]: news["percent"] for news in all_of_it[0]["news"]} == {str(first): 10.0, str(second): 20.0}


def test_what_was_said_too_soon_is_said_with_the_next_heartbeat_and_only_once(sent) -> None:
    uid, now = uuid4(), [100.0]
    first, second = (Teller(CREATOR, key * 64, 1, lambda: now[0], ((uid, 1.0),)) for key in "ab")
    first.tell(0.1)
    second.tell(0.2)  # the gate is shut
    first.tell(0.3)  # too soon
    first.again()
    assert len(sent) == 2
    now[0] += 1
    time.sleep(TELL_SECONDS + 0.05)
    first.again()
    told = {step["key"][0]: step["fraction"] for step in sent[-1].body["news"][0]["steps"]}
    assert told == {"a": 0.3, "b": 0.2}
    now[0] += 1
    time.sleep(TELL_SECONDS + 0.05)
    first.again()
    assert len(sent) == 4


def test_a_note_that_has_grown_old_is_not_told(sent, monkeypatch) -> None:
    uid, clock = uuid4(), time.time
    teller(1, ((uid, 1.0),)).tell(0.1)
    teller(2, ((uid, 1.0),)).tell(0.2)  # the gate is shut: it stays on the board
    time.sleep(TELL_SECONDS + 0.1)
    monkeypatch.setattr("generation.telling.time.time", lambda: clock() + 11)
    teller(3, ((uid, 1.0),)).tell(0.3)
    told = [[step["fraction"] for step in letter.body["news"][0]["steps"]] for letter in sent]
    assert told == [[0.1], [0.1], [0.3], [0.3]]


def test_a_heartbeat_that_found_the_rows_busy_does_not_silence_a_step(sent) -> None:
    uid = uuid4()
    voice = teller(1)
    voice.heard(((uid, 5.0),))
    voice.heard(())
    voice.tell(0.5)
    assert {letter.body["news"][0]["percent"] for letter in sent} == {5.0}


def test_stills_are_numbered_across_attempts_and_kept_once_a_second(sent, tmp_path) -> None:
    still, uid, now = tmp_path / "still.jpg", uuid4(), [100.0]
    still.write_bytes(b"\xff\xd8\xff small")
    first = Teller(CREATOR, "a" * 64, 1, lambda: now[0], ((uid, 1.0),))
    for _ in range(5):
        first.tell(0.1, still)
        now[0] += 0.5
    again = Teller(CREATOR, "a" * 64, 2, lambda: now[0], ((uid, 1.0),))
    time.sleep(TELL_SECONDS + 0.05)
    again.tell(0.1, still)
    urls = [letter.body["news"][0]["steps"][0]["preview"] for letter in sent if letter.group == render_group(uid)]
    assert urls[0] == f"/api/v1/studio/renders/{uid}/steps/{'a' * 64}/preview.jpg?n=10001"
    assert urls[-1].endswith("?n=20001")
    assert first._frame == 3
    assert cache.get(f"frame:{CREATOR}:{'a' * 64}") == b"\xff\xd8\xff small"


@pytest.mark.parametrize("broken", ["cache", "layer"])
def test_a_dead_valkey_is_left_alone_for_a_while_and_fails_nothing(settings, broken, tmp_path, monkeypatch) -> None:
    from channels.layers import channel_layers

    still, now, asked_often = tmp_path / "still.jpg", [0.0], []
    still.write_bytes(b"\xff\xd8\xff small")
    dead = "unix:///nonexistent/valkey.sock"
    if broken == "cache":
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": dead}}
    else:
        layer = settings.CHANNEL_LAYERS["default"] | {"CONFIG": {"hosts": [{"address": dead}]}}
        settings.CHANNEL_LAYERS = {"default": layer}
        channel_layers.backends.clear()
    real = Teller._say
    monkeypatch.setattr(Teller, "_say", lambda self, fraction: (asked_often.append(fraction), real(self, fraction)))
    voice = Teller(CREATOR, "b" * 64, 1, lambda: now[0], ((uuid4(), 1.0),))
    try:
        for n in range(20):  # less than ten seconds
            voice.tell(n / 20, still if broken == "cache" else None)
            now[0] += 0.5
    finally:
        channel_layers.backends.clear()
        outage.forget()
    assert len(asked_often) == (0 if broken == "cache" else 1)


@pytest.mark.django_db(transaction=True)
def test_a_render_is_done_although_its_stills_cannot_be_kept(settings, monkeypatch) -> None:
    def behave(kind: str, spec: dict[str, Any], ctx: Any) -> None:
        still = Path(ctx.workdir) / "still.jpg"
        still.write_bytes(b"no picture at all" * 4000)
        ctx.progress(0.3, still)

    render = asked()
    install(monkeypatch, behave)
    drain()
    render.refresh_from_db()
    assert (render.status, render.percent) == ("done", 100.0)


def test_a_process_that_was_forked_has_a_messenger_of_its_own() -> None:
    import os

    assert messenger.send([Letter("render.x", {"type": "a"})])
    mine = messenger._loop
    child = os.fork()
    if child == 0:
        good = messenger.send([Letter("render.x", {"type": "a"})]) and messenger._loop != mine
        os._exit(0 if good else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
