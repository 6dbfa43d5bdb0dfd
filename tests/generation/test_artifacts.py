"""Inputs of a step: copied, verified, never written through; what is spoiled is gone for everybody."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from generation import artifacts
from generation.models import Artifact
from media import storage
from tests.generation.tiny import asked, drain, install, take

pytestmark = pytest.mark.django_db
SPOKEN = "INT. ROOM - DAY\n\nMARA waits.\n\nMARA\nNo.\n\nMARA\nNever.\n"


@pytest.fixture
def shot(monkeypatch, tmp_path):
    """A leased shot whose voices are stored: (lease, rows of the voices, a folder to fetch into)."""
    install(monkeypatch)
    asked(source=SPOKEN)
    drain(queues=("voice",))
    lease = take("render")
    while not lease.spec["shot"]["lines"]:
        lease = take("render")
    rows = list(Artifact.objects.filter(kind="voice", key__in=_needs(lease)).order_by("pk"))
    assert rows
    return lease, rows, tmp_path / "in"


def _needs(lease: Any) -> list[str]:
    from generation.models import StepEdge

    return list(StepEdge.objects.filter(step_id=lease.step_id).values_list("needs__key", flat=True))


def fetch(lease: Any, to: Path) -> dict[str, Any]:
    return artifacts.fetch_inputs(step_id=lease.step_id, creator_id=lease.creator_id, to=to)


def stored(row: Artifact) -> Path:
    root = storage.local_root()
    assert root is not None
    return root / row.prefix / row.files[0]["name"]


def replace(path: Path, data: bytes) -> None:
    path.unlink()
    path.write_bytes(data)


def test_what_is_fetched_is_what_was_put(shot) -> None:
    lease, rows, to = shot
    inputs = fetch(lease, to)
    found = {given.folder.name: (given.folder / "made.json").read_bytes() for given in inputs.values()}
    assert found == {row.key[:32]: stored(row).read_bytes() for row in rows}


def test_a_step_that_writes_into_its_inputs_alters_nothing_in_the_store(shot) -> None:
    lease, rows, to = shot
    before = {row.pk: stored(row).read_bytes() for row in rows}
    for given in fetch(lease, to).values():
        with (given.folder / "made.json").open("r+b") as mine:
            mine.write(b"overwritten")
            mine.truncate(3)
    assert {row.pk: stored(row).read_bytes() for row in rows} == before
    assert {stored(row).stat().st_nlink for row in rows} == {1}
    assert {stored(row).stat().st_mode & 0o777 for row in rows} == {0o444}
    assert set(fetch(lease, to / "again")) == set(fetch(lease, to / "third"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: replace(path, b""),
        lambda path: replace(path, path.read_bytes() + b" "),
        lambda path: replace(path, bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:]),
    ],
    ids=["missing", "empty", "longer", "one bit"],
)
def test_what_is_missing_or_altered_is_named_and_nobody_meets_it_again(shot, damage) -> None:
    lease, rows, to = shot
    bad, *good = rows
    damage(stored(bad))
    with pytest.raises(artifacts.InputGone) as gone:
        fetch(lease, to)
    assert gone.value.keys == (bad.key,)
    assert set(Artifact.objects.filter(pk__in=[row.pk for row in rows])) == set(good)
    assert not stored(bad).parent.exists()
    assert all(stored(row).exists() for row in good)


def test_a_row_that_came_in_the_meantime_under_the_same_key_stays(shot, monkeypatch) -> None:
    """Two steps meet the same damage; by the time the second says so, the first one's was made again."""
    lease, (bad, *_), to = shot
    stored(bad).unlink()
    check = storage.fetch_checked

    def slow(files: Any) -> Any:
        found = check(files)
        Artifact.objects.filter(pk=bad.pk).delete()
        Artifact.objects.create(
            creator_id=bad.creator_id, key=bad.key, kind=bad.kind, prefix="artifacts/aa/new", meta={}, files=[],
            size_bytes=0, created_at=bad.created_at,
        )
        return found

    monkeypatch.setattr(storage, "fetch_checked", slow)
    with pytest.raises(artifacts.InputGone):
        fetch(lease, to)
    assert Artifact.objects.get(key=bad.key).prefix == "artifacts/aa/new"


def test_an_artifact_without_a_row_is_gone_as_well(shot) -> None:
    lease, (bad, *_), to = shot
    bad.delete()
    with pytest.raises(artifacts.InputGone) as gone:
        fetch(lease, to)
    assert gone.value.keys == (bad.key,)


def test_a_shelf_that_is_not_there_is_no_loss(shot) -> None:
    """An unmounted disk must not make every artifact be made again."""
    lease, rows, to = shot
    root = storage.local_root()
    assert root is not None
    root.rename(root.with_name("unmounted"))
    with pytest.raises(artifacts.StoreFault):
        fetch(lease, to)
    assert Artifact.objects.filter(pk__in=[row.pk for row in rows]).count() == len(rows)


def test_a_file_that_came_wrong_over_the_wire_is_fetched_again(shot, monkeypatch) -> None:
    lease, rows, to = shot
    measure, lies = storage._measure, [True]
    monkeypatch.setattr(storage, "_measure", lambda path: (0, "") if lies and lies.pop() else measure(path))
    assert len(fetch(lease, to)) >= 1
    assert Artifact.objects.filter(pk__in=[row.pk for row in rows]).count() == len(rows)


def test_a_put_that_fails_in_the_middle_leaves_nothing(tmp_path, monkeypatch) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "clip.mp4").write_bytes(b"clip")
    (out / "last.jpg").symlink_to(out / "clip.mp4")
    with pytest.raises(Exception, match="plain files"):
        artifacts.put(kind="shot", folder=out)
    root = storage.local_root()
    assert root is not None
    assert [path for path in root.rglob("*") if path.is_file()] == []


def test_the_manifest_says_what_the_files_are(tmp_path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"clip")
    kept = artifacts.put(kind="package", folder=tmp_path)
    assert kept.prefix.startswith("masters/")
    assert kept.files == [{"name": "clip.mp4", "size": 4, "sha256": hashlib.sha256(b"clip").hexdigest()}]
