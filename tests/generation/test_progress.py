"""What a client is told of a render: a snapshot, then every durable event in order, and percentages that never fall."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.utils import timezone

from accounts.models import User
from creators.models import Member
from generation import scheduler
from generation.messenger import Letter
from generation.models import Render
from generation.progress import letters_of, push, render_group
from generation.services import render_cancel
from tests.builders import make_creator, make_episode, make_series, make_user
from tests.generation.listeners import QUICK, Client, happen, is_end, watched
from tests.generation.tiny import asked, deliver, drain, install, take, written

pytestmark = pytest.mark.django_db(transaction=True)
@pytest.fixture
def owner() -> User:
    return make_user()


@pytest.fixture
def render(owner: User) -> Render:
    return asked(written(episode=make_episode(make_series(make_creator(owner)))))


def test_a_client_sees_the_whole_render_in_order_and_a_hundred_percent_only_at_the_end(
    render, owner, monkeypatch
) -> None:
    install(monkeypatch)

    async def scenario(client: Client) -> list[dict[str, Any]]:
        working = asyncio.create_task(sync_to_async(drain, thread_sensitive=False)())
        seen = await client.until(is_end)
        await working
        return seen

    seen = watched(render, owner, scenario)
    assert [message["type"] for message in seen[:1]] == ["snapshot"]
    numbers = [message["seq"] for message in seen if message["type"] in ("snapshot", "event")]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    percents = [message["percent"] for message in seen]
    assert percents == sorted(percents)
    assert [message["status"] for message in seen if message["percent"] == 100] == ["done"]
    done = [message["step"]["label"] for message in seen if message.get("kind") == "step"]
    assert sorted(done) == sorted(render.links.values_list("label", flat=True))
    render.refresh_from_db()
    assert (render.seq, seen[-1]["master"]) == (numbers[-1], str(render.master.uid))


@pytest.mark.parametrize("whose", ["stranger", "nobody"])
def test_a_render_that_is_not_yours_is_not_there(render, whose) -> None:
    uid = render.uid if whose == "stranger" else uuid4()

    async def run() -> dict[str, Any]:
        client = Client(stranger, f"/ws/renders/{uid}/")
        await client.connect()
        return dict(await client.socket.receive_output(10))

    stranger = make_user()
    closed = async_to_sync(run)()
    assert (closed["type"], closed["code"]) == ("websocket.close", 4404)


def test_pushes_that_were_lost_are_filled_in_order_by_the_next_one(render, owner) -> None:
    async def scenario(client: Client) -> list[dict[str, Any]]:
        snapshot = await client.next()
        for kind in ("one", "two"):
            await sync_to_async(happen)(render, kind, tell=False)
        await sync_to_async(happen)(render, "three", tell=True)
        return [snapshot, *(await client.until(lambda message: message.get("kind") == "three"))]

    seen = watched(render, owner, scenario)
    assert [message["kind"] for message in seen[1:]] == ["one", "two", "three"]
    assert [message["seq"] for message in seen] == [1, 2, 3, 4]


def test_an_event_whose_push_was_lost_for_good_arrives_by_the_periodic_look(render, owner) -> None:
    async def scenario(client: Client) -> dict[str, Any]:
        await client.next()
        await sync_to_async(happen)(render, "lost", tell=False)
        return await client.next()

    assert watched(render, owner, scenario, QUICK)["kind"] == "lost"


def test_who_has_left_the_studio_account_is_shut_out_of_its_renders(render, owner) -> None:
    async def scenario(client: Client) -> dict[str, Any]:
        await client.next()
        await sync_to_async(Member.objects.filter(user=owner).delete)()
        return dict(await client.socket.receive_output(10))

    closed = watched(render, owner, scenario, QUICK)
    assert (closed["type"], closed["code"]) == ("websocket.close", 4404)


def test_a_push_that_comes_twice_or_late_is_sent_once(render, owner) -> None:
    async def scenario(client: Client) -> list[dict[str, Any]]:
        await client.next()
        await sync_to_async(happen)(render, "one", tell=True)
        await sync_to_async(happen)(render, "two", tell=True)
        again = [letter async for event in render.events.select_related("render") for letter in letters_of(event)]
        await sync_to_async(push)(again)
        await sync_to_async(happen)(render, "three", tell=True)
        return await client.until(lambda message: message.get("kind") == "three")

    assert [message["kind"] for message in watched(render, owner, scenario)] == ["one", "two", "three"]


def test_a_client_that_comes_later_starts_from_a_snapshot_of_what_was(render, owner) -> None:
    lease = take()
    deliver(lease)
    by_now = Render.objects.get(pk=render.pk)

    async def scenario(client: Client) -> dict[str, Any]:
        return await client.next()

    snapshot = watched(render, owner, scenario)
    assert (snapshot["type"], snapshot["seq"], snapshot["status"]) == ("snapshot", by_now.seq, "running")
    assert snapshot["percent"] == round(by_now.percent, 1) > 0
    assert [step["status"] for step in snapshot["steps"] if step["key"] == lease.key] == ["done"]
    assert "id" not in snapshot


def test_passing_progress_is_coalesced_to_two_messages_a_second(render, owner) -> None:
    def moved(n: int) -> Letter:
        news = {"render": str(render.uid), "percent": n / 10, "steps": [{"key": f"k{n % 2}", "fraction": n / 40}]}
        return Letter(render_group(render.uid), {"type": "render.progress", "news": [news]})

    async def scenario(client: Client) -> list[dict[str, Any]]:
        await client.next()
        started = time.monotonic()
        for n in range(40):
            await sync_to_async(push)([moved(n)])
            await asyncio.sleep(0.02)
        seen = await client.until(lambda message: message["percent"] >= 3.9)
        assert len(seen) <= 2 * (time.monotonic() - started) + 1
        return seen

    seen = watched(render, owner, scenario)
    assert {message["type"] for message in seen} == {"progress"}
    newest = {step["key"]: step["fraction"] for message in seen for step in message["steps"]}
    assert newest == {"k0": 0.95, "k1": 0.975}


def test_percent_does_not_fall_when_a_half_done_step_has_to_begin_again(render, owner) -> None:
    lease = take()
    scheduler.heartbeat(lease=lease, now=timezone.now(), lease_seconds=30, fraction=1.0)
    before = Render.objects.get(pk=render.pk).percent
    broken = scheduler.Failure("x", "broken", "", retryable=True)
    scheduler.report_failure(lease=lease, failure=broken, now=timezone.now())
    after = Render.objects.get(pk=render.pk)
    assert 0 < before <= after.percent
    event = after.events.get(seq=after.seq)
    assert (event.kind, event.data["step"]["status"]) == ("step", "retry")
    assert event.data["percent"] == round(after.percent, 1)


def test_a_cancel_reaches_the_client_as_the_last_event(render, owner) -> None:
    async def scenario(client: Client) -> list[dict[str, Any]]:
        await client.next()
        await sync_to_async(render_cancel)(render=render, by=owner, now=timezone.now())
        return await client.until(is_end)

    seen = watched(render, owner, scenario)
    assert [(message["kind"], message["status"]) for message in seen] == [("cancelled", "cancelled")]
    assert seen[0]["percent"] < 100


def test_what_a_client_says_is_ignored(render, owner) -> None:
    async def scenario(client: Client) -> dict[str, Any]:
        await client.next()
        await client.speak("receive", text="{not json")
        await client.speak("receive", bytes=b"\x00")
        await sync_to_async(happen)(render, "after", tell=True)
        return await client.next()

    assert watched(render, owner, scenario)["kind"] == "after"


def test_events_by_rest_are_the_same_in_pages(render, owner, api, monkeypatch) -> None:
    install(monkeypatch)
    drain()
    client, address = api(owner), f"/api/v1/studio/renders/{render.uid}/events"
    seen, after = [], 0
    while after is not None:
        page = client.get(address, {"after": after, "limit": 7}).json()
        assert len(page["results"]) <= 7
        seen += page["results"]
        after = page["next"]
    render.refresh_from_db()
    assert [event["seq"] for event in seen] == list(range(1, render.seq + 1))
    assert (seen[0]["kind"], seen[-1]["kind"]) == ("queued", "done")
    assert client.get(address, {"after": render.seq}).json() == {"results": [], "next": None}


BAD_QUERIES = [{"after": "x"}, {"after": "-1"}, {"after": "9" * 40}, {"limit": "0"}, {"after": "٣"}]


@pytest.mark.parametrize("query", BAD_QUERIES)
def test_a_malformed_query_is_refused(render, owner, api, query) -> None:
    answer = api(owner).get(f"/api/v1/studio/renders/{render.uid}/events", query)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in ("bad_after", "bad_limit")


def test_a_dead_messenger_costs_no_error(render, settings, caplog) -> None:
    from channels.layers import channel_layers

    dead = {"address": "unix:///nonexistent/valkey.sock"}
    layer = settings.CHANNEL_LAYERS["default"] | {"CONFIG": {"hosts": [dead]}}
    settings.CHANNEL_LAYERS = {"default": layer}
    channel_layers.backends.clear()
    try:
        assert deliver(take())
    finally:
        channel_layers.backends.clear()
    assert Render.objects.get(pk=render.pk).seq == 3
    assert "progress_push_lost" in caplog.text
