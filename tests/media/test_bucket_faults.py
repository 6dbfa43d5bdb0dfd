"""What goes wrong with a bucket: tried again within bounds, then said in plain words; nothing half done stays."""

from __future__ import annotations

import hashlib
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from media import bucket as bucket_module
from media import storage
from tests.media.conftest import use
from tests.twins.s3 import ACCESS_KEY

PREFIX = "artifacts/ab/" + "ab" * 16
NAME = f"{PREFIX}/clip.mp4"
DATA = bytes(range(256)) * 4096  # 1 MiB
BIG = DATA * 13  # two pieces of 5 MiB and a rest, with PIECE as below


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    """The client's pauses between tries are its own business; here they only cost time."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda seconds: None, time=time.time))
    monkeypatch.setattr(bucket_module, "PIECE", 5 << 20)


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "work"
    root.mkdir()
    (root / "clip.mp4").write_bytes(DATA)
    return root


def wanted(tmp_path, data=DATA, name=NAME):
    return storage.Wanted(name, len(data), hashlib.sha256(data).hexdigest(), tmp_path / "in" / "clip.mp4")


@pytest.mark.parametrize("how", ["SlowDown", "InternalError", "reset"])
def test_a_fault_that_passes_is_not_noticed(twin, tree, tmp_path, how):
    twin.fail("PutObject", how, times=2)
    storage.put_tree(tree, PREFIX)
    twin.fail("GetObject", how, times=2)
    assert storage.fetch_checked([wanted(tmp_path)]) == []
    assert (tmp_path / "in" / "clip.mp4").read_bytes() == DATA
    assert (twin.count("PutObject"), twin.count("GetObject")) == (3, 3)


def test_an_answer_that_is_cut_in_the_middle_is_asked_for_again(twin, tree, tmp_path):
    storage.put_tree(tree, PREFIX)
    twin.fail("GetObject", "cut", times=2)
    assert storage.fetch_checked([wanted(tmp_path)]) == []
    assert (tmp_path / "in" / "clip.mp4").read_bytes() == DATA


@pytest.mark.parametrize(
    ("how", "code"),
    [("SlowDown", "store_busy"), ("InternalError", "store_unavailable"), ("reset", "store_unavailable"),
     ("AccessDenied", "store_denied"), ("ExpiredToken", "store_credentials")],
)
def test_a_fault_that_lasts_ends_in_bounds_and_says_what_to_do(twin, tree, tmp_path, how, code):
    storage.put_tree(tree, PREFIX)
    twin.fail("*", how, times=1000)
    calls = [
        lambda: storage.put_tree(tree, PREFIX), lambda: storage.fetch_checked([wanted(tmp_path)]),
        lambda: storage.read_bytes(NAME), lambda: storage.put_bytes(NAME, b"x", "video/mp4"),
        lambda: storage.delete_tree(PREFIX), lambda: list(storage.folders("artifacts")),
        lambda: storage.info(NAME) if how != "ExpiredToken" else storage.read_bytes(NAME),
    ]
    for call in calls:
        with pytest.raises(storage.StoreFault) as fault:
            call()
        said = f"{fault.value.message} {fault.value.remedy}"
        assert (fault.value.code, fault.value.status) == (code, 503)
        assert PREFIX not in said
        assert ACCESS_KEY not in said
    assert len(twin.log) < 60
    twin.heal()
    assert storage.read_bytes(NAME) == DATA


def test_a_bucket_that_is_not_there_is_no_missing_file(twin, tmp_path):
    twin.buckets.clear()
    for call in (lambda: storage.fetch_checked([wanted(tmp_path)]), lambda: storage.read_bytes(NAME)):
        with pytest.raises(storage.StoreFault) as fault:
            call()
        assert fault.value.code == "store_no_bucket"


def test_real_wrong_keys_are_a_refusal_too(twin, settings, tmp_path):
    use(settings, twin, secret_key="wrong")
    with pytest.raises(storage.StoreFault) as fault:
        storage.read_bytes(NAME)
    assert fault.value.code == "store_denied"


def test_a_server_that_is_not_there_or_hangs_holds_nobody_for_long(twin, settings):
    from botocore.config import Config

    hasty = Config(s3={"addressing_style": "path"}, read_timeout=0.3, retries={"total_max_attempts": 2})
    use(settings, twin, client_config=hasty)
    twin.fail("*", "slow", times=10, seconds=1.0)
    began = time.monotonic()
    with pytest.raises(storage.StoreFault):
        storage.read_bytes(NAME)
    assert time.monotonic() - began < 5
    use(settings, twin, client_config=hasty, endpoint_url="http://127.0.0.1:9")
    with pytest.raises(storage.StoreFault) as fault:
        storage.read_bytes(NAME)
    assert fault.value.code == "store_unavailable"


def test_every_wait_of_the_platforms_client_has_an_end(twin):
    config = storage.shelf().client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 10)
    assert config.retries == {"mode": "standard", "total_max_attempts": 3}


def test_big_files_go_and_come_in_pieces_of_which_few_are_on_their_way(twin, tree, tmp_path):
    (tree / "clip.mp4").write_bytes(BIG)
    for n in range(12):
        (tree / f"{n}.jpg").write_bytes(b"small")
    storage.put_tree(tree, PREFIX)
    assert (twin.count("UploadPart"), twin.count("CompleteMultipartUpload"), twin.count("PutObject")) == (3, 1, 12)
    assert storage.fetch_checked([wanted(tmp_path, BIG)]) == []
    assert (tmp_path / "in" / "clip.mp4").read_bytes() == BIG
    assert twin.count("HeadObject") == 0  # one round trip for a small one, none to look first
    assert max(twin.peak.values()) <= bucket_module.AT_ONCE


@pytest.mark.parametrize("where", ["UploadPart", "CompleteMultipartUpload"])
def test_an_upload_in_pieces_that_fails_leaves_nothing(twin, tree, where):
    (tree / "clip.mp4").write_bytes(BIG)
    twin.fail(where, "InternalError", times=1000)
    with pytest.raises(storage.StoreFault):
        storage.put_tree(tree, PREFIX)
    bucket = twin.buckets["reels"]
    assert (bucket.uploads, bucket.objects) == ({}, {})
    assert twin.count("AbortMultipartUpload") == 1


def test_what_a_killed_upload_left_is_dropped_once_it_is_old(twin, bucket):
    begun = bucket.create_multipart_upload(Bucket="reels", Key=NAME)["UploadId"]
    bucket.upload_part(Bucket="reels", Key=NAME, UploadId=begun, PartNumber=1, Body=b"x")
    now = timezone.now()
    assert storage.drop_unfinished(before=now - timedelta(days=1)) == 0
    assert list(twin.buckets["reels"].uploads) == [begun]
    assert storage.drop_unfinished(before=now + timedelta(minutes=1)) == 1
    assert twin.buckets["reels"].uploads == {}
