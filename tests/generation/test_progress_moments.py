"""Whenever something happens, and whichever push is lost, a client is told of it once and in order."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers

from accounts.models import User
from generation.consumers import RenderConsumer, StudioConsumer
from generation.models import Render
from tests.builders import make_creator, make_episode, make_series, make_user
from tests.generation.listeners import (
    STUDIO,
    Client,
    QuickRender,
    at_render,
    happen,
    listening,
    numbers,
    routes,
    watched,
)
from tests.generation.tiny import asked, request_for, written

pytestmark = pytest.mark.django_db(transaction=True)
MOMENTS = ("before_join", "after_join", "before_snapshot", "after_snapshot", "after_sending")


@pytest.fixture
def owner() -> User:
    return make_user()


@pytest.fixture
def render(owner: User) -> Render:
    return asked(written(episode=make_episode(make_series(make_creator(owner)))))


def interrupted(base: Any, read: str, moment: str, what: Any) -> Any:
    """The consumer, to which `what` happens at one moment of its welcome; `read` is what reads its snapshot."""

    class Interrupted(base):
        over_with = False

        async def at(self, now: str) -> None:
            if now == moment and not self.over_with:
                self.over_with = True
                await sync_to_async(what)()

        async def join(self, *groups: str) -> None:
            await self.at("before_join")
            await super().join(*groups)
            await self.at("after_join")

        async def say(self, uid: str, message: dict[str, Any]) -> None:
            await super().say(uid, message)
            await self.at("after_sending")

    async def reading(self: Any) -> Any:
        await self.at("before_snapshot")
        found = await getattr(super(Interrupted, self), read)()
        await self.at("after_snapshot")
        return found

    setattr(Interrupted, read, reading)
    return Interrupted


@pytest.mark.parametrize("tell", [True, False], ids=["told", "push_lost"])
def test_what_happens_while_a_client_of_a_render_connects_is_told_once(render, owner, tell) -> None:
    async def scenario(client: Client) -> list[dict[str, Any]]:
        snapshot = await client.next()
        await sync_to_async(happen)(render, "last", tell=True)
        return [snapshot, *(await client.until(lambda message: message.get("kind") == "last"))]

    for moment in MOMENTS:
        before = seq_of(render)
        consumer = interrupted(RenderConsumer, "_snapshot", moment, lambda: happen(render, "odd", "odder", tell=tell))
        snapshot, *events = watched(render, owner, scenario, routes(render=consumer))
        assert snapshot["seq"] == before + (2 if moment in MOMENTS[:3] else 0), moment
        assert [snapshot["seq"], *numbers(events)] == list(range(snapshot["seq"], before + 4)), moment


@pytest.mark.parametrize("tell", [True, False], ids=["told", "push_lost"])
def test_what_happens_while_a_studios_client_connects_is_told_once(render, owner, tell) -> None:
    async def scenario(client: Client) -> list[dict[str, Any]]:
        snapshot = await client.next()
        await sync_to_async(happen)(render, "last", tell=True)
        return [snapshot, *(await client.until(lambda message: message.get("kind") == "last"))]

    for moment in MOMENTS:
        before = seq_of(render)
        consumer = interrupted(StudioConsumer, "_renders", moment, lambda: happen(render, "odd", "odder", tell=tell))
        snapshot, *events = listening(owner, STUDIO, scenario, routes(studio=consumer))
        (row,) = snapshot["renders"]
        assert row["seq"] == before + (2 if moment in MOMENTS[:3] else 0), moment
        assert [row["seq"], *numbers(events)] == list(range(row["seq"], before + 4)), moment
        assert {message["render"] for message in events} == {str(render.uid)}


@pytest.mark.parametrize("tell", [True, False], ids=["told", "push_lost"])
def test_a_render_that_is_requested_while_a_client_connects_is_shown(owner, tell, render) -> None:
    new: list[Render] = []

    def request() -> None:
        new.append(request_for(render.episode))
        happen(new[-1], "odd", tell=tell)

    async def scenario(client: Client) -> list[dict[str, Any]]:
        seen = await client.until(lambda message: bool(new) and str(new[-1].uid) in _known(message))
        await sync_to_async(happen)(new[-1], "last", tell=True)
        return seen + await client.until(lambda message: message.get("kind") == "last")

    for moment in MOMENTS:
        new.clear()
        consumer = interrupted(StudioConsumer, "_renders", moment, request)
        consumer.recheck_seconds = 0.3
        seen = listening(owner, STUDIO, scenario, routes(studio=consumer))
        uid = str(new[-1].uid)
        row = next(row for message in seen for row in message.get("renders", []) if row["uid"] == uid)
        told = [message for message in seen if message.get("render") == uid]
        assert [row["seq"], *numbers(told)] == list(range(row["seq"], 4)), moment


def seq_of(render: Render) -> int:
    return Render.objects.get(pk=render.pk).seq


def _known(message: dict[str, Any]) -> set[str]:
    return {row["uid"] for row in message.get("renders", [])}


def test_events_that_come_while_a_gap_is_read_are_told_once(render, owner) -> None:
    class Interrupted(RenderConsumer):
        read_often = 0

        async def _read(self) -> None:
            self.read_often += 1
            if self.read_often == 1:
                await sync_to_async(happen)(render, "before", tell=True)
            await super()._read()
            if self.read_often == 1:
                await sync_to_async(happen)(render, "after", "later", tell=True)

    async def scenario(client: Client) -> list[dict[str, Any]]:
        await client.next()
        await sync_to_async(happen)(render, "lost", tell=False)
        await sync_to_async(happen)(render, "gap", tell=True)
        return await client.until(lambda message: message.get("kind") == "later")

    seen = watched(render, owner, scenario, routes(render=Interrupted))
    assert [message["kind"] for message in seen] == ["lost", "gap", "before", "after", "later"]
    assert numbers(seen) == [2, 3, 4, 5, 6]


def test_a_gap_longer_than_a_page_is_read_to_its_end(render, owner, monkeypatch) -> None:
    monkeypatch.setattr("generation.consumers.base.MAX_EVENTS", 7)
    monkeypatch.setattr("generation.watching.events_since.__kwdefaults__", {"limit": 7})

    async def scenario(client: Client) -> list[dict[str, Any]]:
        await client.next()
        await sync_to_async(happen)(render, *["lost"] * 30, tell=False)
        await sync_to_async(happen)(render, "last", tell=True)
        return await client.until(lambda message: message.get("kind") == "last")

    assert numbers(watched(render, owner, scenario)) == list(range(2, 33))


def test_while_no_messenger_works_the_periodic_look_brings_every_event(render, owner, settings) -> None:
    working = settings.CHANNEL_LAYERS
    dead = {"hosts": [{"address": "unix:///nonexistent/valkey.sock"}]}

    async def scenario(client: Client) -> list[dict[str, Any]]:
        await client.next()
        settings.CHANNEL_LAYERS = {"default": working["default"] | {"CONFIG": dead}}
        channel_layers.backends.clear()
        await sync_to_async(happen)(render, "one", "two", tell=True)
        seen = await client.until(lambda message: message.get("kind") == "two")
        settings.CHANNEL_LAYERS = working
        channel_layers.backends.clear()
        return seen

    assert numbers(watched(render, owner, scenario, routes(render=QuickRender))) == [2, 3]


def test_who_comes_back_asks_by_rest_for_what_was_missed_and_goes_on_from_there(render, owner, api) -> None:
    async def first(client: Client) -> int:
        await client.next()
        await sync_to_async(happen)(render, "heard", tell=True)
        return int((await client.next())["seq"])

    last = listening(owner, at_render(render), first)
    happen(render, "missed", "missed_too", tell=True)

    async def second(client: Client) -> list[dict[str, Any]]:
        snapshot = await client.next()
        await sync_to_async(happen)(render, "new", tell=True)
        return [snapshot, await client.next()]

    snapshot, new = listening(owner, at_render(render), second)
    page = api(owner).get(f"/api/v1/studio/renders/{render.uid}/events", {"after": last}).json()
    missed = [event["seq"] for event in page["results"] if event["seq"] <= snapshot["seq"]]
    assert (last, missed, snapshot["seq"], new["seq"]) == (2, [3, 4], 4, 5)
    assert [event["kind"] for event in page["results"]] == ["missed", "missed_too", "new"]
