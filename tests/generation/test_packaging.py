"""The package: files that play by themselves, and playlists whose byte ranges land exactly on fragments."""

from __future__ import annotations

import io
import re
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pysubs2
import pytest
from PIL import Image

from generation.packaging.boxes import BadFragments, boxes, codecs, layout
from generation.packaging.playlists import bandwidths, media_playlist
from generation.packaging.sheet import Cell, contact_sheet
from tests.generation.pictures import Made, story_made


@pytest.fixture(scope="module")
def made() -> Made:
    return story_made()


def ranges(playlist: str) -> tuple[tuple[int, int], list[tuple[int, int, float]]]:
    """((init size, offset), [(size, offset, seconds)]) of a media playlist."""
    init = re.search(r'#EXT-X-MAP:URI="[^"]+",BYTERANGE="(\d+)@(\d+)"', playlist)
    assert init is not None
    parts = re.findall(r"#EXTINF:([\d.]+),\n#EXT-X-BYTERANGE:(\d+)@(\d+)\n", playlist)
    return (int(init[1]), int(init[2])), [(int(size), int(offset), float(seconds)) for seconds, size, offset in parts]


def test_the_package_holds_exactly_its_files(made: Made) -> None:
    assert sorted(path.name for path in made.package.iterdir()) == [
        "a.m3u8",
        "a.mp4",
        "b.m3u8",
        "b.mp4",
        "captions.m3u8",
        "captions.vtt",
        "contact-sheet.png",
        "master.m3u8",
        "poster.jpg",
    ]
    assert made.meta["size_bytes"] == sum(path.stat().st_size for path in made.package.iterdir())


def test_the_meta_says_what_the_files_are(made: Made) -> None:
    meta = made.meta
    assert (meta["width"], meta["height"], meta["fps"]) == (180, 320, 24)
    assert meta["duration_ms"] == round(sum(m["frames"] for m, _ in made.of("shot")) * 1000 / 24)
    assert meta["loudness_lufs"] == pytest.approx(-16, abs=0.3)
    assert meta["subtitles"] == [{"language": "en", "path": "captions.vtt"}]
    for rendition, name in zip(meta["renditions"], ("a", "b"), strict=True):
        assert set(rendition) == {
            "name",
            "path",
            "playlist_path",
            "width",
            "height",
            "bitrate",
            "peak_bitrate",
            "codecs",
            "size_bytes",
        }
        assert (rendition["path"], rendition["playlist_path"]) == (f"{name}.mp4", f"{name}.m3u8")
        assert rendition["size_bytes"] == (made.package / f"{name}.mp4").stat().st_size
        assert rendition["bitrate"] <= rendition["peak_bitrate"]
        assert re.fullmatch(r"avc1\.64[0-9a-f]{4},mp4a\.40\.2", rendition["codecs"])


def test_a_rung_is_one_fragmented_mp4_whose_header_comes_first(made: Made) -> None:
    path = made.package / "a.mp4"
    with path.open("rb") as file:
        kinds = [box.kind for box in boxes(file, 0, path.stat().st_size)]
    assert kinds[:3] == ["ftyp", "moov", "sidx"]
    rest = [kind for kind in kinds[2:] if kind != "sidx"]
    assert rest == ["moof", "mdat"] * (len(rest) // 2)
    assert len(rest) >= 4


def test_a_rung_plays_by_itself_from_start_to_end(made: Made) -> None:
    for name in ("a", "b"):
        with av.open(str(made.package / f"{name}.mp4")) as container:
            assert container.duration / 1e6 == pytest.approx(made.meta["duration_ms"] / 1000, abs=0.1)
            pictures = list(container.decode(video=0))
        assert len(pictures) == made.meta["frames"]
        times = [float(picture.pts * picture.time_base) for picture in pictures]
        assert times == pytest.approx([index / 24 for index in range(len(pictures))], abs=1e-3)
        with av.open(str(made.package / f"{name}.mp4")) as container:
            first = next(container.decode(audio=0))
            assert float(first.pts * first.time_base) == 0.0


def test_byte_ranges_land_exactly_on_fragments_and_cover_the_file(made: Made) -> None:
    for name in ("a", "b"):
        data = (made.package / f"{name}.mp4").read_bytes()
        (init_size, init_offset), parts = ranges((made.package / f"{name}.m3u8").read_text())
        assert init_offset == 0
        assert data[4:8] == b"ftyp"
        assert b"moov" in data[:init_size]
        for size, offset, _ in parts:
            assert data[offset + 4 : offset + 8] == b"moof"
            moof = int.from_bytes(data[offset : offset + 4], "big")
            assert data[offset + moof + 4 : offset + moof + 8] == b"mdat"
            assert moof + int.from_bytes(data[offset + moof : offset + moof + 4], "big") == size
        assert parts[-1][0] + parts[-1][1] == len(data)
        assert all(a[0] + a[1] == b[1] for a, b in pairwise(parts))
        assert sum(seconds for _, _, seconds in parts) == pytest.approx(made.meta["frames"] / 24, abs=1e-3)


def test_each_segment_decodes_alone_with_the_header(made: Made) -> None:
    data = (made.package / "a.mp4").read_bytes()
    (init_size, _), parts = ranges((made.package / "a.m3u8").read_text())
    for size, offset, seconds in parts:
        alone = io.BytesIO(data[:init_size] + data[offset : offset + size])
        with av.open(alone, format="mp4") as container:
            pictures = list(container.decode(video=0))
        assert len(pictures) == round(seconds * 24)
        assert pictures[0].key_frame


def test_fragments_last_about_two_seconds_and_are_the_same_in_every_rung(made: Made) -> None:
    one, other = (layout(made.package / f"{name}.mp4", 24) for name in ("a", "b"))
    assert [(f.start, f.duration) for f in one.fragments] == [(f.start, f.duration) for f in other.fragments]
    assert all(1.4 <= fragment.duration <= 3.8 for fragment in one.fragments[:-1])


def test_ranges_are_found_again_after_a_box_was_put_in_front(made: Made, tmp_path: Path) -> None:
    """Signing inserts a box after ftyp: the same walk gives the new offsets."""
    data = (made.package / "a.mp4").read_bytes()
    ftyp = int.from_bytes(data[:4], "big")
    box = (24).to_bytes(4, "big") + b"uuid" + bytes(16)
    signed = tmp_path / "signed.mp4"
    signed.write_bytes(data[:ftyp] + box + data[ftyp:])
    (before, after) = (layout(path, 24) for path in (made.package / "a.mp4", signed))
    assert after.init_size == before.init_size + 24
    assert [(f.offset - 24, f.size, f.duration) for f in after.fragments] == [
        (f.offset, f.size, f.duration) for f in before.fragments
    ]
    (init, _), parts = ranges(media_playlist("signed.mp4", after))
    with av.open(
        io.BytesIO(signed.read_bytes()[:init] + signed.read_bytes()[parts[1][1] :][: parts[1][0]]), format="mp4"
    ) as container:
        assert len(list(container.decode(video=0))) == round(parts[1][2] * 24)


def test_a_broken_file_is_refused(made: Made, tmp_path: Path) -> None:
    whole = (made.package / "a.mp4").read_bytes()
    for name, data in (
        ("cut", whole[:-100]),
        ("text", b"#EXTM3U\n" * 8),
        ("empty", b""),
        ("header", whole[: layout(made.package / "a.mp4", 24).init_size]),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(BadFragments):
            layout(path, 24)
    (tmp_path / "audio").write_bytes(b"\0\0\0\x08free")
    with pytest.raises(BadFragments):
        codecs(tmp_path / "audio")


def test_the_master_playlist_names_every_rung_best_first_with_its_numbers(made: Made) -> None:
    text = (made.package / "master.m3u8").read_text()
    streams = re.findall(
        r"#EXT-X-STREAM-INF:BANDWIDTH=(\d+),AVERAGE-BANDWIDTH=(\d+),RESOLUTION=(\d+x\d+),"
        r'FRAME-RATE=24\.000,CODECS="([^"]+)",SUBTITLES="subs"\n(\S+)',
        text,
    )
    assert [(size, name) for _, _, size, _, name in streams] == [("180x320", "a.m3u8"), ("90x160", "b.m3u8")]
    for (peak, average, _, codec, _), rendition in zip(streams, made.meta["renditions"], strict=True):
        assert (int(peak), int(average), codec) == (
            rendition["peak_bitrate"],
            rendition["bitrate"],
            rendition["codecs"],
        )
    assert 'TYPE=SUBTITLES,GROUP-ID="subs",NAME="English",LANGUAGE="en"' in text
    assert 'URI="captions.m3u8"' in text


def test_bandwidth_is_the_peak_of_any_whole_segment(made: Made) -> None:
    where = layout(made.package / "a.mp4", 24)
    peak, average = bandwidths(where)
    assert average == round(sum(f.size for f in where.fragments) * 8 / sum(f.duration for f in where.fragments))
    assert peak >= average


def test_subtitles_hold_every_word_in_time_and_no_markup(made: Made) -> None:
    text = (made.package / "captions.vtt").read_text(encoding="utf-8")
    cues = list(pysubs2.SSAFile.from_string(text, format_="vtt"))
    assert [row for row in text.split("\n") if row.startswith("<v")] == [
        "<v MARA>Who sent &lt;this&gt; &amp; why?",
        "<v JONAS>I did.",
        "<v JONAS>Run, Mara!",
    ]
    assert len(cues) == 3
    start = made.of("shot")[0][0]["frames"] * 1000 / 24
    assert cues[0].start == pytest.approx(start + made.of("shot")[1][0]["lines"][0]["start_ms"], abs=60)
    assert cues[-1].end <= made.meta["duration_ms"] + 400
    playlist = (made.package / "captions.m3u8").read_text()
    assert "captions.vtt" in playlist
    assert playlist.rstrip().endswith("#EXT-X-ENDLIST")


def test_the_poster_is_a_close_face_without_words_and_not_black(made: Made) -> None:
    with Image.open(made.package / "poster.jpg") as poster:
        assert poster.size == (180, 320)
        assert np.asarray(poster.convert("L")).mean() > 22
    close = made.of("shot")[1][1] / "preview.jpg"
    assert (made.package / "poster.jpg").read_bytes() == close.read_bytes()


def test_the_contact_sheet_shows_every_shot(made: Made) -> None:
    with Image.open(made.package / "contact-sheet.png") as sheet:
        assert sheet.format == "PNG"
        pixels = np.asarray(sheet.convert("RGB")).astype(int)
    assert pixels.shape[1] > 1200
    for column in range(3):
        left = 44 + column * (252 + 22)
        assert pixels[150:560, left : left + 252].std() > 15
    assert pixels[150:560, 44 + 3 * 274 : 44 + 3 * 274 + 252, 0].std() == 0


def test_a_long_speech_is_cut_short_on_the_sheet_in_either_language(made: Made) -> None:
    picture = made.of("shot")[0][1] / "preview.jpg"
    for text, language in (("word " * 80, "en"), ("三年前，我亲手埋了你。" * 12, "zh")):
        sheet = contact_sheet(
            [Cell(1, picture, 1500, "close", (("MARA", text),))], title="T", subtitle="", language=language
        )
        assert sheet.height < 800
