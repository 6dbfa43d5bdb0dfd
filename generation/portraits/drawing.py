"""A portrait is addressed by what decides it, drawn by a child process, one at a time, and kept on the shelf."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict

import structlog

from common.canonical import digest
from common.errors import DomainError
from generation.engines.base import CastMember
from generation.models import Character
from media import storage

log = structlog.get_logger(__name__)
VERSION = "1"  # of the painter: a new one draws everybody anew
WALL_SECONDS = 20
BOOT = "import json,sys; sys.path[:]=json.loads(sys.argv[1]); from generation.portraits.child import main; main()"
_one_at_a_time = threading.Semaphore(1)  # a page of ten new faces must not take every core of a web machine


class PortraitFailed(DomainError):
    """The drawing process did not answer."""

    status = 503
    code = "portrait_failed"
    message = "This portrait could not be drawn."
    remedy = "Load the page again in a moment."


def portrait_of(*, character: Character, language: str, admit: Callable[[], None]) -> tuple[str, bytes]:
    """(key, JPEG) of a character. `admit` is called before anything is drawn, and raises to refuse.

    The key changes with the look, so it is the ETag. Raises `PortraitFailed`.
    """
    member = CastMember(name=character.name, look=character.look, voice=character.voice, seed=character.seed)
    order = {"member": asdict(member), "language": language}
    key = digest({"portrait": VERSION, **order})
    name = f"portraits/{key[:2]}/{key}.jpg"
    try:
        return key, storage.read_bytes(name)
    except storage.NoSuchObject:
        admit()
    with _one_at_a_time:
        if storage.exists(name):
            return key, storage.read_bytes(name)
        picture = _drawn(order)
    storage.put_bytes(name, picture, "image/jpeg")
    return key, picture


def _drawn(order: Mapping[str, object]) -> bytes:
    paths = json.dumps([path for path in sys.path if path])
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", BOOT, paths], input=json.dumps(order).encode(),
            capture_output=True, timeout=WALL_SECONDS, check=True, env={"LC_ALL": "C.UTF-8"},
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
        told = (failure.stderr or b"").decode(errors="replace")[-500:]
        log.warning("portrait_failed", error=type(failure).__name__, stderr=told)
        raise PortraitFailed from failure
    return done.stdout
