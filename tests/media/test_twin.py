"""The S3 twin refuses what S3 refuses: else what runs on it proves nothing."""

from __future__ import annotations

from datetime import timedelta

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from media import storage
from tests.twins.s3 import ACCESS_KEY, REGION, SECRET_KEY, S3Twin

KEY = "masters/ab/clip.mp4"
STRICT = Config(s3={"addressing_style": "path"}, signature_version="s3v4", retries={"total_max_attempts": 1})


def client_of(twin: S3Twin, *, key: str = ACCESS_KEY, secret: str = SECRET_KEY):
    return boto3.client(
        "s3", endpoint_url=twin.url, region_name=REGION, aws_access_key_id=key, aws_secret_access_key=secret,
        config=STRICT,
    )


def refusal(call) -> tuple[str, int]:
    with pytest.raises(ClientError) as refused:
        call()
    response = refused.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ({"secret": "another"}, ("SignatureDoesNotMatch", 403)),
        ({"key": "AKNOBODY"}, ("InvalidAccessKeyId", 403)),
    ],
)
def test_a_wrong_key_is_refused_and_stores_nothing(twin, keys, answer):
    wrong = client_of(twin, **keys)
    assert refusal(lambda: wrong.put_object(Bucket="reels", Key=KEY, Body=b"x")) == answer
    assert twin.buckets["reels"].objects == {}


@pytest.mark.parametrize("skew", [timedelta(minutes=16), -timedelta(minutes=16)])
def test_a_clock_that_is_wrong_by_a_quarter_of_an_hour_is_refused(twin, bucket, skew):
    bucket.put_object(Bucket="reels", Key=KEY, Body=b"x")
    twin.skew = skew
    # asked for the first time: the client learns the server's clock and tries again, as with S3
    assert refusal(lambda: client_of(twin).get_object(Bucket="reels", Key=KEY)) == ("RequestTimeTooSkewed", 403)


def test_expired_credentials_are_said_to_be_expired(twin):
    twin.expired.add(ACCESS_KEY)
    assert refusal(lambda: client_of(twin).get_object(Bucket="reels", Key=KEY)) == ("ExpiredToken", 400)


def test_without_a_signature_nothing_is_given(twin, bucket):
    bucket.put_object(Bucket="reels", Key=KEY, Body=b"x")
    for method in ("get", "put", "delete", "head"):
        assert getattr(requests, method)(f"{twin.url}/reels/{KEY}", timeout=5).status_code == 403
    assert twin.buckets["reels"].objects[KEY].body == b"x"


def test_an_address_reads_one_object_until_it_expires_and_nothing_else(twin, bucket):
    bucket.put_object(Bucket="reels", Key=KEY, Body=b"0123456789")
    bucket.put_object(Bucket="reels", Key=f"{KEY}.other", Body=b"secret")
    address = storage.shelf().presign(KEY, seconds=60)
    got = requests.get(address, headers={"Range": "bytes=2-4"}, timeout=5)
    assert (got.status_code, got.content) == (206, b"234")
    for wrong in (
        address.replace(KEY, f"{KEY}.other"), address.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
        address[:-1] + ("0" if address[-1] != "0" else "1"), address.partition("?")[0],
    ):
        refused = requests.get(wrong, timeout=5)
        assert (refused.status_code, b"secret" in refused.content) == (403, False)
    assert requests.put(address, data=b"mine", timeout=5).status_code == 403
    twin.skew = timedelta(seconds=61)
    late = requests.get(address, timeout=5)
    assert (late.status_code, b"has expired" in late.content) == (403, True)
    assert twin.buckets["reels"].objects[KEY].body == b"0123456789"


def test_a_body_that_is_not_the_signed_one_is_refused(twin, bucket):
    def tamper(request, **_):
        request.body = b"other"

    client = client_of(twin)
    client.meta.events.register("before-send.s3.PutObject", tamper)
    code, status = refusal(lambda: client.put_object(Bucket="reels", Key=KEY, Body=b"first"))
    assert (code, status) == ("XAmzContentSHA256Mismatch", 400)
    assert twin.buckets["reels"].objects == {}


def test_lists_come_in_pages_in_order_with_names_that_need_escaping(twin, bucket):
    names = [f"artifacts/{n:02}/a b+ü&<{n}>.mp4" for n in range(7)]
    for name in reversed(names):
        bucket.put_object(Bucket="reels", Key=name, Body=b"x")
    pages = bucket.get_paginator("list_objects_v2").paginate(
        Bucket="reels", Prefix="artifacts/", PaginationConfig={"PageSize": 3}
    )
    assert [[entry["Key"] for entry in page["Contents"]] for page in pages] == [names[:3], names[3:6], names[6:]]
    assert bucket.get_object(Bucket="reels", Key=names[3])["Body"].read() == b"x"
    errors = bucket.delete_objects(Bucket="reels", Delete={"Objects": [{"Key": name} for name in names]})
    assert "Errors" not in errors
    assert twin.buckets["reels"].objects == {}
