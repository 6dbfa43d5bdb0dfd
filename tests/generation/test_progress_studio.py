"""One socket for everything that a person's studio accounts render."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from creators.models import Creator, Member
from creators.selectors import member_creator_ids
from generation import scheduler
from generation.models import Render
from generation.progress import Happening, record
from generation.scheduler.control import render_retry
from generation.services import render_cancel
from generation.watching import studio_look, studio_renders
from tests.builders import make_creator, make_episode, make_series, make_user
from tests.generation.listeners import QUICK, STUDIO, Client, happen, is_end, listening, numbers
from tests.generation.tiny import asked, deliver, drain, install, request_for, take, written

pytestmark = pytest.mark.django_db(transaction=True)
COLUMNS = {
    "uid", "kind", "episode", "episode_number", "series", "series_title", "batch", "profile", "screenplay_version",
    "status", "pause_reason", "percent", "eta_seconds", "seq", "master", "error", "created_at", "started_at",
    "finished_at",
}


@pytest.fixture
def owner() -> User:
    return make_user()


@pytest.fixture
def creator(owner: User) -> Creator:
    return make_creator(owner)


@pytest.fixture
def render(creator: Creator) -> Render:
    return asked(written(episode=make_episode(make_series(creator))))


def rows(snapshot: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["uid"]: row for row in snapshot["renders"]}


async def snapshot_only(client: Client) -> dict[str, Any]:
    return await client.next()


def test_a_snapshot_shows_open_renders_and_those_that_ended_lately_without_their_steps(owner, creator, render) -> None:
    lately = render_cancel(render=request_for(render.episode), by=owner, now=timezone.now())
    long_ago = render_cancel(render=request_for(render.episode), by=owner, now=timezone.now() - timedelta(hours=1))
    foreign = asked()
    snapshot = listening(owner, STUDIO, snapshot_only)
    assert snapshot["type"] == "snapshot"
    assert [(row["uid"], row["status"]) for row in snapshot["renders"]] == [
        (str(render.uid), "queued"), (str(lately.uid), "cancelled")
    ]
    assert {str(long_ago.uid), str(foreign.uid)}.isdisjoint(rows(snapshot))
    row = snapshot["renders"][0]
    assert set(row) == COLUMNS
    assert (row["series_title"], row["episode"], row["seq"]) == (
        render.episode.series.title, str(render.episode.uid), 1
    )


def test_a_snapshot_of_a_hundred_renders_takes_three_queries_and_no_row_of_a_step(owner, render) -> None:
    same = ("creator_id", "episode_id", "screenplay_id", "profile", "brief")
    like = {field: getattr(render, field) for field in same}
    Render.objects.bulk_create(Render(final_key=f"{n:064x}", **like) for n in range(99))
    with CaptureQueriesContext(connection, ) as asked_for:
        cards, pks = studio_renders(creator_ids=member_creator_ids(user=owner), now=timezone.now())
    assert (len(cards), len(pks), len(asked_for)) == (100, 100, 3)
    text = " ".join(query["sql"] for query in asked_for)
    assert "generation_step" not in text
    assert "brief" not in text
    assert '"source"' not in text
    with CaptureQueriesContext(connection) as looked:
        mine, marks = studio_look(user=owner, told=pks.values(), now=timezone.now())
    assert (mine, len(marks), len(looked)) == ({render.creator_id}, 100, 1)
    assert {mark.uid for mark in marks} == set(pks)
    assert studio_look(user=make_user(), told=pks.values(), now=timezone.now()) == (set(), [])


def test_events_of_several_renders_are_in_order_for_each_and_say_whose_they_are(owner, render) -> None:
    other = request_for(render.episode)

    async def scenario(client: Client) -> list[dict[str, Any]]:
        assert set(rows(await client.next())) == {str(render.uid), str(other.uid)}
        for n in range(3):
            await sync_to_async(happen)(render, f"a{n}", tell=True)
            await sync_to_async(happen)(other, f"b{n}", tell=n != 1)
        return [await client.next() for _ in range(6)]

    seen = listening(owner, STUDIO, scenario)
    mine = [message for message in seen if message["render"] == str(render.uid)]
    others = [message for message in seen if message["render"] == str(other.uid)]
    assert [message["kind"] for message in mine] == ["a0", "a1", "a2"]
    assert [message["kind"] for message in others] == ["b0", "b1", "b2"]
    assert numbers(mine) == numbers(others) == [2, 3, 4]


def test_a_render_that_is_requested_later_appears_by_itself(owner, render) -> None:
    async def scenario(client: Client) -> list[dict[str, Any]]:
        await client.next()
        new = await sync_to_async(request_for)(render.episode)
        shown = await client.next()
        await sync_to_async(happen)(new, "odd", tell=True)
        return [new, shown, await client.next()]

    new, shown, event = listening(owner, STUDIO, scenario)
    assert (shown["type"], [row["uid"] for row in shown["renders"]]) == ("snapshot", [str(new.uid)])
    assert (event["render"], event["kind"], event["seq"]) == (str(new.uid), "odd", 2)


def test_a_new_render_whose_push_was_lost_appears_by_the_periodic_look(owner, render, monkeypatch) -> None:
    async def scenario(client: Client) -> dict[str, Any]:
        await client.next()
        with monkeypatch.context() as lost:
            lost.setattr("generation.progress.push", lambda letters: None)
            await sync_to_async(request_for)(render.episode)
        return await client.next()

    shown = listening(owner, STUDIO, scenario, QUICK)
    assert (shown["type"], len(shown["renders"]), shown["renders"][0]["status"]) == ("snapshot", 1, "queued")


def test_whoever_leaves_a_studio_is_shut_out_and_comes_back_to_what_is_left(owner, creator, render) -> None:
    kept = asked(written(episode=make_episode(make_series(make_creator(owner)))))

    async def leaves(client: Client) -> dict[str, Any]:
        assert len((await client.next())["renders"]) == 2
        await sync_to_async(Member.objects.filter(user=owner, creator=creator).delete)()
        return await client.raw()

    closed = listening(owner, STUDIO, leaves, QUICK)
    assert (closed["type"], closed["code"]) == ("websocket.close", 4404)
    assert set(rows(listening(owner, STUDIO, snapshot_only))) == {str(kept.uid)}


def test_whoever_joins_a_studio_is_shown_its_renders(render) -> None:
    newcomer = make_user()

    async def scenario(client: Client) -> list[dict[str, Any]]:
        first = await client.next()
        await sync_to_async(Member.objects.create)(user=newcomer, creator_id=render.creator_id, role="editor")
        second = await client.next()
        await sync_to_async(happen)(render, "odd", tell=True)
        return [first, second, await client.next()]

    first, second, event = listening(newcomer, STUDIO, scenario, QUICK)
    assert (first["renders"], set(rows(second)), event["kind"]) == ([], {str(render.uid)}, "odd")


def test_news_of_strangers_renders_never_arrive(owner, render) -> None:
    async def scenario(client: Client) -> dict[str, Any]:
        assert (await client.next())["renders"] == []
        await sync_to_async(happen)(render, "secret", tell=True)
        mine = await sync_to_async(asked)(episode)
        await sync_to_async(happen)(render, "secret", tell=True)
        shown = await client.next()
        assert set(rows(shown)) == {str(mine.uid)}
        assert await client.socket.receive_nothing(0.3)
        return shown

    stranger = make_user()
    episode = written(episode=make_episode(make_series(make_creator(stranger))))
    listening(stranger, STUDIO, scenario)


def test_percent_rises_over_a_cancel_a_retry_and_a_new_connection_and_is_whole_only_when_done(
    owner, render, monkeypatch
) -> None:
    install(monkeypatch)

    def at_work() -> None:
        for lease in (take(), take()):
            deliver(lease)
        scheduler.heartbeat(lease=take("render"), now=timezone.now(), lease_seconds=30, fraction=0.9)
        render_cancel(render=render, by=owner, now=timezone.now())

    def again() -> None:
        render_retry(render=render, now=timezone.now())
        drain()

    async def first(client: Client) -> list[dict[str, Any]]:
        shown = await client.next()
        await sync_to_async(at_work)()
        return [*shown["renders"], *(await client.until(is_end))]

    async def second(client: Client) -> list[dict[str, Any]]:
        shown = await client.next()
        working = asyncio.create_task(sync_to_async(again, thread_sensitive=False)())
        seen = await client.until(lambda message: message.get("status") == "done")
        await working
        return [*shown["renders"], *seen]

    before, after = listening(owner, STUDIO, first), listening(owner, STUDIO, second)
    percents = [message["percent"] for message in [*before, *after]]
    assert percents == sorted(percents)
    assert (before[-1]["status"], after[0]["status"]) == ("cancelled", "cancelled")
    assert 0 < after[0]["percent"] == before[-1]["percent"]
    assert {message["status"] for message in after if message["percent"] == 100} == {"done"}
    assert "retried" in {message.get("kind") for message in after}


def test_an_end_that_was_lost_for_minutes_is_still_told(owner, render) -> None:
    async def scenario(client: Client) -> dict[str, Any]:
        await client.next()
        await sync_to_async(_end_silently)(render)
        return await client.next()

    seen = listening(owner, STUDIO, scenario, QUICK)
    assert (seen["render"], seen["kind"], seen["status"]) == (str(render.uid), "failed", "failed")


def _end_silently(render: Render) -> None:
    """It failed an hour ago, and no push of it arrived."""
    row = Render.objects.get(pk=render.pk)
    row.status, row.error_code, row.finished_at = Render.Status.FAILED, "odd", timezone.now() - timedelta(hours=1)
    row.save()
    record([Happening(row, "failed")], now=timezone.now(), tell=False)
