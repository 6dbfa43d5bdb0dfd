"""What packaging leaves, as frozen values: the catalogue makes its rows from them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RenditionDraft:
    """One rung of the ladder; paths are below the master's prefix, rates in bits a second, sizes in bytes."""

    name: str
    path: str
    playlist_path: str
    width: int
    height: int
    bitrate: int
    peak_bitrate: int
    codecs: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class SubtitleDraft:
    """A sidecar WebVTT file; its path is below the master's prefix."""

    language: str
    path: str


@dataclass(frozen=True, slots=True)
class MasterDraft:
    """A packaged episode version that is not in the catalogue yet."""

    profile: str
    prefix: str
    duration_ms: int
    width: int
    height: int
    fps: int
    size_bytes: int
    loudness_lufs: float | None
    captions_burned: bool
    render_uid: uuid.UUID | None
    renditions: tuple[RenditionDraft, ...]
    subtitles: tuple[SubtitleDraft, ...]
