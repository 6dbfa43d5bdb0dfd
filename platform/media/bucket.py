"""An S3 bucket as a shelf: many objects at once, big ones in pieces, and its faults in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from media.bucket_faults import said
from media.errors import NoSuchObject, StoreFault
from media.patience import result_of
from media.shelves import CHUNK, Folder, ObjectInfo, Put

PIECE = 16 << 20  # bytes: bigger objects go and come in pieces of this size (10,000 at most, so up to 160 GB)
AT_ONCE = 8  # requests: as many sockets, and at most so many pieces on their way
QUEUED_CHUNKS = 32  # of CHUNK bytes: what is read from the network and not yet written to the disk


class BucketShelf:
    """Through the client that django-storages made from the settings. Private objects only."""

    def __init__(self, storage: Any) -> None:
        self.storage = storage

    @property
    def client(self) -> Any:
        return self.storage.connection.meta.client

    @property
    def bucket(self) -> str:
        return str(self.storage.bucket_name)

    def put_files(self, files: Sequence[Put]) -> None:
        """An upload in pieces that fails is aborted; one whose process is killed is left to `drop_unfinished`."""
        with _speaking(), self._transfers() as transfers:
            started = [
                transfers.upload(str(file.source), self.bucket, file.name, {"ContentType": file.content_type})
                for file in files
            ]
            try:
                with _speaking():
                    for future in started:
                        result_of(future)
            except NoSuchObject as taken:
                raise StoreFault("An upload was dropped while it ran.") from taken

    def put_bytes(self, name: str, data: bytes, content_type: str) -> None:
        with _speaking():
            self.client.put_object(Bucket=self.bucket, Key=name, Body=data, ContentType=content_type)

    def read_bytes(self, name: str) -> bytes:
        with _speaking(), self.client.get_object(Bucket=self.bucket, Key=name)["Body"] as body:
            return bytes(body.read())

    def fetch_files(self, files: Sequence[tuple[str, Path]]) -> list[str]:
        gone = []
        with _speaking(), self._transfers() as transfers:
            started = [(name, transfers.download(self.bucket, name, str(to))) for name, to in files]
            for name, future in started:
                try:
                    with _speaking():
                        result_of(future)
                except NoSuchObject:
                    gone.append(name)
        return gone

    def info(self, name: str) -> ObjectInfo | None:
        try:
            with _speaking():
                head = self.client.head_object(Bucket=self.bucket, Key=name)
        except NoSuchObject:
            return None
        return ObjectInfo(head["ContentLength"], head["ETag"], head["LastModified"])

    def delete_tree(self, prefix: str) -> None:
        with _speaking():
            for page in self._pages(f"{prefix}/"):
                self._delete([entry["Key"] for entry in page])

    def folders(self, kind: str, *, after: str) -> Iterator[Folder]:
        with _speaking():
            # "0" follows "/": everything below `after` lies between them
            entries = (entry for page in self._pages(f"{kind}/", after=after and f"{after}0") for entry in page)
            for prefix, objects in groupby(entries, key=lambda entry: _prefix(entry["Key"])):
                size, newest = 0, datetime.min.replace(tzinfo=UTC)
                for entry in objects:
                    size, newest = size + entry["Size"], max(newest, entry["LastModified"])
                yield Folder(prefix, size, newest)

    def drop_unfinished(self, *, before: datetime) -> int:
        dropped = 0
        with _speaking():
            for page in self.client.get_paginator("list_multipart_uploads").paginate(Bucket=self.bucket):
                for upload in page.get("Uploads", []):
                    if upload["Initiated"] < before:
                        self._abort(upload)
                        dropped += 1
        return dropped

    def presign(self, name: str, *, seconds: int) -> str:
        """An address that reads this one object and dies after `seconds`."""
        return str(
            self.client.generate_presigned_url(
                "get_object", Params={"Bucket": self.bucket, "Key": name}, ExpiresIn=seconds
            )
        )

    def _transfers(self) -> Any:
        """Threads for one batch of transfers; leaving the block by an error cancels what is on its way."""
        from boto3.s3.transfer import TransferConfig, create_transfer_manager  # a local disk never loads it

        limits = TransferConfig(
            multipart_threshold=PIECE, multipart_chunksize=PIECE, max_concurrency=AT_ONCE, io_chunksize=CHUNK,
            max_io_queue=QUEUED_CHUNKS, preferred_transfer_client="classic",
        )
        return create_transfer_manager(self.client, limits)

    def _pages(self, prefix: str, *, after: str = "") -> Iterator[list[dict[str, Any]]]:
        asked = {"Bucket": self.bucket, "Prefix": prefix} | ({"StartAfter": after} if after else {})
        for page in self.client.get_paginator("list_objects_v2").paginate(**asked):
            yield page.get("Contents", [])

    def _delete(self, keys: Sequence[str]) -> None:
        """A page at once; the answer is 200 even if some of them were refused."""
        if not keys:
            return
        objects = {"Objects": [{"Key": key} for key in keys], "Quiet": True}
        refused = self.client.delete_objects(Bucket=self.bucket, Delete=objects).get("Errors", [])
        if refused:
            raise StoreFault(f"The bucket did not delete {len(refused)} objects: {refused[0].get('Code')}.")

    def _abort(self, upload: dict[str, Any]) -> None:
        try:
            with _speaking():
                self.client.abort_multipart_upload(Bucket=self.bucket, Key=upload["Key"], UploadId=upload["UploadId"])
        except NoSuchObject:
            return  # somebody else has done it


def _prefix(key: str) -> str:
    return "/".join(key.split("/")[:3])


@contextmanager
def _speaking() -> Iterator[None]:
    """What the client libraries raise becomes `NoSuchObject` or `StoreFault`; errors of this machine stay as is."""
    try:
        yield
    except Exception as error:
        if (fault := said(error)) is None:
            raise
        raise fault from error
