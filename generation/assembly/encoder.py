"""Frames to a mezzanine clip: closed GOPs, no B-frames, fixed threads, bit-exact, so that clips join by packet copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from generation.steps.files import finished

I420: TypeAlias = NDArray[Any]  # bytes, (height * 3 / 2, width)
Pixels: TypeAlias = NDArray[Any]

# OpenCV turns RGB into limited-range BT.601 YUV; the stream says so, so that every player shows the same colours
_COLOUR = "colorprim=bt709:transfer=bt709:colormatrix=smpte170m"


def _options(settings: Mapping[str, Any], crf: int) -> dict[str, str]:
    gop = int(settings["gop"])
    options = {
        "preset": str(settings["preset"]),
        "crf": str(crf),
        "bf": "0",
        "sc_threshold": "0",
        "profile": "high",
        "x264-params": f"open-gop=0:keyint={gop}:min-keyint={gop}:subme=1:weightp=0:{_COLOUR}",
    }
    if settings.get("tune"):
        options["tune"] = str(settings["tune"])
    return options


class ClipWriter:
    """Writes I420 frames to an MP4 of one H.264 track."""

    def __init__(self, path: Path, width: int, height: int, fps: int, crf: int, settings: Mapping[str, Any]) -> None:
        self._container = av.open(str(path), "w", format="mp4", container_options={"fflags": "+bitexact"})
        stream: Any = self._container.add_stream(str(settings["codec"]), rate=fps, options=_options(settings, crf))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.thread_count = int(settings["threads"])
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        stream.time_base = Fraction(1, fps)
        self._stream, self._fps = stream, fps
        self.frames = 0

    def write(self, i420: I420) -> None:
        """One frame, (height * 3 / 2, width) bytes."""
        frame = av.VideoFrame.from_ndarray(i420, format="yuv420p")
        frame.pts, frame.time_base = self.frames, Fraction(1, self._fps)
        self._container.mux(self._stream.encode(frame))
        self.frames += 1

    def write_rgba(self, rgba: Pixels) -> None:
        """One frame of four channels; the last is not looked at."""
        self.write(cv2.cvtColor(rgba, cv2.COLOR_RGBA2YUV_I420))

    def close(self) -> None:
        """Flush and finish the file."""
        self._container.mux(self._stream.encode(None))
        self._container.close()

    def abandon(self) -> None:
        """Let go of the file as it is."""
        self._container.close()


@contextmanager
def clip_writer(
    path: Path, width: int, height: int, fps: int, crf: int, settings: Mapping[str, Any]
) -> Iterator[ClipWriter]:
    """A writer whose file appears at `path` only if the block ends well."""
    with finished(path) as draft:
        writer = ClipWriter(draft, width, height, fps, crf, settings)
        try:
            yield writer
        except BaseException:
            writer.abandon()
            raise
        writer.close()


def read_i420(path: Path) -> Iterator[I420]:
    """The frames of a clip of ours, as I420, decoded on one thread."""
    with av.open(str(path), format="mp4") as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        for frame in container.decode(stream):
            yield frame.to_ndarray(format="yuv420p")


def scale_i420(frame: I420, width: int, height: int) -> I420:
    """Each plane scaled down by itself: by area where two pixels or more become one, else between neighbours."""
    source_height, source_width = frame.shape[0] * 2 // 3, frame.shape[1]
    how = cv2.INTER_AREA if source_width >= 2 * width else cv2.INTER_LINEAR
    luma = cv2.resize(frame[:source_height], (width, height), interpolation=how)
    chroma = frame[source_height:].reshape(2, source_height // 2, source_width // 2)
    small = [cv2.resize(plane, (width // 2, height // 2), interpolation=how) for plane in chroma]
    return np.concatenate([luma, *(plane.reshape(-1, width) for plane in small)])
