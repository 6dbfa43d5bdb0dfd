"""What a video file really holds, read by PyAV with the demuxer forced and the decoders named.

A file may call itself .mp4 and be a playlist of other files: the demuxer is never guessed, and no protocol but
the local file is open to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError

from common.errors import Invalid

VIDEO_CODECS = ("h264", "hevc", "vp9", "av1")
AUDIO_CODECS = ("aac", "mp3", "opus")
# libraries may decode AV1 and Opus under names of their own
DECODERS = ",".join((*VIDEO_CODECS, *AUDIO_CODECS, "libdav1d", "libopus", "mp3float"))
OPTIONS = {"protocol_whitelist": "file", "codec_whitelist": DECODERS, "enable_drefs": "0", "use_absolute_path": "0"}
MAX_SIDE = 8192


class NotAVideo(Invalid):
    """The file is no MP4/MOV with a video stream of a kind that we take."""

    code = "not_a_video"
    message = "That file is not a video that can be used here."
    remedy = "Bring an MP4 or MOV with H.264, HEVC, VP9 or AV1 pictures and AAC, MP3 or Opus sound."


@dataclass(frozen=True, slots=True)
class Probe:
    """Sizes in pixels, times in milliseconds; `audio_codec` is None for a silent file."""

    duration_ms: int
    width: int
    height: int
    fps: float
    frames: int
    video_codec: str
    audio_codec: str | None
    size_bytes: int


def probe(path: Path) -> Probe:
    """Reads headers and every packet (no frame is decoded). Raises `NotAVideo`."""
    try:
        with av.open(f"file:{path}", format="mov", options=OPTIONS) as container:
            return _measure(container, path.stat().st_size)
    except (FFmpegError, ValueError) as broken:
        raise NotAVideo() from broken


def _measure(container: Any, size_bytes: int) -> Probe:
    video: Any = next(iter(container.streams.video), None)
    audio: Any = next(iter(container.streams.audio), None)
    _refuse_foreign(video, audio)
    shown = [(p.pts, p.pts + (p.duration or 0)) for p in container.demux(video) if p.size and p.pts is not None]
    if not shown:
        raise NotAVideo()
    # a fragmented file with reordered frames need not begin at zero
    ticks = max(end for _, end in shown) - min(start for start, _ in shown)
    return Probe(
        duration_ms=round(float(ticks * video.time_base) * 1000),
        width=video.codec_context.width, height=video.codec_context.height,
        fps=float(video.average_rate or 0), frames=len(shown), video_codec=_codec(video),
        audio_codec=_codec(audio) if audio else None, size_bytes=size_bytes,
    )


def _refuse_foreign(video: Any, audio: Any) -> None:
    if video is None or _codec(video) not in VIDEO_CODECS or (audio is not None and _codec(audio) not in AUDIO_CODECS):
        raise NotAVideo()
    if not (0 < video.codec_context.width <= MAX_SIDE and 0 < video.codec_context.height <= MAX_SIDE):
        raise NotAVideo()


def _codec(stream: Any) -> str:
    """The coding, not the decoder's name: `mp3` for `mp3float`, `av1` for `libdav1d`."""
    context = stream.codec_context
    return str(context.codec.canonical_name) if context else ""
