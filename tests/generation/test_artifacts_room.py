"""No space left: known before a step is begun, named wherever it happens, and nothing half done stays."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from generation import artifacts, runner
from generation.artifacts import room
from generation.models import Step
from media import shelves, storage
from media.errors import disk_faults, is_disk_full
from tests.generation.tiny import asked, drain, install

MIB = 1 << 20


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 4 MiB: mounted in a name space of its own, without root, and entered from outside."""
    place = tmp_path / "small"
    place.mkdir()
    script = f"mount -t tmpfs -o size=4m tmpfs '{place}' && echo mounted && exec cat"
    with subprocess.Popen(["unshare", "-rm", "sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as holder:  # fmt: skip
        if holder.stdout.readline().strip() != "mounted":
            pytest.skip(f"this kernel mounts nothing without root: {holder.stderr.read().strip()}")
        yield Path(f"/proc/{holder.pid}/root{place}")
        holder.stdin.close()


def shelf_at(settings, folder: Path) -> None:
    local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}}
    settings.STORAGES = settings.STORAGES | {"default": local}


def made(folder: Path, **sizes: int) -> Path:
    folder.mkdir()
    for name, size in sizes.items():
        (folder / f"{name}.mp4").write_bytes(b"x" * size)
    return folder


def test_a_full_store_is_named_and_keeps_nothing_of_what_did_not_fit(settings, small_disk, tmp_path) -> None:
    shelf_at(settings, small_disk / "shelf")
    kept = artifacts.put(kind="shot", folder=made(tmp_path / "first", clip=MIB))
    with pytest.raises(artifacts.DiskFull):
        artifacts.put(kind="shot", folder=made(tmp_path / "second", a=MIB, b=MIB, c=2 * MIB))
    files = [path.relative_to(small_disk / "shelf") for path in small_disk.rglob("*") if path.is_file()]
    assert files == [Path(kept.prefix) / "clip.mp4"]
    artifacts.put(kind="shot", folder=made(tmp_path / "third", clip=2 * MIB))  # the space is there again


def test_a_full_folder_for_work_is_named_while_fetching_and_while_working(settings, small_disk, monkeypatch) -> None:
    storage.put_bytes("artifacts/aa/big/clip.mp4", b"x" * 5 * MIB, "video/mp4")
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk))
    with pytest.raises(artifacts.DiskFull):
        with artifacts.workroom() as here:
            storage.fetch_tree("artifacts/aa/big", ["clip.mp4"], here)
    with pytest.raises(artifacts.DiskFull):
        with artifacts.workroom() as here:
            (here / "frames").write_bytes(b"x" * 5 * MIB)
    assert list(small_disk.iterdir()) == []


def test_too_little_free_space_is_known_before_a_step_is_begun(settings, small_disk, monkeypatch) -> None:
    settings.MIN_FREE_BYTES = 8 * MIB
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk))
    with pytest.raises(artifacts.DiskFull):
        artifacts.require_room()
    settings.MIN_FREE_BYTES = 2 * MIB
    artifacts.require_room()


def test_the_store_needs_room_as_well_even_before_it_exists(settings, small_disk, tmp_path) -> None:
    shelf_at(settings, small_disk / "not" / "yet" / "there")
    settings.MIN_FREE_BYTES = 8 * MIB
    with pytest.raises(artifacts.DiskFull) as full:
        artifacts.require_room()
    assert full.value.code == "disk_full"


def test_a_disk_without_inodes_is_full(monkeypatch, tmp_path) -> None:
    free = os.statvfs(tmp_path)
    fields = list(free)
    fields[5:8] = [100, 0, 0]  # files, free, available
    monkeypatch.setattr(os, "statvfs", lambda folder: os.statvfs_result(fields))
    assert room.free_bytes(tmp_path) == 0


def test_a_store_on_a_device_that_is_always_full_says_so_without_root(settings, tmp_path, monkeypatch) -> None:
    """The kernel's own ENOSPC, from /dev/full: the shelf's part file is a link to it."""
    shelf_at(settings, tmp_path / "store")
    (tmp_path / "store" / ".tmp").mkdir(parents=True)
    (tmp_path / "store" / ".tmp" / "part").symlink_to("/dev/full")
    with monkeypatch.context() as patch:
        patch.setattr(shelves, "unguessable", lambda: "part")
        with pytest.raises(artifacts.DiskFull):
            artifacts.put(kind="shot", folder=made(tmp_path / "out", clip=2 * MIB))
    assert [path for path in (tmp_path / "store").rglob("*") if not path.is_dir()] == []


def test_a_full_disk_is_seen_through_what_was_made_of_the_error() -> None:
    def encoder() -> None:
        try:
            raise OSError(errno.EDQUOT, "Disk quota exceeded")
        except OSError as full:
            raise RuntimeError("encoder died") from full

    with pytest.raises(artifacts.DiskFull):
        with disk_faults():
            encoder()
    assert not is_disk_full(OSError(errno.EIO, "broken"))
    with pytest.raises(ZeroDivisionError):
        with disk_faults():
            raise ZeroDivisionError


def test_an_encoder_on_a_full_disk_says_so_too(small_disk) -> None:
    import av
    import numpy as np

    def encode() -> None:
        with disk_faults(), av.open(str(small_disk / "clip.mp4"), "w", format="mp4") as out:
            stream = out.add_stream("libx264", rate=24, options={"crf": "0", "preset": "ultrafast"})
            stream.width, stream.height, stream.pix_fmt = 720, 1280, "yuv420p"
            noise = np.random.default_rng(1)
            for _ in range(12):
                picture = noise.integers(0, 255, (1280, 720, 3), dtype=np.uint8)
                out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            out.mux(stream.encode(None))

    with pytest.raises(artifacts.DiskFull):
        encode()


HOLDER = """
import django; django.setup()
import sys, time
from generation import artifacts, runner
with artifacts.workroom() as here:
    (here / "frames").write_bytes(b"x" * 1000)
    print(here, flush=True)
    time.sleep(60)
"""


def test_the_folder_of_a_killed_worker_is_cleared_and_that_of_a_living_one_is_not(tmp_path, monkeypatch) -> None:
    env = os.environ | {"TMPDIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    env["PYTHONPATH"] = os.pathsep.join(sys.path)
    with subprocess.Popen([sys.executable, "-c", HOLDER], env=env, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        left = Path(child.stdout.readline().strip())
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        assert artifacts.clear_abandoned() == 0
        assert (left / "frames").exists()
        child.send_signal(signal.SIGKILL)
    with artifacts.workroom() as mine:
        assert artifacts.clear_abandoned() == 1
        assert not left.exists()
        assert mine.exists()
    assert list(tmp_path.glob("rw-step-*")) == []


@pytest.mark.django_db
def test_a_worker_with_a_full_disk_begins_nothing_burns_no_try_and_goes_on_when_there_is_room(
    settings, small_disk, monkeypatch
) -> None:
    hungry = [True]

    def behave(kind, spec, ctx) -> None:
        if hungry:
            (ctx.workdir / "frames").write_bytes(b"x" * 5 * MIB)

    install(monkeypatch, behave)
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk))
    render = asked(source="INT. ROOM - DAY\n\nMARA waits.\n\nMARA\nNo.\n")
    settings.MIN_FREE_BYTES = 8 * MIB
    runner.wake()
    assert runner.run_next(queue="voice", worker="w") is False
    assert not Step.objects.exclude(attempt=0).exists()
    settings.MIN_FREE_BYTES = MIB
    for _ in range(6):  # more often than a step may be tried
        runner.wake()
        assert runner.run_next(queue="voice", worker="w") is True
    assert runner.run_next(queue="voice", worker="w") is False  # it rests
    assert set(Step.objects.filter(queue="voice").values_list("status", "tries")) == {("ready", 0)}
    assert list(small_disk.iterdir()) == []
    hungry.clear()
    runner.wake()
    drain()
    render.refresh_from_db()
    assert render.status == "done"
