"""The whole way, as people go it: written, rendered, reviewed, swiped to, refused, bought, unlocked, played.

Everything goes through HTTP and WebSocket to a platform that `manage.py up` started, with its own PostgreSQL, Valkey,
web server, workers and beat.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from tests.live import Person, Platform, guest, moderator, register, running_platform

pytestmark = pytest.mark.timeout(600)

EPISODE = """Title: The Key

INT. HALLWAY - NIGHT

A wet envelope lies under the door. MARA picks it up.

MARA
(whispering)
It has my name on it. {line}

INT. KITCHEN - NIGHT

JONAS stands in the dark, a key in his hand.

JONAS
Don't open it. Please.

MARA
Who are you to say?
"""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with running_platform(tmp_path_factory.mktemp("journey"), THROTTLE_GUEST="1000/hour") as started:
        yield started


def test_a_story_becomes_a_paid_playing_episode(platform: Platform, tmp_path: Path) -> None:
    writer, reviewer = register(platform, "Writer"), moderator(platform)
    series, episodes = write_two_episodes(writer)
    for episode in episodes:
        render = render_and_watch(writer, episode)
        submitted = writer.post(f"studio/episodes/{episode}/submit", render=render)
        assert submitted["status"] == "in_review"
        publish(reviewer, episode)

    viewer = guest(platform)
    first = swipe_to(viewer, series)
    assert first["episode"]["uid"] == episodes[0]
    assert plays(viewer, viewer.post(f"episodes/{episodes[0]}/playback"), tmp_path / "one.mp4")

    after = viewer.get(f"episodes/{episodes[0]}/next")
    assert after["episode"]["uid"] == episodes[1]
    refused = viewer.post(f"episodes/{episodes[1]}/playback", 402)["error"]
    assert refused["code"] == "payment_required"
    assert refused["details"]["price_coins"] == 60
    assert refused["details"]["shortfall"] == 60
    price = {"expected_price": 60}
    poor = viewer.post(f"episodes/{episodes[1]}/unlock", 402, {"Idempotency-Key": str(uuid.uuid4())}, **price)
    assert poor["error"]["details"]["shortfall"] == 60
    assert viewer.get("wallet")["total"] == 0

    coins = buy_coins(viewer)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    unlocked = viewer.post(f"episodes/{episodes[1]}/unlock", 200, key, **price)
    again = viewer.post(f"episodes/{episodes[1]}/unlock", 200, key, **price)
    assert again == unlocked
    assert viewer.get("wallet")["total"] == coins - 60
    assert plays(viewer, viewer.post(f"episodes/{episodes[1]}/playback"), tmp_path / "two.mp4")

    stranger = guest(platform)
    stranger.post(f"episodes/{episodes[1]}/playback", 402)
    audit = platform.manage("ledger_audit", "--json")
    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert json.loads(audit.stdout)["findings"] == []


def write_two_episodes(writer: Person) -> tuple[str, list[str]]:
    creator = writer.post("studio/creators", 201, name="Night Office", handle=f"night-{uuid.uuid4().hex[:6]}")
    series = writer.post(
        "studio/series", 201, creator=creator["uid"], title="The Key", language="en", genres=["mystery"],
        free_episodes=1, price_coins=60,
    )
    episodes = []
    for line in ("Who would write to me here?", "And it is my own hand."):
        episode = writer.post(f"studio/series/{series['uid']}/episodes", 201, title=line)
        saved = writer.put(f"studio/episodes/{episode['uid']}/screenplay", source=EPISODE.format(line=line))
        assert saved["version"] == 1
        episodes.append(episode["uid"])
    return series["uid"], episodes


def render_and_watch(writer: Person, episode: str) -> str:
    """Starts a render and follows it over the socket: the sequence has no gap, the percentage never falls."""
    render = writer.post(f"studio/episodes/{episode}/renders", 201, profile="animatic")["uid"]
    sequence, percent, last = None, 0.0, {}
    for message in writer.watch(f"/ws/renders/{render}/"):
        last = message
        assert message.get("percent", percent) >= percent
        percent = message.get("percent", percent)
        if message["type"] == "snapshot":
            sequence = message["seq"]
        elif "seq" in message and message.get("durable", True):
            assert sequence is not None, "an event came before the snapshot"
            assert message["seq"] == sequence + 1, (sequence, message)
            sequence = message["seq"]
        if last.get("status") in ("done", "failed", "cancelled"):
            break
    assert last["status"] == "done", last
    assert last["percent"] == 100
    by_rest = writer.get(f"studio/renders/{render}")
    assert (by_rest["status"], by_rest["seq"]) == ("done", sequence)
    seen = [event["seq"] for event in writer.get(f"studio/renders/{render}/events?after=0")["results"]]
    assert seen == list(range(1, len(seen) + 1))
    return render


def publish(reviewer: Person, episode: str) -> None:
    end = time.monotonic() + 40
    while time.monotonic() < end:
        queue = reviewer.get("moderation/reviews")["results"]
        mine = [review for review in queue if review["episode"]["uid"] == episode]
        if mine:
            decided = reviewer.post(f"moderation/reviews/{mine[0]['uid']}/approve")
            assert decided["status"] == "approved"
            return
        time.sleep(0.2)
    raise AssertionError("the review never reached the queue")


def swipe_to(viewer: Person, series: str) -> dict[str, Any]:
    page = viewer.get("feed?limit=5")
    found = [item for item in page["items"] if item["series"]["uid"] == series]
    assert len(found) == 1
    assert "/m/" not in json.dumps(page)
    return dict(found[0])


def buy_coins(viewer: Person) -> int:
    """Orders a pack, pays at the twin's checkout, and waits for its webhook to come in."""
    pack = viewer.get("packs")["results"][0]
    order = viewer.post("orders", 201, pack=pack["uid"])
    paid = viewer.session.post(_absolute(viewer, order["checkout_url"]), timeout=10)
    assert paid.status_code in (200, 202), paid.text
    end = time.monotonic() + 40
    while time.monotonic() < end:
        total = int(viewer.get("wallet")["total"])
        if total:
            time.sleep(1)  # the duplicates of the webhook are on their way as well
            assert viewer.get("wallet")["total"] == total
            return total
        time.sleep(0.2)
    raise AssertionError("the coins never came")


def _absolute(viewer: Person, url: str) -> str:
    return url if url.startswith("http") else viewer.platform.url + url


def plays(viewer: Person, playback: dict[str, Any], target: Path) -> bool:
    """Follows the playlist like a player: every byte range arrives, and the file they make decodes to its end."""
    master = viewer.fetch(playback["master_url"]).text
    variants = [line for line in master.splitlines() if line and not line.startswith("#")]
    assert len(variants) == len(playback["renditions"]) == 3
    folder = playback["master_url"].rsplit("/", 1)[0]
    media = viewer.fetch(f"{folder}/{variants[0]}").text
    assert "#EXT-X-MAP" in media
    assert "#EXT-X-ENDLIST" in media
    top = max(playback["renditions"], key=lambda rung: rung["height"])
    part = viewer.fetch(top["url"], 206, Range="bytes=0-1023")
    assert len(part.content) == 1024
    target.write_bytes(viewer.fetch(top["url"]).content)
    tampered = top["url"].replace("/m/", "/m/x", 1)
    viewer.fetch(tampered, 403)
    return decodes(target)


def decodes(path: Path) -> bool:
    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.width, video.codec_context.height) == (720, 1280)
        assert video.average_rate == 24
        assert audio.codec_context.name == "aac"
        frames = sum(1 for _ in container.decode(video=0))
    assert frames > 24 * 5
    if ffprobe := shutil.which("ffprobe"):
        probed = subprocess.run(
            [ffprobe, "-v", "error", "-show_entries", "stream=codec_name,width,height", "-of", "json", str(path)],
            capture_output=True, text=True, check=True,
        )
        assert probed.stderr == ""
        assert {stream["codec_name"] for stream in json.loads(probed.stdout)["streams"]} == {"h264", "aac"}
    return True
