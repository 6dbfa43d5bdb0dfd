"""A local S3 that speaks the real protocol and believes nobody: signatures, payload digests, clocks and expiry are
checked, which moto does not. It fails on demand: `twin.fail("GetObject", "cut", times=2)`.

`with S3Twin() as twin:` in a thread; `python -m tests.twins.s3 [port]` as a process of its own (prints its address).
"""

from __future__ import annotations

import base64
import socket
import struct
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.twins.s3_store import Answer, Bucket, error_body, now_utc, split
from tests.twins.signatures import Asked, Refused, verify

ACCESS_KEY, SECRET_KEY, REGION = "AKTWIN", "a-secret-of-the-twin", "eu-twin-1"
# (method, what the query must hold, is there a key) -> the operation's name
OPERATIONS: tuple[tuple[str, str, bool, str], ...] = (
    ("PUT", "uploadId", True, "UploadPart"), ("PUT", "", True, "PutObject"), ("GET", "", True, "GetObject"),
    ("HEAD", "", True, "HeadObject"), ("DELETE", "uploadId", True, "AbortMultipartUpload"),
    ("DELETE", "", True, "DeleteObject"), ("POST", "uploads", True, "CreateMultipartUpload"),
    ("POST", "uploadId", True, "CompleteMultipartUpload"), ("POST", "delete", False, "DeleteObjects"),
    ("GET", "uploads", False, "ListMultipartUploads"), ("GET", "list-type", False, "ListObjectsV2"),
    ("PUT", "", False, "CreateBucket"), ("HEAD", "", False, "HeadBucket"),
)
METHODS: dict[str, Callable[[Bucket, str, Asked, datetime], Answer]] = {
    "UploadPart": Bucket.put_piece, "PutObject": Bucket.put, "GetObject": Bucket.get, "HeadObject": Bucket.get,
    "AbortMultipartUpload": Bucket.abort, "DeleteObject": Bucket.delete, "CreateMultipartUpload": Bucket.begin,
    "CompleteMultipartUpload": Bucket.complete, "DeleteObjects": Bucket.delete_many,
    "ListMultipartUploads": Bucket.list_uploads, "ListObjectsV2": Bucket.list,
    "HeadBucket": lambda bucket, key, asked, now: Answer(),
}
CODES = {"SlowDown": 503, "InternalError": 500, "AccessDenied": 403, "ExpiredToken": 400}


@dataclass
class Fault:
    """What goes wrong: a code of CODES, "reset" (before the answer), "cut" (in the middle of it), "slow" (waits)."""

    operation: str  # "*" for all
    how: str
    times: float
    seconds: float


class S3Twin:
    """`buckets`, `secrets`, `expired` and `skew` may be changed while it runs; `log` and `peak` say what was asked."""

    def __init__(self, *buckets: str, port: int = 0) -> None:
        self._lock = threading.Lock()
        self.reset(*buckets or ("reels",))
        self.server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"twin": self}))
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), name="s3-twin", daemon=True)

    def reset(self, *buckets: str) -> None:
        """As new: these buckets and nothing in them."""
        with self._lock:
            self.buckets = {name: Bucket(name) for name in buckets}
            self.secrets, self.expired = {ACCESS_KEY: SECRET_KEY}, set[str]()
            self.skew = timedelta()
            self.log: list[tuple[str, str]] = []
            self.running: Counter[str] = Counter()
            self.peak: Counter[str] = Counter()
            self._faults: list[Fault] = []

    def __enter__(self) -> S3Twin:
        self._thread.start()
        return self

    def __exit__(self, *what: object) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def options(self, **also: Any) -> dict[str, Any]:
        """OPTIONS of django-storages for this server, with the platform's own client settings."""
        return options(self.url, next(iter(self.buckets))) | also

    def fail(self, operation: str, how: str, *, times: float = 1, seconds: float = 0.0) -> None:
        """The next `times` requests of that operation (`*`: of any) go wrong."""
        with self._lock:
            self._faults.append(Fault(operation, how, times, seconds))

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._faults.clear()

    def count(self, operation: str) -> int:
        with self._lock:
            return sum(name == operation for name, _ in self.log)

    def begin(self, operation: str, key: str) -> Fault | None:
        """Note a request; what shall go wrong with it, if anything."""
        with self._lock:
            self.log.append((operation, key))
            self.running[operation] += 1
            self.peak[operation] = max(self.peak[operation], self.running[operation])
            for fault in self._faults:
                if fault.times >= 1 and fault.operation in ("*", operation):
                    fault.times -= 1
                    return fault
        return None

    def end(self, operation: str) -> None:
        with self._lock:
            self.running[operation] -= 1

    def answer(self, operation: str, asked: Asked) -> Answer:
        """Raises `Refused`."""
        now = now_utc() + self.skew
        verify(asked, secrets=self.secrets, expired=self.expired, now=now)
        _check_digest(asked)
        name, key = split(asked.path)
        if operation == "CreateBucket":
            self.buckets[name] = Bucket(name)
            return Answer()
        if name not in self.buckets:
            raise Refused(404, "NoSuchBucket")
        if operation not in METHODS:
            raise Refused(501, "NotImplemented")
        return METHODS[operation](self.buckets[name], key, asked, now)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave in the middle are no news here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    twin: S3Twin

    def log_message(self, *what: Any) -> None:
        """Says nothing."""

    def _serve(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        asked = Asked(self.command, self.path, headers, body)
        operation, key = operation_of(asked), split(asked.path)[1]
        fault = self.twin.begin(operation, key)
        try:
            self._go(operation, asked, fault)
        finally:
            self.twin.end(operation)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve

    def _go(self, operation: str, asked: Asked, fault: Fault | None) -> None:
        how = fault.how if fault else ""
        if how == "reset":
            return self._hang_up()
        if fault and fault.seconds:
            time.sleep(fault.seconds)
        try:
            if how in CODES:
                raise Refused(CODES[how], how)
            answer = self.twin.answer(operation, asked)
        except Refused as refused:
            answer = Answer(refused.status, error_body(refused), {"Content-Type": "application/xml"})
        return self._send(answer, cut=how == "cut")

    def _send(self, answer: Answer, *, cut: bool) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body[: len(answer.body) // 2] if cut else answer.body)
        if cut:
            self._hang_up()

    def _hang_up(self) -> None:
        """The connection is reset, as by a machine that died."""
        self.wfile.flush()
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.shutdown(socket.SHUT_RD)
        self.connection.close()


def options(url: str, bucket: str) -> dict[str, Any]:
    """See `S3Twin.options`; for a twin in another process."""
    from config.bucket import client_config

    return {
        "bucket_name": bucket, "endpoint_url": url, "region_name": REGION, "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY, "client_config": client_config("path"), "file_overwrite": False,
        "default_acl": None, "querystring_auth": True,
    }


def operation_of(asked: Asked) -> str:
    names = {name for name, _ in asked.query}
    has_key = bool(split(asked.path)[1])
    for method, needs, with_key, operation in OPERATIONS:
        if method == asked.method and with_key == has_key and (not needs or needs in names):
            return operation
    return "Unknown"


def _check_digest(asked: Asked) -> None:
    told = asked.headers.get("x-amz-checksum-crc32")
    if told and told != base64.b64encode(zlib.crc32(asked.body).to_bytes(4, "big")).decode():
        raise Refused(400, "BadDigest")
    if "aws-chunked" in asked.headers.get("content-encoding", ""):
        raise Refused(501, "NotImplemented", "Chunked uploads are for https.")


def main() -> None:
    """Serve until the process ends."""
    with S3Twin(port=int(sys.argv[1]) if len(sys.argv) > 1 else 0) as twin:
        sys.stdout.write(f"{twin.url}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
