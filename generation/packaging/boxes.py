"""A walk over an MP4's boxes: where its header ends and where each fragment lies.

Signing a file later inserts a box near its start and moves everything; the playlists are then made anew by this walk.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from common.errors import DomainError


class BadFragments(DomainError):
    """The file is not the fragmented MP4 that it should be."""

    code = "bad_fragments"


@dataclass(frozen=True, slots=True)
class Box:
    """`kind`, and where it lies in the file, header included."""

    kind: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Fragment:
    """A moof with its mdat: `offset` and `size` in bytes, when it begins and how long its pictures last, in seconds."""

    offset: int
    size: int
    start: float
    duration: float


@dataclass(frozen=True, slots=True)
class Layout:
    """`init_size` bytes of header (ftyp to moov), then the fragments in order."""

    init_size: int
    fragments: tuple[Fragment, ...]


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes side by side between two offsets; raises `BadFragments` if one does not fit."""
    at = start
    while at < end:
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            raise BadFragments("A box is cut off.", offset=at)
        size, kind = struct.unpack(">I4s", head[:8])
        if size == 1 and len(head) == 16:
            (size,) = struct.unpack(">Q", head[8:])
        elif size == 0:
            size = end - at
        if size < 8 or at + size > end:
            raise BadFragments("A box is longer than its place.", offset=at)
        yield Box(kind.decode("latin-1"), at, size)
        at += size


def layout(path: Path, fps: int) -> Layout:
    """Header and fragments of a file with one video track first; raises `BadFragments` for any other."""
    with path.open("rb") as file:
        top = list(boxes(file, 0, path.stat().st_size))
        header = next((box for box in top if box.kind == "moov"), None)
        if header is None or top[0].kind != "ftyp":
            raise BadFragments("The file does not begin with its header.")
        frames = 0
        fragments = []
        for moof, mdat in pairwise(top):
            if moof.kind != "moof":
                continue
            if mdat.kind != "mdat":
                raise BadFragments("A fragment has no data.", offset=moof.offset)
            count = _video_samples(file, moof)
            fragments.append(Fragment(moof.offset, moof.size + mdat.size, frames / fps, count / fps))
            frames += count
    if not fragments:
        raise BadFragments("The file has no fragments.")
    return Layout(header.offset + header.size, tuple(fragments))


def _video_samples(file: BinaryIO, moof: Box) -> int:
    """Samples of track 1 in a fragment."""
    total = 0
    for traf in boxes(file, moof.offset + 8, moof.offset + moof.size):
        if traf.kind != "traf":
            continue
        track = 0
        for box in boxes(file, traf.offset + 8, traf.offset + traf.size):
            file.seek(box.offset + 12)
            (value,) = struct.unpack(">I", file.read(4))
            if box.kind == "tfhd":
                track = value
            elif box.kind == "trun" and track == 1:
                total += value
    return total


def codecs(path: Path) -> str:
    """The RFC 6381 string of the file's tracks, e.g. `avc1.64001f,mp4a.40.2`."""
    with path.open("rb") as file:
        head = file.read(64 * 1024)
    at = head.find(b"avcC")
    if at < 0:
        raise BadFragments("The file holds no H.264 track.")
    profile, compatible, level = head[at + 5 : at + 8]
    return f"avc1.{profile:02x}{compatible:02x}{level:02x}" + (",mp4a.40.2" if b"mp4a" in head else "")
