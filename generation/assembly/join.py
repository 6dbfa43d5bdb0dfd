"""Clips and sound to one fragmented MP4 by packet copy: nothing is encoded again, every frame stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

FRAGMENT_SECONDS = 1.7  # fragments begin at key frames; those every two seconds stay whole, shorter ones go together
MOVFLAGS = "frag_keyframe+empty_moov+default_base_moof+global_sidx+faststart+skip_trailer"


def join(clips: Sequence[Path], sound: Path, out: Path, fps: int) -> int:
    """Write `out`; returns the number of frames. The clips must share size, rate and encoder settings."""
    options = {
        "fflags": "+bitexact",
        "movflags": MOVFLAGS,
        "min_frag_duration": str(round(FRAGMENT_SECONDS * 1_000_000)),
    }
    with av.open(str(out), "w", format="mp4", container_options=options) as target:
        with av.open(str(clips[0]), format="mp4") as first, av.open(str(sound), format="mp4") as audio:
            video = target.add_stream_from_template(first.streams.video[0])
            track = target.add_stream_from_template(audio.streams.audio[0])
            rate = audio.streams.audio[0].rate
            return _interleave(target, _video(clips, video, fps), _audio(audio, track), fps, rate)


def _interleave(
    target: Any, video: Iterator[tuple[int, Any]], audio: Iterator[tuple[int, Any]], fps: int, rate: int
) -> int:
    """Packets in the order of their time, told in frames and in samples; the sound ends with the pictures."""
    frames = 0
    waiting = next(audio, None)
    for at, packet in video:
        while waiting is not None and waiting[0] * fps <= at * rate:
            target.mux(waiting[1])
            waiting = next(audio, None)
        target.mux(packet)
        frames += 1
    while waiting is not None:
        target.mux(waiting[1])
        waiting = next(audio, None)
    return frames


def _video(clips: Sequence[Path], stream: Any, fps: int) -> Iterator[tuple[int, Any]]:
    offset, frame = 0, Fraction(1, fps)
    for clip in clips:
        with av.open(str(clip), format="mp4") as container:
            source = container.streams.video[0]
            last = -1
            for packet in container.demux(source):
                if packet.dts is None:
                    continue
                last = round((packet.pts or 0) * (packet.time_base or 0) * fps)
                packet.time_base = frame
                packet.pts = packet.dts = offset + last
                packet.duration, packet.stream = 1, stream
                yield offset + last, packet
        offset += last + 1


def _audio(container: Any, stream: Any) -> Iterator[tuple[int, Any]]:
    """The encoder's delay is not in an edit list here: packets are laid end to end from nought."""
    source = container.streams.audio[0]
    clock, sample = 0, Fraction(1, source.rate)
    for packet in container.demux(source):
        if packet.dts is None:
            continue
        packet.time_base = sample
        packet.pts = packet.dts = clock
        packet.stream = stream
        at, clock = clock, clock + (packet.duration or 1024)
        yield at, packet
