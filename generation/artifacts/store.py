"""Bytes of steps: put under a fresh prefix, fetched and verified for the steps that need them.

The bytes are put first and the row (by `scheduler.complete`) second; two attempts never write to the same place. What
turns out to be missing or altered loses its row and its bytes, so that nobody meets it again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import structlog

from catalog.models import Master
from common.errors import Conflict
from generation.models import Artifact, Render, StepEdge
from generation.steps import KINDS, Input
from media import storage

log = structlog.get_logger(__name__)
# a package becomes a master, and its grants name its prefix
FOLDERS = {"package": "masters"}


class InputGone(Exception):
    """What an earlier step left is no longer there, or no longer what it was. `keys` have to be made again."""

    def __init__(self, *keys: str) -> None:
        super().__init__(f"missing artifacts: {', '.join(key[:12] for key in keys)}")
        self.keys = keys


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a step's files lie, and what they are: [{name, size, sha256}]."""

    prefix: str
    files: list[dict[str, str | int]]


def put(*, kind: str, folder: Path) -> Stored:
    """Store everything in `folder` under a prefix of its own; what was put is deleted again if that fails.

    Raises `StoreFault`, of which `DiskFull` is one.
    """
    prefix = storage.new_prefix(FOLDERS.get(kind, "artifacts"))
    try:
        files = storage.put_tree(folder, prefix)
    except BaseException:
        discard(prefix)
        raise
    return Stored(prefix, [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in files])


def discard(prefix: str) -> bool:
    """Delete what nothing refers to. A failure leaves rubbish (see `collect`), and is only logged and told."""
    try:
        storage.delete_tree(prefix)
    except Exception as failure:  # nothing depends on it, and the attempt's own outcome must not change
        log.warning("artifact_not_discarded", prefix=prefix, error=repr(failure))
        return False
    return True


def fetch_inputs(*, step_id: int, creator_id: int, to: Path) -> dict[str, Input]:
    """Bring what the step opens of its inputs into folders of its own below `to`, verified, by input name.

    Raises `InputGone` for what has no row, or whose files are missing or altered (then the row is gone as well when it
    raises), and `StoreFault` (`DiskFull`) for what may be there but cannot be had just now.
    """
    edges = list(StepEdge.objects.filter(step_id=step_id).values_list("name", "needs__key", "step__kind"))
    names = {name: key for name, key, _ in edges}
    stored = {row.key: row for row in Artifact.objects.filter(creator_id=creator_id, key__in=names.values())}
    folders = {key: to / key[:32] for key in stored}
    spoiled = _fetch([(row, folders[key]) for key, row in stored.items()], _opened(edges))
    _drop(spoiled)
    if gone := (set(names.values()) - set(stored)) | {row.key for row in spoiled}:
        raise InputGone(*sorted(gone))
    return {name: Input(stored[key].meta, folders[key]) for name, key in names.items()}


def export_package(render: Render, out: Path) -> Path:
    """Copy the finished package of `render` into the folder `out`, verified.

    Raises `Conflict` while it is not done, or if its bytes are damaged.
    """
    package = package_of(render)
    out.mkdir(parents=True, exist_ok=True)
    if _fetch([(package, out)]):
        raise Conflict("The stored package is damaged.", code="package_damaged", remedy="Bring it back from a backup.")
    return out


def package_of(render: Render) -> Artifact:
    """The package of a done render; raises `Conflict` otherwise."""
    package = Artifact.objects.filter(creator_id=render.creator_id, key=render.final_key).first()
    if render.status != Render.Status.DONE or package is None:
        raise Conflict(f"This render is {render.status}.", code="render_not_done", remedy="Wait until it is done.")
    return package


def _opened(edges: Sequence[tuple[str, str, str]]) -> dict[str, frozenset[str]]:
    """The files that a step opens, by the key of the input, where it does not read an input whole."""
    found: dict[str, list[tuple[str, ...] | None]] = {}
    for name, key, kind in edges:
        found.setdefault(key, []).append(KINDS[kind].files_of(name) if kind in KINDS else None)
    return {
        key: frozenset(file for part in parts if part for file in part)
        for key, parts in found.items()
        if None not in parts
    }


def _fetch(
    wanted: Sequence[tuple[Artifact, Path]], opened: Mapping[str, frozenset[str]] = MappingProxyType({})
) -> list[Artifact]:
    """Bring the files of all of them, of those in `opened` only these; returns those with one missing or altered."""
    for _, to in wanted:
        to.mkdir(parents=True, exist_ok=True)
    bad = storage.fetch_checked([file for row, to in wanted for file in _files(row, to, opened.get(row.key))])
    places = {file.to for file in bad}
    return [row for row, to in wanted if any(file.to in places for file in _files(row, to))]


def _files(row: Artifact, to: Path, only: frozenset[str] | None = None) -> list[storage.Wanted]:
    return [
        storage.Wanted(f"{row.prefix}/{file['name']}", int(file["size"]), str(file["sha256"]), to / file["name"])
        for file in row.files
        if only is None or file["name"] in only
    ]


def _drop(spoiled: Collection[Artifact]) -> None:
    """Row by row's own id and first: under the same key a good one may have come in the meantime. Then the bytes."""
    for row in spoiled:
        log.warning("artifact_spoiled", step=row.key[:12], step_kind=row.kind, prefix=row.prefix)
        Artifact.objects.filter(pk=row.pk).delete()
        if not Master.objects.filter(prefix=row.prefix).exists():  # viewers may still watch what is left of that
            discard(row.prefix)
