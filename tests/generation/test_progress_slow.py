"""A client that does not read loses progress, never state, and costs a bounded amount of memory."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import get_channel_layer

from accounts.models import User
from generation.consumers import RenderConsumer, StudioConsumer
from generation.consumers.board import Board
from generation.models import Render
from generation.progress import push, render_group, studio_group
from generation.telling import letters_of
from tests.builders import make_creator, make_episode, make_series, make_user
from tests.generation.listeners import STUDIO, SlowClient, at_render, happen, numbers, routes
from tests.generation.tiny import asked, request_for, written

MOST = 20
consumers: list[Any] = []


class SmallRender(RenderConsumer):
    most_queued = MOST

    async def welcome(self) -> bool:
        consumers.append(self)
        return await super().welcome()


class SmallStudio(StudioConsumer):
    most_queued = MOST

    async def welcome(self) -> bool:
        consumers.append(self)
        return await super().welcome()


SMALL = routes(SmallRender, SmallStudio)


def slowly(user: User, address: str, scenario: Callable[[SlowClient], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        consumers.clear()
        client = SlowClient(user, address, SMALL)
        try:
            await client.until(bool)
            return await scenario(client)
        finally:
            client.reading.set()
            await client.leave()
            await get_channel_layer().flush()

    return async_to_sync(run)()


@pytest.fixture
def owner() -> User:
    return make_user()


@pytest.fixture
def render(owner: User) -> Render:
    return asked(written(episode=make_episode(make_series(make_creator(owner)))))


def progress_of(render: Render, n: int) -> None:
    note = {"fraction": n / 200, "frame": 0, "renders": [(str(render.uid), n / 10)]}
    push(letters_of(render.creator_id, {f"step{n % 2}": note}))


@pytest.mark.django_db(transaction=True)
def test_a_client_that_reads_late_gets_every_event_in_order_and_only_the_newest_progress(render, owner) -> None:
    async def scenario(client: SlowClient) -> list[dict[str, Any]]:
        for batch in range(6):
            await sync_to_async(happen)(render, *[f"e{batch}"] * 10, tell=True)
            for n in range(30):
                await sync_to_async(progress_of)(render, batch * 30 + n)
        await client.stuck.wait()
        assert len(consumers[0].board._queue) <= MOST
        client.reading.set()
        await client.until(lambda seen: numbers(seen)[-1:] == [61])
        return await client.until(lambda seen: any(m["type"] == "progress" and m["percent"] >= 17.9 for m in seen))

    seen = slowly(owner, at_render(render), scenario)
    assert numbers(seen) == list(range(2, 62))
    passing = [message for message in seen if message["type"] == "progress"]
    assert 1 <= len(passing) <= 4
    newest = {step["key"]: step["fraction"] for message in passing for step in message["steps"]}
    assert newest == {"step0": 0.89, "step1": 0.895}


@pytest.mark.django_db(transaction=True)
def test_a_slow_client_of_a_studio_gets_every_event_of_every_render(render, owner) -> None:
    other = request_for(render.episode)

    async def scenario(client: SlowClient) -> list[dict[str, Any]]:
        for _ in range(4):
            await sync_to_async(happen)(render, *["a"] * 10, tell=True)
            await sync_to_async(happen)(other, *["b"] * 10, tell=True)
        third = await sync_to_async(request_for)(render.episode)
        await sync_to_async(happen)(third, "c", tell=True)
        await client.stuck.wait()
        assert len(consumers[0].board._queue) <= MOST
        client.reading.set()
        return await client.until(lambda seen: _shown(seen, str(third.uid)) and len(numbers(seen)) >= 80)

    seen = slowly(owner, STUDIO, scenario)
    for row in (render, other):
        assert numbers(m for m in seen if m.get("render") == str(row.uid)) == list(range(2, 42))


def _shown(seen: list[dict[str, Any]], uid: str) -> bool:
    return any(row["uid"] == uid for message in seen for row in message.get("renders", []))


def test_whatever_is_lost_doubled_or_late_a_board_gives_each_event_once_in_order() -> None:
    for seed in range(200):
        dice = random.Random(seed)
        stored = [{"type": "event", "seq": n, "percent": float(n)} for n in range(1, 40)]
        board, told = Board(most_queued=dice.randint(1, 8)), []
        board.follow("r", pk=1, seq=0, percent=0.0)
        arriving = [message for message in stored if dice.random() < 0.7] * 2
        arriving.sort(key=lambda message: message["seq"] + dice.uniform(0, 6))
        for message in arriving:
            board.event("r", message)
            if dice.random() < 0.5:
                told += _drained(board, stored)
        board.behind.add("r")  # the periodic look
        told += _drained(board, stored)
        assert [message["seq"] for message in told] == list(range(1, 40)), seed


def _drained(board: Board, stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    told = []
    while not board.clear:
        while (owed := board.due()) is not None:
            told.append(owed[1])
        if board.behind:
            board.behind.clear()
            for message in stored[board.tracks["r"].seq:]:
                board.caught_up("r", message)
    return told


def test_progress_of_a_step_that_has_ended_is_not_told_after_its_end() -> None:
    board = Board()
    board.follow("r", pk=1, seq=1, percent=10.0)
    for key in ("a", "b"):
        board.progress("r", {"render": "r", "percent": 12.0, "steps": [{"key": key, "fraction": 0.5}]})
    board.event("r", {"type": "event", "seq": 2, "percent": 11.0, "step": {"key": "a", "status": "done"}})
    assert board.due() == ("r", {"type": "event", "seq": 2, "percent": 12.0, "step": {"key": "a", "status": "done"}})
    ((_, passing),) = board.passing(most=9)
    assert (passing["percent"], passing["steps"]) == (12.0, [{"key": "b", "fraction": 0.5}])
    assert not board.moved


def test_progress_of_many_renders_takes_turns() -> None:
    board = Board()
    for name in "abcde":
        board.follow(name, pk=ord(name), seq=1, percent=0.0)
        board.progress(name, {"render": name, "percent": 1.0, "steps": []})
    first = [uid for uid, _ in board.passing(most=3)]
    board.progress("a", {"render": "a", "percent": 2.0, "steps": []})
    second = [uid for uid, _ in board.passing(most=3)]
    assert (first, second, board.moved) == (["a", "b", "c"], ["d", "e", "a"], False)


def test_a_group_of_a_render_and_one_of_a_studio_have_names_of_their_own(db, render) -> None:
    assert render_group(render.uid) != studio_group(render.creator_id)
