"""What a file really is, and what it only says it is."""

from __future__ import annotations

import av
import numpy as np
import pytest

from media.probe import NotAVideo, probe


def make_video(path, *, codec="libx264", frames=24, sound=True, options=None, form="mp4"):
    with av.open(str(path), "w", format=form, options=options or {}) as out:
        video = out.add_stream(codec, rate=24)
        video.width, video.height, video.pix_fmt = 144, 256, "yuv420p"
        audio = out.add_stream("aac", rate=48000) if sound else None
        for number in range(frames):
            picture = av.VideoFrame.from_ndarray(np.full((256, 144, 3), number * 5, np.uint8), format="rgb24")
            out.mux(video.encode(picture))
        out.mux(video.encode())
        if audio:
            quiet = av.AudioFrame.from_ndarray(np.zeros((2, 48000), np.float32), format="fltp", layout="stereo")
            quiet.sample_rate = 48000
            out.mux(audio.encode(quiet))
            out.mux(audio.encode())
    return path


@pytest.mark.parametrize("options", [{}, {"movflags": "frag_keyframe+empty_moov+default_base_moof"}])
def test_a_video_is_measured_plain_or_fragmented(tmp_path, options):
    path = make_video(tmp_path / "clip.mp4", options=options)
    found = probe(path)
    assert (found.width, found.height, found.frames, found.fps) == (144, 256, 24, 24.0)
    assert (found.video_codec, found.audio_codec) == ("h264", "aac")
    assert found.duration_ms == 1000
    assert found.size_bytes == path.stat().st_size


def test_a_silent_video_has_no_sound(tmp_path):
    assert probe(make_video(tmp_path / "clip.mp4", sound=False)).audio_codec is None


def test_a_playlist_that_calls_itself_mp4_opens_nothing(tmp_path):
    secret = make_video(tmp_path / "secret.ts", form="mpegts")
    path = tmp_path / "clip.mp4"
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:1", "#EXTINF:1,", f"file://{secret}", "#EXT-X-ENDLIST"]
    path.write_text("\n".join(lines))
    with pytest.raises(NotAVideo):
        probe(path)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00" * 5000, b"ffconcat version 1.0\nfile /etc/passwd\n", b"RIFF1234AVI LIST", b"\x1a\x45\xdf\xa3" * 99],
)
def test_what_is_no_mp4_is_said_to_be_none(tmp_path, data):
    path = tmp_path / "clip.mp4"
    path.write_bytes(data)
    with pytest.raises(NotAVideo):
        probe(path)


def test_a_decoder_that_is_not_ours_is_not_used(tmp_path):
    with pytest.raises(NotAVideo):
        probe(make_video(tmp_path / "clip.mp4", codec="mpeg4"))


def test_sound_alone_is_no_video(tmp_path):
    path = tmp_path / "song.mp4"
    with av.open(str(path), "w", format="mp4") as out:
        audio = out.add_stream("aac", rate=48000)
        quiet = av.AudioFrame.from_ndarray(np.zeros((2, 48000), np.float32), format="fltp", layout="stereo")
        quiet.sample_rate = 48000
        out.mux(audio.encode(quiet))
        out.mux(audio.encode())
    with pytest.raises(NotAVideo):
        probe(path)


def test_a_cut_off_file_is_measured_or_refused_but_never_breaks(tmp_path):
    whole = make_video(tmp_path / "whole.mp4").read_bytes()
    for size in range(0, len(whole), 997):
        path = tmp_path / "cut.mp4"
        path.write_bytes(whole[:size])
        try:
            found = probe(path)
        except NotAVideo:
            continue
        assert found.frames <= 24
