"""Names of stored objects: plain ASCII segments, so that no name means one thing here and another to a proxy."""

import re
from pathlib import PurePosixPath

from common.errors import Invalid
from common.ids import unguessable

SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,119}")
MAX_NAME = 300

# what may be stored and served; anything else has no business behind an address of ours
CONTENT_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".vtt": "text/vtt; charset=utf-8",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".wav": "audio/wav",
    ".json": "application/json",
}


def is_clean(name: str) -> bool:
    """Whether `name` is a relative path of plain segments: no `..`, no empty or hidden one, no escape of any kind."""
    return len(name) <= MAX_NAME and all(SEGMENT.fullmatch(segment) for segment in name.split("/"))


def clean(name: str) -> str:
    """`name` itself if it is clean; raises `Invalid` otherwise."""
    if not is_clean(name):
        raise Invalid("That is no name for a stored file.", code="bad_object_name")
    return name


def content_type(name: str) -> str | None:
    """The content type that `name`'s ending stands for, None if we never serve such a thing."""
    return CONTENT_TYPES.get(PurePosixPath(name).suffix)


def new_prefix(kind: str) -> str:
    """A folder that cannot be guessed, such as `masters/3f/3f…` (32 hex digits): one per version of anything."""
    tag = unguessable()
    return clean(f"{kind}/{tag[:2]}/{tag}")
