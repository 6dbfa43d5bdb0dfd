"""Bytes of steps: put under a fresh prefix, fetched for the steps that need them, forgotten when they turn out gone.

The bytes are put first and the row (by `scheduler.complete`) second; two attempts never write to the same place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from common.errors import Conflict
from generation.models import Artifact, Render, StepEdge
from generation.steps import Input
from media import storage

log = structlog.get_logger(__name__)
# a package becomes a master, and its grants name its prefix
FOLDERS = {"package": "masters"}


class InputGone(Exception):
    """What an earlier step left is no longer there. `keys` are the artifacts that have to be made again."""

    def __init__(self, *keys: str) -> None:
        super().__init__(f"missing artifacts: {', '.join(key[:12] for key in keys)}")
        self.keys = keys


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a step's files lie, and what they are: [{name, size, sha256}]."""

    prefix: str
    files: list[dict[str, str | int]]


def put(*, kind: str, folder: Path) -> Stored:
    """Store everything in `folder` under a prefix of its own; what was put is deleted again if that fails."""
    prefix = storage.new_prefix(FOLDERS.get(kind, "artifacts"))
    try:
        files = storage.put_tree(folder, prefix)
    except BaseException:
        discard(prefix)
        raise
    return Stored(prefix, [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in files])


def discard(prefix: str) -> None:
    """Delete what an attempt put that was not accepted. A failure leaves rubbish, and is only logged."""
    try:
        storage.delete_tree(prefix)
    except Exception as failure:  # nothing depends on it, and the attempt's own outcome must not change
        log.warning("artifact_not_discarded", prefix=prefix, error=repr(failure))


def fetch_inputs(*, step_id: int, creator_id: int, to: Path) -> dict[str, Input]:
    """Bring what the step needs into folders below `to` (read only), by input name. Raises `InputGone`."""
    names = dict(StepEdge.objects.filter(step_id=step_id).values_list("name", "needs__key"))
    stored = {row.key: row for row in Artifact.objects.filter(creator_id=creator_id, key__in=names.values())}
    if absent := set(names.values()) - set(stored):
        raise InputGone(*sorted(absent))
    folders = {key: _fetch(row, to / key[:32]) for key, row in stored.items()}
    return {name: Input(stored[key].meta, folders[key]) for name, key in names.items()}


def forget(*, creator_id: int, keys: Sequence[str]) -> None:
    """Drop the rows of artifacts whose bytes are gone: the next render that needs them makes them again."""
    Artifact.objects.filter(creator_id=creator_id, key__in=keys).delete()


def export_package(render: Render, out: Path) -> Path:
    """Copy the finished package of `render` into the folder `out`. Raises `Conflict` while it is not done."""
    package = package_of(render)
    out.mkdir(parents=True, exist_ok=True)
    for file in package.files:
        target = out / file["name"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(storage.read_bytes(f"{package.prefix}/{file['name']}"))
    return out


def package_of(render: Render) -> Artifact:
    """The package of a done render; raises `Conflict` otherwise."""
    package = Artifact.objects.filter(creator_id=render.creator_id, key=render.final_key).first()
    if render.status != Render.Status.DONE or package is None:
        raise Conflict(f"This render is {render.status}.", code="render_not_done", remedy="Wait until it is done.")
    return package


def _fetch(row: Artifact, to: Path) -> Path:
    to.mkdir(parents=True, exist_ok=True)
    try:
        storage.fetch_tree(row.prefix, [file["name"] for file in row.files], to)
    except storage.NoSuchObject as gone:
        raise InputGone(row.key) from gone
    return to
