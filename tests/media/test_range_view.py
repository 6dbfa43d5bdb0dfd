"""`/m/<token>/<name>`: no object without its own grant, and HTTP's manners with one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from media import grants, storage
from media.urls_for import media_path

PREFIX, OTHER = "masters/ab/" + "ab" * 16, "masters/cd/" + "cd" * 16
FILES = {
    "master.m3u8": (b"#EXTM3U\n720p.m3u8\n", "application/vnd.apple.mpegurl"),
    "720p.mp4": (bytes(range(256)) * 4096, "video/mp4"),
    "captions.vtt": (b"WEBVTT\n", "text/vtt; charset=utf-8"),
    "poster.jpg": (b"\xff\xd8jpeg", "image/jpeg"),
    "contact-sheet.png": (b"\x89PNG", "image/png"),
}


@pytest.fixture
def shelf(disk):
    for prefix in (PREFIX, OTHER):
        for name, (data, kind) in FILES.items():
            storage.put_bytes(f"{prefix}/{name}", data, kind)
    return disk


def sign(**changes):
    fields = {"subject": "s", "prefix": PREFIX, "scope": "play", "now": timezone.now(), "seconds": 600}
    return grants.sign(**(fields | changes)).token


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def get(name, token=None, **headers):
    return Client().get(media_path(token or sign(), name), headers=headers)


@pytest.mark.parametrize("name", FILES)
def test_a_grant_opens_every_object_below_its_prefix(shelf, name):
    response = get(name)
    data, kind = FILES[name]
    assert response.status_code == 200
    assert body(response) == data
    assert response["Content-Type"] == kind
    assert response["Content-Length"] == str(len(data))
    assert response["Accept-Ranges"] == "bytes"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["X-Content-Type-Options"] == "nosniff"


def none():
    return ""


def expired():
    return sign(now=timezone.now() - timedelta(hours=1))


def other_prefix_renamed():
    """Another episode's grant, used with this one's folder put into the name."""
    return sign(prefix=OTHER)


def tampered_payload():
    key_id, payload, mac = sign().split(".")
    return f"{key_id}.{payload[:-2]}{'AA' if payload[-2:] != 'AA' else 'BB'}.{mac}"


def tampered_signature():
    token = sign()
    return token[:-1] + ("A" if token[-1] != "A" else "E")


def unknown_key():
    return "nobody" + sign()[4:]


BAD_TOKENS = [none, expired, tampered_payload, tampered_signature, unknown_key, lambda: "demo", lambda: "a.b.c"]


@pytest.mark.parametrize("make", BAD_TOKENS)
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("method", ["get", "head"])
def test_without_a_living_grant_no_object_is_given(shelf, name, make, method):
    response = getattr(Client(), method)(f"/m/{make()}/{name}")
    assert response.status_code == 403
    assert body(response) == b""
    assert "ETag" not in response
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", FILES)
def test_a_revoked_key_closes_every_object(shelf, settings, name):
    settings.GRANT_KEYS = {"old": "o" * 40}
    token = sign()
    assert get(name, token).status_code == 200
    settings.GRANT_KEYS = {"new": "n" * 40}
    response = get(name, token)
    assert (response.status_code, body(response)) == (403, b"")


@pytest.mark.parametrize("name", FILES)
def test_another_episodes_grant_cannot_be_led_here(shelf, name):
    token = sign(prefix=OTHER)
    storage.put_bytes(f"{PREFIX}/only-here.jpg", b"secret", "image/jpeg")
    assert get("only-here.jpg", token).status_code == 404
    for path in (f"../{'ab' * 16}/{name}", f"../../ab/{'ab' * 16}/{name}", f"/{PREFIX}/{name}"):
        response = Client().get(f"/m/{token}/{path}")
        assert (response.status_code, body(response)) == (403, b"")


TRICKS = [
    "../x.mp4", "%2e%2e/x.mp4", "%2E%2E%2Fx.mp4", "%252e%252e/x.mp4", "%252e%252e%252fx.mp4", "a/../720p.mp4",
    "./720p.mp4", "a//720p.mp4", "/720p.mp4", "//etc/passwd", "%2fetc%2fpasswd", "..%5cx.mp4", "..\\x.mp4",
    "720p.mp4%00", "720p.mp4%00.jpg", "720p.mp4%0a", "%0a720p.mp4", "720p.mp4/", "", ".tmp/x", "%ff%fe.mp4",
    "720p.mp4 ", "７20p.mp4", "720p.mp4%3Fx", "a%20b.mp4", "~root.mp4", "file:%2f%2f%2fetc/passwd",
]


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_path_that_is_not_plain_is_refused(shelf, trick, method):
    response = getattr(Client(), method)(f"/m/{sign()}/{trick}")
    assert (response.status_code, body(response)) == (403, b"")


@pytest.mark.parametrize("path", ["/m/", "/m/x", "/m//", "/m/%0a", "/m/a/b"])
def test_nothing_below_m_is_answered_by_anyone_else(shelf, path):
    response = Client().get(path)
    assert (response.status_code, body(response)) == (403, b"")


def test_what_is_not_there_or_is_never_served_is_a_bare_404(shelf):
    storage.put_bytes(f"{PREFIX}/render.exe", b"x", "application/octet-stream")
    (shelf / PREFIX / "folder.mp4").mkdir()
    for name in ("none.mp4", "render.exe", "folder.mp4", "720p.mp4/x.mp4"):
        response = get(name)
        assert (response.status_code, body(response)) == (404, b"")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_but_reading_is_allowed(shelf, method):
    response = getattr(Client(), method)(media_path(sign(), "poster.jpg"))
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert storage.read_bytes(f"{PREFIX}/poster.jpg") == FILES["poster.jpg"][0]


def test_a_web_player_may_ask_first(shelf):
    response = Client().options(media_path("any", "720p.mp4"))
    assert response.status_code == 204
    assert "Range" in response["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-0", 0, 1), ("bytes=1000-1999", 1000, 2000), ("bytes=1048000-", 1048000, 1048576),
     ("bytes=-100", 1048476, 1048576), ("bytes=200000-999999", 200000, 1000000)],
)
def test_a_range_is_exactly_its_bytes(shelf, asked, start, stop):
    data = FILES["720p.mp4"][0]
    response = get("720p.mp4", Range=asked)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {start}-{stop - 1}/{len(data)}"
    assert response["Content-Length"] == str(stop - start)
    assert body(response) == data[start:stop]


def test_several_ranges_are_answered_with_the_whole(shelf):
    response = get("720p.mp4", Range="bytes=0-1,5-6")
    assert response.status_code == 200
    assert body(response) == FILES["720p.mp4"][0]


def test_a_range_past_the_end_is_416_and_names_the_size(shelf):
    response = get("720p.mp4", Range="bytes=1048576-")
    assert (response.status_code, body(response)) == (416, b"")
    assert response["Content-Range"] == "bytes */1048576"


def test_head_says_all_and_sends_nothing(shelf):
    whole = Client().head(media_path(sign(), "720p.mp4"))
    part = Client().head(media_path(sign(), "720p.mp4"), headers={"Range": "bytes=0-9"})
    assert (whole.status_code, whole["Content-Length"], body(whole)) == (200, "1048576", b"")
    assert (part.status_code, part["Content-Length"], body(part)) == (206, "10", b"")


def test_a_tag_saves_the_bytes_and_guards_the_range(shelf):
    first = get("720p.mp4")
    body(first)
    tag = first["ETag"]
    unchanged = get("720p.mp4", **{"If-None-Match": f'"other", {tag}'})
    assert (unchanged.status_code, body(unchanged)) == (304, b"")
    same = get("720p.mp4", Range="bytes=0-9", **{"If-Range": tag})
    assert (same.status_code, len(body(same))) == (206, 10)
    by_time = get("720p.mp4", Range="bytes=0-9", **{"If-Range": first["Last-Modified"]})
    assert (by_time.status_code, len(body(by_time))) == (206, 10)
    changed = get("720p.mp4", Range="bytes=0-9", **{"If-Range": '"other"'})
    assert (changed.status_code, len(body(changed))) == (200, 1048576)


def test_nothing_is_kept_longer_than_the_grant_lives(shelf):
    assert get("master.m3u8")["Cache-Control"] == "private, no-store"
    response = get("poster.jpg", sign(seconds=60))
    directive, _, seconds = response["Cache-Control"].partition("max-age=")
    assert directive == "private, "
    assert 0 <= int(seconds) <= 60
    body(response)


def test_a_big_file_is_never_read_whole(shelf, monkeypatch):
    response = get("720p.mp4")
    chunks = [len(chunk) for chunk in response.streaming_content]
    assert sum(chunks) == 1048576
    assert max(chunks) <= 1 << 18
