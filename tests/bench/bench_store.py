"""What a step pays for its bytes: put and fetch (verified) on the local disk, and on S3 against the disk.

S3 is the twin in a process of its own on this machine, so its figures are those of the client (signing, digests,
pieces) and of no network. A shot is a mezzanine with its last frame and its preview; a package is an episode's three
rungs with playlists and pictures. Floors: a plain copy and fsync of the same files; the local store for S3.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.harness import Result, compare

MIB = 1 << 20
SHOT = {"clip.mp4": 3 * MIB, "last.jpg": MIB // 8, "preview.jpg": MIB // 16}
PACKAGE = {
    "720p.mp4": 24 * MIB, "540p.mp4": 14 * MIB, "360p.mp4": 7 * MIB, "720p.m3u8": 4096, "540p.m3u8": 4096,
    "360p.m3u8": 4096, "master.m3u8": 512, "poster.jpg": MIB // 4, "contact-sheet.png": MIB, "captions.vtt": 2048,
}
ROOT = Path(__file__).resolve().parents[2]


def run() -> list[Result]:
    import django

    django.setup()
    results = []
    with tempfile.TemporaryDirectory() as folder, _twin() as url:
        here = Path(folder)
        for name, sizes in (("shot", SHOT), ("package", PACKAGE)):
            tree = _made(here / name, sizes)
            results += _compared(name, tree, here, url)
    return results


def _compared(name: str, tree: Path, here: Path, url: str) -> list[Result]:
    def timed(work: Callable[[], object]) -> Callable[[], float]:
        def one() -> float:
            began = time.perf_counter()
            work()
            return (time.perf_counter() - began) * 1000

        return one

    disk, bucket = _Store(tree, here / "work"), _Store(tree, here / "work")
    local, plain, far = timed(lambda: disk.trip(_on_disk(here))), timed(lambda: _plain(tree, here)), timed(
        lambda: bucket.trip(lambda: _on_s3(url))
    )
    digest = timed(lambda: _digest(tree))
    return [
        compare(f"store_{name}_local", local, plain, unit="ms", budget="put + fetch; floor: copy, fsync, copy"),
        compare(f"store_{name}_s3", far, local, unit="ms", budget="put + fetch on the twin; floor: local"),
        compare(f"store_{name}_sha256", digest, local, unit="ms", budget="one pass of a trip's two; floor: local"),
    ]


class _Store:
    """One trip of a tree: into the store under a fresh prefix, back into an empty folder, and away."""

    def __init__(self, tree: Path, work: Path) -> None:
        self.tree, self.work = tree, work

    def trip(self, use: Callable[[], None]) -> None:
        from media import storage

        use()
        prefix = storage.new_prefix("artifacts")
        stored = storage.put_tree(self.tree, prefix)
        wanted = [
            storage.Wanted(f"{prefix}/{file.name}", file.size, file.sha256, self.work / file.name) for file in stored
        ]
        assert storage.fetch_checked(wanted) == []
        shutil.rmtree(self.work)
        storage.delete_tree(prefix)


def _on_disk(here: Path) -> Callable[[], None]:
    def use() -> None:
        from django.core.files.storage import FileSystemStorage, default_storage

        default_storage._wrapped = FileSystemStorage(location=here / "shelf")

    return use


_storages: dict[str, object] = {}


def _on_s3(url: str) -> None:
    from django.core.files.storage import default_storage
    from storages.backends.s3 import S3Storage

    from tests.twins.s3 import options

    if url not in _storages:
        _storages[url] = S3Storage(**options(url, "reels"))
    default_storage._wrapped = _storages[url]


def _plain(tree: Path, here: Path) -> None:
    """What no store can do without: the bytes onto the disk for good, and back."""
    for path in sorted(tree.iterdir()):
        with path.open("rb") as source, (here / "plain").open("wb") as out:
            shutil.copyfileobj(source, out, 1 << 18)
            out.flush()
            os.fsync(out.fileno())
        shutil.copyfile(here / "plain", here / "back")


def _digest(tree: Path) -> None:
    for path in tree.iterdir():
        with path.open("rb") as data:
            hashlib.file_digest(data, "sha256")


def _made(folder: Path, sizes: dict[str, int]) -> Path:
    folder.mkdir()
    for name, size in sizes.items():
        (folder / name).write_bytes(os.urandom(size))
    return folder


@contextmanager
def _twin() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.twins.s3"], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
    ) as child:
        try:
            assert child.stdout
            yield child.stdout.readline().strip()
        finally:
            child.terminate()
