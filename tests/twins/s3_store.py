"""What an S3 server knows: buckets of objects and uploads in pieces. Each operation answers, or raises `Refused`."""

from __future__ import annotations

import hashlib
import re
import threading
import uuid
import xml.etree.ElementTree as ET
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from tests.twins.signatures import Asked, Refused

LEAST_PIECE = 5 << 20
HEADERS = ("content-type", "x-amz-acl")
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Object:
    body: bytes
    etag: str
    headers: dict[str, str]
    modified: datetime


@dataclass
class Upload:
    key: str
    headers: dict[str, str]
    begun: datetime
    pieces: dict[int, Object] = field(default_factory=dict)


class Bucket:
    """Objects by key and unfinished uploads by id. One lock: a twin is right first and fast second."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.objects: dict[str, Object] = {}
        self.uploads: dict[str, Upload] = {}
        self.lock = threading.RLock()

    def put(self, key: str, asked: Asked, now: datetime) -> Answer:
        made = _object(asked, now)
        with self.lock:
            self.objects[key] = made
        return Answer(headers={"ETag": made.etag})

    def get(self, key: str, asked: Asked, now: datetime) -> Answer:
        with self.lock:
            found = self.objects.get(key)
        if found is None:
            raise Refused(404, "NoSuchKey")
        if asked.headers.get("if-match", found.etag) != found.etag:
            raise Refused(412, "PreconditionFailed")
        headers = found.headers | {
            "ETag": found.etag, "Last-Modified": format_datetime(found.modified, usegmt=True), "Accept-Ranges": "bytes"
        }
        wanted = RANGE.fullmatch(asked.headers.get("range", ""))
        if not wanted:
            return Answer(200, found.body, headers)
        start, stop = _span(wanted[1], wanted[2], len(found.body))
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(found.body)}"
        return Answer(206, found.body[start:stop], headers)

    def delete(self, key: str, asked: Asked, now: datetime) -> Answer:
        with self.lock:
            self.objects.pop(key, None)
        return Answer(204)

    def delete_many(self, key: str, asked: Asked, now: datetime) -> Answer:
        names = [node.text or "" for node in ET.fromstring(asked.body).iter() if node.tag.endswith("Key")]
        if len(names) > 1000:
            raise Refused(400, "MalformedXML")
        with self.lock:
            for name in names:
                self.objects.pop(name, None)
        return _xml("DeleteResult", "")

    def list(self, key: str, asked: Asked, now: datetime) -> Answer:
        query = dict(asked.query)
        most = min(1000, int(query.get("max-keys", 1000)))
        prefix = query.get("prefix", "")
        after = query.get("continuation-token") or query.get("start-after", "")
        with self.lock:
            keys = sorted(name for name in self.objects if name.startswith(prefix))
            rest = keys[bisect_right(keys, after):]
            page = [(name, self.objects[name]) for name in rest[:most]]
        entries = "".join(
            f"<Contents><Key>{quote(name)}</Key><LastModified>{_iso(one.modified)}</LastModified>"
            f"<ETag>{escape(one.etag)}</ETag><Size>{len(one.body)}</Size></Contents>"
            for name, one in page
        )
        more = len(rest) > most
        token = f"<NextContinuationToken>{escape(page[-1][0])}</NextContinuationToken>" if more else ""
        about = f"<KeyCount>{len(page)}</KeyCount><IsTruncated>{str(more).lower()}</IsTruncated>"
        return _xml("ListBucketResult", f"<EncodingType>url</EncodingType>{about}{token}{entries}")

    def begin(self, key: str, asked: Asked, now: datetime) -> Answer:
        upload_id = uuid.uuid4().hex
        with self.lock:
            self.uploads[upload_id] = Upload(key, _kept(asked), now)
        return _xml("InitiateMultipartUploadResult", f"<Key>{escape(key)}</Key><UploadId>{upload_id}</UploadId>")

    def put_piece(self, key: str, asked: Asked, now: datetime) -> Answer:
        query = dict(asked.query)
        made = _object(asked, now)
        with self.lock:
            self._upload(key, query).pieces[int(query["partNumber"])] = made
        return Answer(headers={"ETag": made.etag})

    def complete(self, key: str, asked: Asked, now: datetime) -> Answer:
        tree = ET.fromstring(asked.body)
        texts = [{node.tag.rpartition("}")[2]: node.text or "" for node in part} for part in tree]
        listed = [(int(text["PartNumber"]), text["ETag"]) for text in texts]
        with self.lock:
            upload = self._upload(key, dict(asked.query))
            pieces = [upload.pieces.get(number) for number, _ in listed]
            if any(one is None or one.etag != tag for one, (_, tag) in zip(pieces, listed, strict=True)):
                raise Refused(400, "InvalidPart")
            found = [one for one in pieces if one]
            if any(len(one.body) < LEAST_PIECE for one in found[:-1]):
                raise Refused(400, "EntityTooSmall")
            digests = b"".join(bytes.fromhex(one.etag.strip('"')) for one in found)
            etag = f'"{hashlib.md5(digests).hexdigest()}-{len(found)}"'
            self.objects[key] = Object(b"".join(one.body for one in found), etag, upload.headers, now)
            del self.uploads[dict(asked.query)["uploadId"]]
        return _xml("CompleteMultipartUploadResult", f"<Key>{escape(key)}</Key><ETag>{escape(etag)}</ETag>")

    def abort(self, key: str, asked: Asked, now: datetime) -> Answer:
        with self.lock:
            self._upload(key, dict(asked.query))
            del self.uploads[dict(asked.query)["uploadId"]]
        return Answer(204)

    def list_uploads(self, key: str, asked: Asked, now: datetime) -> Answer:
        with self.lock:
            entries = "".join(
                f"<Upload><Key>{escape(one.key)}</Key><UploadId>{name}</UploadId>"
                f"<Initiated>{_iso(one.begun)}</Initiated></Upload>"
                for name, one in self.uploads.items()
            )
        return _xml("ListMultipartUploadsResult", f"<IsTruncated>false</IsTruncated>{entries}")

    def _upload(self, key: str, query: dict[str, str]) -> Upload:
        found = self.uploads.get(query["uploadId"])
        if found is None or found.key != key:
            raise Refused(404, "NoSuchUpload")
        return found


def error_body(refused: Refused) -> bytes:
    return f"<Error><Code>{refused.code}</Code><Message>{escape(refused.message)}</Message></Error>".encode()


def split(path: str) -> tuple[str, str]:
    """Bucket and key of a path-style address."""
    bucket, _, key = path.removeprefix("/").partition("/")
    return unquote(bucket), unquote(key)


def now_utc() -> datetime:
    return datetime.now(UTC)


def _object(asked: Asked, now: datetime) -> Object:
    etag = f'"{hashlib.md5(asked.body).hexdigest()}"'
    return Object(asked.body, etag, _kept(asked), now)


def _kept(asked: Asked) -> dict[str, str]:
    return {name.title(): asked.headers[name] for name in HEADERS if name in asked.headers}


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    start = int(first) if first else max(0, size - int(last))
    stop = min(size, int(last) + 1) if first and last else size
    if start >= stop:
        raise Refused(416, "InvalidRange")
    return start, stop


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _xml(name: str, inner: str) -> Answer:
    body = f'<?xml version="1.0" encoding="UTF-8"?><{name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{inner}</{name}>'
    return Answer(200, body.encode(), {"Content-Type": "application/xml"})
