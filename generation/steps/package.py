"""The episode's package: joined rungs and poster as they are, and what carries its title and its words: playlists,
subtitles, contact sheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation.captions.chunks import phrases
from generation.captions.vtt import Cue, webvtt
from generation.engines.base import RenderContext
from generation.packaging.boxes import Fragment, Layout
from generation.packaging.playlists import Variant, bandwidths, master_playlist, media_playlist, subtitle_playlist
from generation.packaging.sheet import Cell, contact_sheet
from generation.steps.files import asking, finished, passed_on
from generation.steps.inputs import Input
from generation.steps.poster import POSTER, STILL

SUBTITLES, SUBTITLE_PLAYLIST, MASTER = "captions.vtt", "captions.m3u8", "master.m3u8"
SHEET = "contact-sheet.png"


@dataclass(frozen=True, slots=True)
class Rendition:
    """What the master says of one rung; the fields of `catalog.services.RenditionDraft`."""

    name: str
    path: str
    playlist_path: str
    width: int
    height: int
    bitrate: int
    peak_bitrate: int
    codecs: str
    size_bytes: int

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def run(spec: Mapping[str, Any], inputs: Mapping[str, Input], out: Path, ctx: RenderContext) -> dict[str, Any]:
    """See `generation.steps`: leaves the package in `out`; its meta is what `MasterDraft` needs."""
    out.mkdir(parents=True, exist_ok=True)
    try:
        return _package(spec, inputs, out, ctx)
    except BaseException:
        for path in out.iterdir():
            path.unlink()
        raise


def _package(spec: Mapping[str, Any], inputs: Mapping[str, Input], out: Path, ctx: RenderContext) -> dict[str, Any]:
    fps, joined = int(spec["fps"]), inputs["join"]
    frames = int(joined.meta["frames"])
    ctx.check()
    renditions = [_rendition(rung, joined, out) for rung in spec["rungs"]]
    _write(out / SUBTITLES, webvtt(_cues(spec, inputs, fps)))
    _write(out / SUBTITLE_PLAYLIST, subtitle_playlist(SUBTITLES, frames / fps))
    _write(out / MASTER, _master(spec, renditions, fps))
    passed_on(inputs["poster"].folder / POSTER, out / POSTER)
    ctx.progress(0.2)
    ctx.check()
    _sheet(spec, inputs, out / SHEET, frames / fps, ctx)
    ctx.check()
    ctx.progress(1.0)
    top = renditions[0]
    return {
        "duration_ms": round(frames * 1000 / fps),
        "width": top.width,
        "height": top.height,
        "fps": fps,
        "frames": frames,
        "size_bytes": sum(path.stat().st_size for path in out.iterdir()),
        "loudness_lufs": joined.meta["loudness_lufs"],
        "renditions": [rendition.to_json() for rendition in renditions],
        "subtitles": [{"language": spec["language"], "path": SUBTITLES}],
        "master": MASTER,
        "poster": POSTER,
    }


def _rendition(rung: Mapping[str, Any], joined: Input, out: Path) -> Rendition:
    name = str(rung["name"])
    told = joined.meta["rungs"][name]
    where = Layout(int(told["init_size"]), tuple(Fragment(*part) for part in told["fragments"]))
    passed_on(joined.folder / f"{name}.mp4", out / f"{name}.mp4")
    _write(out / f"{name}.m3u8", media_playlist(f"{name}.mp4", where))
    peak, average = bandwidths(where)
    return Rendition(
        name=name,
        path=f"{name}.mp4",
        playlist_path=f"{name}.m3u8",
        width=int(rung["width"]),
        height=int(rung["height"]),
        bitrate=average,
        peak_bitrate=peak,
        codecs=str(told["codecs"]),
        size_bytes=int(told["size_bytes"]),
    )


def _master(spec: Mapping[str, Any], renditions: list[Rendition], fps: int) -> str:
    variants = [
        Variant(r.playlist_path, r.peak_bitrate, r.bitrate, r.width, r.height, fps, r.codecs) for r in renditions
    ]
    return master_playlist(
        variants, language=spec["language"], subtitles=SUBTITLE_PLAYLIST, burned=bool(spec["captions_burned"])
    )


def _cues(spec: Mapping[str, Any], inputs: Mapping[str, Input], fps: int) -> list[Cue]:
    cues: list[Cue] = []
    frames = 0
    for number, shot in enumerate(spec["shots"], start=1):
        meta = inputs[f"shot:{number}"].meta
        for line in meta["lines"]:
            start = round(frames * 1000 / fps) + line["start_ms"]
            words = [(str(t), int(a), int(b)) for t, a, b in inputs[f"voice:{number}:{line['index']}"].meta["words"]]
            speaker = shot["lines"][line["index"]]["speaker"]
            cues += [Cue(start + a, start + b, speaker, text) for a, b, text in phrases(words, spec["language"])]
        frames += int(meta["frames"])
    return cues


def _sheet(
    spec: Mapping[str, Any], inputs: Mapping[str, Input], path: Path, seconds: float, ctx: RenderContext
) -> None:
    cells = []
    for number, shot in enumerate(spec["shots"], start=1):
        still = inputs[f"shot:{number}"]
        framing = str(still.meta.get("provenance", {}).get("framing", ""))
        lines = tuple((str(line["speaker"]), str(line["text"])) for line in shot["lines"])
        lines = lines or (("", str(still.meta.get("action", ""))),)
        cells.append(Cell(number, still.folder / STILL, int(still.meta["duration_ms"]), framing, lines))
    minutes, rest = divmod(round(seconds), 60)
    top = spec["rungs"][0]
    subtitle = f"{len(cells)} shots   ·   {minutes}:{rest:02}   ·   {top['width']}x{top['height']} @ {spec['fps']}"
    page = contact_sheet(cells, title=str(spec["title"]), subtitle=subtitle, language=spec["language"], check=ctx.check)
    with finished(path) as draft, draft.open("wb") as file:
        page.save(asking(file, ctx.check), "PNG", compress_level=6)


def _write(path: Path, text: str) -> None:
    with finished(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")
