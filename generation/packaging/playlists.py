"""HLS over single files: a playlist of byte ranges for each rung, one for subtitles, and the master. Pure text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from generation.packaging.boxes import Layout


@dataclass(frozen=True, slots=True)
class Variant:
    """One rung for the master playlist: bandwidths in bits a second, size in pixels."""

    playlist: str
    peak: int
    average: int
    width: int
    height: int
    fps: int
    codecs: str


def media_playlist(name: str, layout: Layout) -> str:
    """Segments are fragments of the file `name` itself, addressed relative to the playlist."""
    longest = max(fragment.duration for fragment in layout.fragments)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{math.ceil(longest)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{name}",BYTERANGE="{layout.init_size}@0"',
    ]
    for fragment in layout.fragments:
        lines += [f"#EXTINF:{fragment.duration:.5f},", f"#EXT-X-BYTERANGE:{fragment.size}@{fragment.offset}", name]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def subtitle_playlist(name: str, seconds: float) -> str:
    """The whole WebVTT file as one segment."""
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{math.ceil(seconds)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f"#EXTINF:{seconds:.5f},",
        name,
        "#EXT-X-ENDLIST",
        "",
    ]
    return "\n".join(lines)


def master_playlist(variants: Sequence[Variant], *, language: str, subtitles: str, burned: bool) -> str:
    """Variants, best first; subtitles are offered, and on by default only if none are burned in."""
    default = "NO" if burned else "YES"
    label = {"en": "English", "zh": "中文"}.get(language, language)
    group = (
        f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="{label}",LANGUAGE="{language}",DEFAULT={default},'
        f'AUTOSELECT={default},FORCED=NO,URI="{subtitles}"'
    )
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS", group]
    for variant in variants:
        lines += [_stream(variant), variant.playlist]
    return "\n".join([*lines, ""])


def _stream(variant: Variant) -> str:
    return (
        f"#EXT-X-STREAM-INF:BANDWIDTH={variant.peak},AVERAGE-BANDWIDTH={variant.average},"
        f'RESOLUTION={variant.width}x{variant.height},FRAME-RATE={variant.fps:.3f},CODECS="{variant.codecs}",'
        'SUBTITLES="subs"'
    )


def bandwidths(layout: Layout) -> tuple[int, int]:
    """(peak, average) in bits a second; the peak is over any one segment, as the standard asks."""
    seconds = sum(fragment.duration for fragment in layout.fragments)
    size = sum(fragment.size for fragment in layout.fragments)
    longest = max(fragment.duration for fragment in layout.fragments)
    peaks = [fragment.size * 8 / fragment.duration for fragment in layout.fragments if fragment.duration >= longest / 2]
    average = round(size * 8 / seconds)
    return max(round(max(peaks)), average), average
