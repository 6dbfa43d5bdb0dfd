"""On S3: small text through us, everything else by an address that dies with the grant."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client, RequestFactory
from django.utils import timezone

from media import grants, storage
from media.delivery import SMALL, respond_object
from media.urls_for import media_path

PREFIX = "masters/ab/" + "ab" * 16


@pytest.fixture
def filled(bucket):
    storage.put_bytes(f"{PREFIX}/master.m3u8", b"#EXTM3U\n", "application/vnd.apple.mpegurl")
    storage.put_bytes(f"{PREFIX}/captions.vtt", b"WEBVTT\n", "text/vtt")
    storage.put_bytes(f"{PREFIX}/720p.mp4", b"0123456789", "video/mp4")
    storage.put_bytes(f"{PREFIX}/poster.jpg", b"jpeg", "image/jpeg")
    return bucket


def sign(seconds=120):
    return grants.sign(subject="s", prefix=PREFIX, scope="play", now=timezone.now(), seconds=seconds).token


@pytest.mark.parametrize(("name", "data"), [("master.m3u8", b"#EXTM3U\n"), ("captions.vtt", b"WEBVTT\n")])
def test_playlists_and_captions_come_through_us(filled, name, data):
    response = Client().get(media_path(sign(), name))
    assert (response.status_code, response.content) == (200, data)


def test_a_video_is_fetched_from_the_bucket_by_an_address_that_ends_with_the_grant(filled):
    response = Client().get(media_path(sign(120), "720p.mp4"))
    assert (response.status_code, response.content) == (302, b"")
    assert response["Cache-Control"] == "private, no-store"
    query = parse_qs(urlsplit(response["Location"]).query)
    assert 0 < int(query["X-Amz-Expires"][0]) <= 120
    fetched = requests.get(response["Location"], headers={"Range": "bytes=2-4"}, timeout=5)
    assert (fetched.status_code, fetched.content) == (206, b"234")


def test_head_is_answered_here_as_the_address_is_only_good_for_get(filled):
    response = Client().head(media_path(sign(), "720p.mp4"))
    assert (response.status_code, response["Content-Length"], response.content) == (200, "10", b"")


def test_no_grant_no_address(filled):
    for name in ("master.m3u8", "captions.vtt", "720p.mp4", "poster.jpg"):
        response = Client().get(media_path(sign()[:-1] + "-", name))
        assert (response.status_code, response.content) == (403, b"")
        assert "Location" not in response


def test_no_address_is_made_for_what_is_never_served(filled):
    storage.put_bytes(f"{PREFIX}/render.exe", b"x", "application/octet-stream")
    response = Client().get(media_path(sign(), "render.exe"))
    assert (response.status_code, response.content) == (404, b"")
    assert "Location" not in response


def test_for_a_video_that_is_not_there_the_bucket_says_so(filled):
    response = Client().get(media_path(sign(), "none.mp4"))
    assert response.status_code == 302
    assert requests.get(response["Location"], timeout=5).status_code == 404
    assert Client().get(media_path(sign(), "none.vtt")).status_code == 404


def test_a_public_poster_comes_through_us_so_that_its_key_stays_unknown(filled):
    request = RequestFactory().get("/poster")
    response = respond_object(request, f"{PREFIX}/poster.jpg", cache_control="public, max-age=300")
    assert (response.status_code, response.content) == (200, b"jpeg")
    assert "Location" not in response


def test_what_is_too_big_never_passes_through_us(filled):
    storage.put_bytes(f"{PREFIX}/big.jpg", b"x" * (SMALL + 1), "image/jpeg")
    with pytest.raises(storage.NoSuchObject):
        respond_object(RequestFactory().get("/"), f"{PREFIX}/big.jpg", cache_control="public")
