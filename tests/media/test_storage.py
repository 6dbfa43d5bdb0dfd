"""The same calls on a disk and on S3, with the same answers."""

from __future__ import annotations

import hashlib
import threading

import pytest

from common.errors import Invalid
from media import storage

PREFIX = "artifacts/ab/" + "ab" * 16


def tree(tmp_path, files):
    root = tmp_path / "work"
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def test_a_tree_goes_in_and_comes_out_the_same(store, tmp_path):
    files = {"clip.mp4": b"\x00" * 700_000, "sub/last.jpg": b"jpeg", "empty.vtt": b""}
    stored = storage.put_tree(tree(tmp_path, files), PREFIX)
    assert stored == [
        storage.StoredFile(name, len(files[name]), hashlib.sha256(files[name]).hexdigest()) for name in sorted(files)
    ]
    out = tmp_path / "out"
    storage.fetch_tree(PREFIX, ["clip.mp4", "sub/last.jpg"], out)
    storage.fetch_tree(PREFIX, ["clip.mp4"], out)
    assert (out / "clip.mp4").read_bytes() == files["clip.mp4"]
    assert (out / "sub/last.jpg").read_bytes() == b"jpeg"
    assert not (out / "empty.vtt").exists()


def test_what_is_not_there_is_said_so(store, tmp_path):
    assert storage.exists("masters/none.mp4") is False
    assert storage.info("masters/none.mp4") is None
    with pytest.raises(storage.NoSuchObject):
        storage.read_bytes("masters/none.mp4")
    storage.put_bytes("masters/other.mp4", b"", "video/mp4")
    with pytest.raises(storage.NoSuchObject):
        storage.fetch_tree(PREFIX, ["none.mp4"], tmp_path)


def test_bytes_are_replaced_whole_and_known_by_their_tag(store):
    storage.put_bytes("posters/a.jpg", b"first", "image/jpeg")
    before = storage.info("posters/a.jpg")
    storage.put_bytes("posters/a.jpg", b"second", "image/jpeg")
    after = storage.info("posters/a.jpg")
    assert storage.read_bytes("posters/a.jpg") == b"second"
    assert (before.size, after.size) == (5, 6)
    assert before.etag != after.etag
    assert after.etag.startswith('"')
    assert after.etag.endswith('"')


def test_a_tree_is_deleted_and_its_neighbour_stays(store, tmp_path):
    root = tree(tmp_path, {"a.mp4": b"a", "b/c.mp4": b"c"})
    storage.put_tree(root, PREFIX)
    storage.put_tree(root, PREFIX + "0")
    storage.delete_tree(PREFIX)
    storage.delete_tree(PREFIX)
    assert not storage.exists(f"{PREFIX}/a.mp4")
    assert not storage.exists(f"{PREFIX}/b/c.mp4")
    assert storage.exists(f"{PREFIX}0/b/c.mp4")


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "a//b", "a/./b", "a\\b", "a\x00", ".hidden", "", "a/", "%2e%2e"]
)
def test_names_that_lead_elsewhere_are_refused_everywhere(disk, tmp_path, name):
    for call in (storage.read_bytes, storage.exists, storage.delete_tree, lambda n: storage.put_bytes(n, b"", "x")):
        with pytest.raises(Invalid):
            call(name)
    with pytest.raises(Invalid):
        storage.fetch_tree("masters", [name], tmp_path / "out")
    assert not disk.exists()
    assert not (tmp_path / "out").exists()


def test_a_symlink_is_refused_and_not_followed(disk, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    work = tmp_path / "work"
    work.mkdir()
    (work / "clip.mp4").symlink_to(secret)
    with pytest.raises(Invalid):
        storage.put_tree(work, PREFIX)
    assert not storage.exists(f"{PREFIX}/clip.mp4")


def test_a_reader_never_sees_half_a_file(disk):
    sizes, stop = set(), threading.Event()
    storage.put_bytes("posters/big.jpg", b"a" * 3_000_000, "image/jpeg")

    def watch():
        while not stop.is_set():
            sizes.add(len(storage.read_bytes("posters/big.jpg")))

    watcher = threading.Thread(target=watch)
    watcher.start()
    for letter in (b"b", b"c", b"d"):
        storage.put_bytes("posters/big.jpg", letter * 3_000_000, "image/jpeg")
    stop.set()
    watcher.join()
    assert sizes == {3_000_000}
    assert list((disk / ".tmp").iterdir()) == []


def test_a_bucket_keeps_the_content_type_and_stays_private(bucket, twin, tmp_path):
    storage.put_tree(tree(tmp_path, {"master.m3u8": b"#EXTM3U", "720p.mp4": b"mp4"}), PREFIX)
    head = bucket.head_object(Bucket="reels", Key=f"{PREFIX}/master.m3u8")
    assert head["ContentType"] == "application/vnd.apple.mpegurl"
    kept = {name for one in twin.buckets["reels"].objects.values() for name in one.headers}
    assert kept == {"Content-Type"}  # no access list: what is not said is private


@pytest.mark.slow
def test_a_tree_of_more_files_than_one_page_of_a_bucket_is_deleted(bucket):
    for number in range(1005):
        bucket.put_object(Bucket="reels", Key=f"{PREFIX}/{number}.jpg", Body=b"")
    storage.delete_tree(PREFIX)
    assert bucket.list_objects_v2(Bucket="reels", Prefix=PREFIX)["KeyCount"] == 0
