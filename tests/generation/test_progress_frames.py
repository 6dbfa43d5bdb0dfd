"""What a shot looks like while it is rendered: members see it, small and fresh, and nobody else."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.core.cache import cache
from PIL import Image

from accounts.models import User
from common import outage
from generation.engines.stills import Stills
from generation.frames import MOST_BYTES, frame_keep, small
from generation.models import Artifact, Render
from media import storage
from tests.builders import make_creator, make_episode, make_guest, make_series, make_user
from tests.generation.tiny import asked, deliver, drain, install, step, take, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_user()


@pytest.fixture
def render(owner: User) -> Render:
    return asked(written(episode=make_episode(make_series(make_creator(owner)))))


def picture(width: int = 360, height: int = 640, noise: int = 0, kind: str = "JPEG") -> bytes:
    pixels = np.full((height, width, 3), 120, np.uint8)
    if noise:
        pixels = np.random.default_rng(1).integers(0, noise, (height, width, 3), dtype=np.uint8)
    made = io.BytesIO()
    Image.fromarray(pixels).save(made, kind, **({"quality": 95} if kind == "JPEG" else {}))
    return made.getvalue()


def shot_key(render: Render) -> str:
    return str(render.links.filter(step__kind="shot").first().step.key)


def address(render: Render, key: str) -> str:
    return f"/api/v1/studio/renders/{render.uid}/steps/{key}/preview.jpg"


def keep(render: Render, key: str, folder: Path, data: bytes) -> bool:
    file = folder / "still.jpg"
    file.write_bytes(data)
    return frame_keep(creator_id=render.creator_id, key=key, picture=file)


def test_a_member_sees_the_newest_still_and_no_cache_keeps_it(render, owner, api, tmp_path) -> None:
    key = shot_key(render)
    assert api(owner).get(address(render, key)).status_code == 404
    assert keep(render, key, tmp_path, picture())
    assert keep(render, key, tmp_path, picture(180, 320))
    answer = api(owner).get(address(render, key), {"n": 2})
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Cache-Control"] == "private, no-store"
    assert Image.open(io.BytesIO(answer.content)).size == (180, 320)


def test_who_is_not_a_member_finds_no_still(render, owner, api, tmp_path) -> None:
    key = shot_key(render)
    keep(render, key, tmp_path, picture())
    make_creator(stranger := make_user())
    assert api(stranger).get(address(render, key)).status_code == 404
    assert api(make_guest()).get(address(render, key)).status_code == 403
    assert api().get(address(render, key)).status_code == 401
    assert api(stranger).get(address(render, key)).json()["error"]["code"] == "not_found"
    assert api(owner).get(address(render, key)).status_code == 200


def test_a_still_is_found_only_under_a_render_that_has_its_step(render, owner, api, tmp_path) -> None:
    own, foreign = shot_key(render), asked()
    keep(render, own, tmp_path, picture())
    keep(foreign, other := shot_key(foreign), tmp_path, picture(90, 160))
    client = api(owner)
    assert client.get(address(foreign, other)).status_code == 404
    assert client.get(f"/api/v1/studio/renders/{uuid4()}/steps/{own}/preview.jpg").status_code == 404
    assert client.get(address(render, "f" * 64)).status_code == 404
    # the same words in another studio have the same key, and pictures of their own
    assert Image.open(io.BytesIO(client.get(address(render, own)).content)).size == (360, 640)


@pytest.mark.parametrize("key", ["..", "x" * 64, "%00", "A" * 64, "a" * 65, "..%2f..%2fsecret", "é" * 10])
def test_a_malformed_key_is_not_found(render, owner, api, key) -> None:
    assert api(owner).get(address(render, key)).status_code == 404


def test_a_finished_shot_shows_what_it_left_whatever_is_still_in_the_cache(render, owner, api, tmp_path) -> None:
    shot = step(render, render.links.filter(step__kind="shot").first().label)
    while (lease := take_any()).key != shot.key:
        deliver(lease)
    keep(render, shot.key, tmp_path, picture(90, 160))
    prefix = "artifacts/aa/" + "b" * 32
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "preview.jpg").write_bytes(picture(720, 1280))
    storage.put_tree(tmp_path / "out", prefix)
    deliver(lease, prefix=prefix)
    Artifact.objects.filter(key=shot.key).update(files=[{"name": "preview.jpg", "size": 1, "sha256": "0" * 64}])
    shown = api(owner).get(address(render, shot.key))
    assert Image.open(io.BytesIO(shown.content)).size == (720, 1280)
    storage.delete_tree(prefix)
    assert api(owner).get(address(render, shot.key)).status_code == 404


def take_any() -> Any:
    for queue in ("voice", "render"):
        try:
            return take(queue)
        except AssertionError:
            continue
    raise AssertionError("nothing is ready")


def test_a_still_takes_one_query(render, owner, api, tmp_path, django_assert_num_queries) -> None:
    place = address(render, shot_key(render))
    keep(render, shot_key(render), tmp_path, picture())
    with django_assert_num_queries(1):
        assert api(owner).get(place).status_code == 200


def test_without_a_cache_there_is_no_still_and_no_error(render, owner, api, settings) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nonexistent/valkey.sock"}}
    assert api(owner).get(address(render, shot_key(render))).status_code == 404
    outage.forget()


@pytest.mark.parametrize("data", [picture(720, 1280, noise=40), picture(400, 400, noise=255, kind="PNG")])
def test_a_picture_that_is_too_big_is_made_small(tmp_path, data) -> None:
    (tmp_path / "a.jpg").write_bytes(data)
    made = small(tmp_path / "a.jpg")
    assert made is not None
    assert len(made) <= MOST_BYTES < len(data)
    opened = Image.open(io.BytesIO(made))
    assert (opened.format, opened.width <= 360) == ("JPEG", True)


@pytest.mark.parametrize("data", [b"", b"no picture" * 9, b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff" + b"x" * 40_000])
def test_what_is_no_picture_is_not_kept_and_raises_nothing(render, tmp_path, data) -> None:
    assert keep(render, "a" * 64, tmp_path, data) is False
    assert cache.get(f"frame:{render.creator_id}:{'a' * 64}") is None


def test_an_engine_hands_out_small_stills_about_once_a_second(tmp_path) -> None:
    now = [0.0]
    stills = Stills(tmp_path, clock=lambda: now[0])
    noisy = np.random.default_rng(1).integers(0, 255, (1280, 720, 4), dtype=np.uint8)
    given = []
    for n in range(25):
        now[0] = n / 8
        given.append(stills.due(noisy))
    assert [n for n, path in enumerate(given) if path] == [0, 8, 16, 24]
    data = (tmp_path / "still.jpg").read_bytes()
    assert len(data) <= MOST_BYTES
    assert Image.open(io.BytesIO(data)).size == (180, 320)  # nothing but noise
    assert stills_of(np.full((1280, 720, 4), 90, np.uint8), tmp_path).size == (360, 640)


def stills_of(pixels: np.ndarray[Any, Any], folder: Path) -> Image.Image:
    path = Stills(folder, clock=lambda: 0.0).due(pixels)
    assert path is not None
    return Image.open(path)


def test_a_shot_shows_its_stills_while_it_is_rendered(render, owner, api, monkeypatch) -> None:
    seen: list[int] = []

    def behave(kind: str, spec: dict[str, Any], ctx: Any) -> None:
        if kind == "shot":
            (ctx.workdir / "still.jpg").write_bytes(picture())
            ctx.progress(0.3, ctx.workdir / "still.jpg")
            row = render.links.filter(step__status="leased").get()
            seen.append(api(owner).get(address(render, row.step.key)).status_code)

    install(monkeypatch, behave)
    drain()
    render.refresh_from_db()
    assert (render.status, set(seen)) == ("done", {200})
