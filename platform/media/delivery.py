"""Sends stored objects: ranges, tags and times as HTTP has them, and never a whole file in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import http_date

from media.bucket import BucketShelf
from media.errors import NoSuchObject
from media.names import clean, content_type
from media.ranges import Span, Unsatisfiable, span_of
from media.shelves import CHUNK, LocalShelf, ObjectInfo
from media.storage import shelf

SMALL = 4 << 20  # what is sent from a bucket through us: playlists, subtitles, posters


def respond_object(request: HttpRequest, name: str, *, cache_control: str) -> HttpResponseBase:
    """The object `name` as an answer to GET or HEAD (200, 206, 304 or 416). The caller has decided that it may be seen.

    Raises `NoSuchObject` if it is not there, or is of a kind that is never served, or lies in a bucket and is too big
    to pass through this process.
    """
    here = shelf()
    found, kind = here.info(clean(name)), content_type(name)
    if found is None or kind is None:
        raise NoSuchObject()
    if _unchanged(request, found):
        return _headed(HttpResponse(status=304), found, cache_control)
    try:
        span = span_of(_range_header(request, found), found.size)
    except Unsatisfiable:
        refused = HttpResponse(status=416, headers={"Content-Range": f"bytes */{found.size}"})
        return _headed(refused, found, cache_control)
    response = _body(request, here, name, span)
    response.status_code = 206 if span.partial else 200
    response["Content-Type"] = kind
    response["Content-Length"] = str(span.length)
    if span.partial:
        response["Content-Range"] = span.content_range
    return _headed(response, found, cache_control)


def _body(request: HttpRequest, here: LocalShelf | BucketShelf, name: str, span: Span) -> HttpResponseBase:
    if request.method == "HEAD":
        return HttpResponse()
    if isinstance(here, BucketShelf):
        if span.total > SMALL:
            raise NoSuchObject()
        return HttpResponse(here.read_bytes(name)[span.start : span.stop])
    path = here.path(name)
    if isinstance(request, ASGIRequest):
        return StreamingHttpResponse(_read_async(path, span))
    return StreamingHttpResponse(_read(path, span))


def _read(path: Path, span: Span) -> Iterator[bytes]:
    with path.open("rb") as data:
        data.seek(span.start)
        left = span.length
        while left and (chunk := data.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


async def _read_async(path: Path, span: Span) -> AsyncIterator[bytes]:
    """The disk is read in a thread, so that one slow disk does not hold up every socket of the process."""
    chunks = _read(path, span)
    try:
        while chunk := await asyncio.to_thread(next, chunks, b""):
            yield chunk
    finally:
        chunks.close()  # type: ignore[attr-defined]


def _headed(response: HttpResponseBase, found: ObjectInfo, cache_control: str) -> HttpResponseBase:
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = found.etag
    response["Last-Modified"] = http_date(found.modified.timestamp())
    response["Cache-Control"] = cache_control
    return response


def _unchanged(request: HttpRequest, found: ObjectInfo) -> bool:
    asked = request.headers.get("If-None-Match", "")
    tags = {tag.strip().removeprefix("W/") for tag in asked.split(",")}
    return found.etag in tags or "*" in tags


def _range_header(request: HttpRequest, found: ObjectInfo) -> str | None:
    """The Range header, unless If-Range says that the client holds part of something else."""
    condition = request.headers.get("If-Range")
    if condition is not None and condition not in (found.etag, http_date(found.modified.timestamp())):
        return None
    return request.headers.get("Range")
