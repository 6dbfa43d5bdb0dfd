"""Stills of shots that are being rendered: kept for a minute in the shared cache, shown to members only.

A worker leaves them there about once a second; a web process on another machine hands them out. They are no artifact:
nothing depends on them, and whatever goes wrong with them is no failure.
"""

from __future__ import annotations

import io
import re
import uuid
from pathlib import Path

import structlog
from django.core.cache import cache

from accounts.models import User
from common import outage
from common.errors import NotFound
from generation.models import Artifact, RenderStep, Step
from media import storage

log = structlog.get_logger(__name__)
MOST_BYTES = 30 * 1024
LIFE_SECONDS = 60
SIZES = ((360, 75), (360, 60), (360, 40), (180, 60))  # pixels across and quality, until it is small enough
STILL = "preview.jpg"
KEY = re.compile(r"[0-9a-f]{8,64}")
JPEG = b"\xff\xd8\xff"


def frame_keep(*, creator_id: int, key: str, picture: Path) -> bool:
    """Keep a JPEG as what the running step `key` looks like now, for a minute. False if it cannot be made small enough.

    Raises what the cache raises: the caller knows better how long to leave it alone.
    """
    data = small(picture)
    if data is None:
        log.warning("frame_not_usable", step=key[:12])
        return False
    cache.set(_name(creator_id, key), data, LIFE_SECONDS)
    return True


def frame_for_member(*, user: User, uid: uuid.UUID, key: str) -> bytes:
    """The newest still of a step of the render `uid`: of the running attempt, or what the finished step left.

    Raises `NotFound` for a render that is not the member's, and while there is no picture.
    """
    mine = RenderStep.objects.filter(render__uid=uid, step__key=key, render__creator__memberships__user=user)
    found = mine.values_list("step__creator_id", "step__status").first() if KEY.fullmatch(key) else None
    if found is None:
        raise NotFound()
    creator_id, status = found
    frame = None if status == Step.Status.DONE else _kept(creator_id, key)
    frame = frame or _left_behind(creator_id, key)
    if frame is None:
        raise NotFound()
    return frame


def small(picture: Path) -> bytes | None:
    """The file's bytes if they are a small JPEG, else a smaller one made of it; None if that fails."""
    try:
        data = picture.read_bytes()
        return data if len(data) <= MOST_BYTES and data.startswith(JPEG) else _shrunk(data)
    except (OSError, ValueError):  # gone, or no picture
        return None


def _shrunk(data: bytes) -> bytes | None:
    from PIL import Image  # a web process hands stills out and makes none

    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as opened:
        opened.draft("RGB", (SIZES[0][0], 1))  # the decoder may skip what will not be seen
        picture = opened.convert("RGB")
    for width, quality in SIZES:
        picture.thumbnail((width, width * 4))
        made = io.BytesIO()
        picture.save(made, "JPEG", quality=quality)
        if made.tell() <= MOST_BYTES:
            return made.getvalue()
    return None


def _kept(creator_id: int, key: str) -> bytes | None:
    if outage.lasts():
        return None
    try:
        data: bytes | None = cache.get(_name(creator_id, key))
    except Exception as gone:  # no picture for now
        outage.note(gone)
        log.warning("frame_not_read", error=repr(gone))
        return None
    return data


def _left_behind(creator_id: int, key: str) -> bytes | None:
    made = Artifact.objects.filter(creator_id=creator_id, key=key).first()
    if made is None or not any(file["name"] == STILL for file in made.files):
        return None
    try:
        return storage.read_bytes(f"{made.prefix}/{STILL}")
    except storage.NoSuchObject:
        return None


def _name(creator_id: int, key: str) -> str:
    return f"frame:{creator_id}:{key}"
