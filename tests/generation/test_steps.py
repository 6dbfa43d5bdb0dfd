"""The steps as a worker runs them: what they leave, that they repeat to the byte, and that they stop when told."""

from __future__ import annotations

import time
from pathlib import Path

import av
import numpy as np
import pytest

from generation.assembly.encoder import clip_writer
from generation.engines.profiles import encoder_settings
from generation.steps import KINDS, Input
from tests.generation.pictures import (
    ANIMATIC,
    SMALL,
    STORY,
    Context,
    Made,
    Stopped,
    digests,
    frames,
    line,
    make,
    plan_of,
    shot,
    story_made,
    through_json,
)


@pytest.fixture(scope="module")
def made() -> Made:
    return story_made()


def test_the_kinds_are_those_of_the_plan_each_on_its_queue() -> None:
    assert {kind.name: kind.queue for kind in KINDS.values()} == {
        "voice": "voice",
        "prompt": "gpu",
        "sheet": "gpu",
        "keyframe": "gpu",
        "latents": "gpu",
        "footage": "remote",
        "shot": "render",
        "ladder": "encode",
        "sound": "encode",
        "join": "encode",
        "poster": "encode",
        "package": "encode",
    }
    assert all(kind.version for kind in KINDS.values())
    for step in plan_of().steps:
        assert step.estimated_seconds > 0


def test_the_same_plan_leaves_the_same_bytes_everywhere(made: Made, tmp_path: Path) -> None:
    again = make(plan_of(), tmp_path / "again")
    assert digests(again.root) == digests(made.root)
    assert again.metas == made.metas


def test_a_shot_leaves_clip_and_stills_with_the_frames_it_says(made: Made) -> None:
    for meta, folder in made.of("shot"):
        assert sorted(path.name for path in folder.iterdir()) == ["clip.mp4", "last.jpg", "preview.jpg"]
        pictures = frames(folder / "clip.mp4")
        assert len(pictures) == meta["frames"]
        assert round(meta["frames"] * 1000 / 24) == meta["duration_ms"]
        assert pictures[0].shape == (320, 180, 3)


def test_a_shots_lines_lie_inside_it(made: Made) -> None:
    for meta, _ in made.of("shot"):
        for entry in meta["lines"]:
            assert set(entry) == {"index", "start_ms", "duration_ms"}
            assert 0 < entry["start_ms"] < entry["start_ms"] + entry["duration_ms"] < meta["duration_ms"]
    assert [len(meta["lines"]) for meta, _ in made.of("shot")] == [0, 1, 2]


def test_clips_have_closed_gops_no_b_frames_and_say_their_colours(made: Made) -> None:
    for _, folder in made.of("shot"):
        with av.open(str(folder / "clip.mp4")) as container:
            stream = container.streams.video[0]
            packets = [packet for packet in container.demux(stream) if packet.dts is not None]
            assert [packet.is_keyframe for packet in packets] == [index % 48 == 0 for index in range(len(packets))]
            assert all(packet.pts == packet.dts for packet in packets)
            assert stream.codec_context.codec.name == "h264"
            assert stream.codec_context.pix_fmt == "yuv420p"
            assert stream.codec_context.colorspace == 6  # SMPTE 170M, as the pictures were made


def test_colours_survive_the_encoder(tmp_path: Path) -> None:
    """A wrong matrix would turn red into orange and shift every grey."""
    picture = np.zeros((320, 180, 4), np.uint8)
    picture[:160, :, :3], picture[160:, :, :3] = (200, 40, 50), (128, 128, 128)
    with clip_writer(tmp_path / "c.mp4", 180, 320, 24, 10, encoder_settings(SMALL)) as writer:
        for _ in range(3):
            writer.write_rgba(picture)
    back = frames(tmp_path / "c.mp4")[-1].astype(int)
    assert np.abs(back[40:120, 40:140].mean(axis=(0, 1)) - (200, 40, 50)).max() < 8
    assert np.abs(back[200:280, 40:140].mean(axis=(0, 1)) - 128).max() < 4


def test_the_mezzanine_is_720_by_1280_at_24_frames_a_second(tmp_path: Path) -> None:
    plan = plan_of((shot(1, lines=(line("Run."),)),), ANIMATIC)
    real = make(plan, tmp_path)
    with av.open(str(real.package / "720p.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.width, video.height, float(video.average_rate)) == (
            "h264",
            720,
            1280,
            24.0,
        )
        assert (audio.codec_context.name, audio.rate, audio.codec_context.channels) == ("aac", 48_000, 2)
    assert len(frames(real.package / "720p.mp4")) == real.meta["frames"]
    sizes = {(r["width"], r["height"]) for r in real.meta["renditions"]}
    assert sizes == {(720, 1280), (540, 960), (360, 640)}


def test_the_ladder_shows_the_same_pictures_smaller(made: Made) -> None:
    for (_, small), (_, top) in zip(made.of("ladder"), made.of("shot"), strict=True):
        low, high = frames(small / "b.mp4"), frames(top / "clip.mp4")
        assert len(low) == len(high)
        assert low[0].shape == (160, 90, 3)
        halved = high[5].reshape(160, 2, 90, 2, 3).mean(axis=(1, 3))
        assert float(np.abs(halved - low[5]).mean()) < 7


def test_an_edited_line_changes_only_what_it_touches(made: Made, tmp_path: Path) -> None:
    edited = make(plan_of((STORY[0], shot(2, lines=(line("Who wrote this?"),)), STORY[2])), tmp_path)
    before, after = set(made.metas), set(edited.metas)
    ran = sorted(key_kind(edited, key) for key in after - before)
    assert ran == ["join", "ladder", "package", "poster", "shot", "sound", "voice"]
    for key in before & after:
        assert digests(made.root / key) == digests(edited.root / key)


def key_kind(made: Made, key: str) -> str:
    return next(step.kind for step in made.plan.steps if step.key == key)


@pytest.mark.parametrize("kind", ["voice", "shot", "ladder", "sound", "join", "poster", "package"])
def test_a_cancelled_step_stops_at_its_next_check_and_leaves_nothing(kind: str, made: Made, tmp_path: Path) -> None:
    step = [step for step in made.plan.steps if step.kind == kind][-1]
    run, inputs, spec = KINDS[kind].run, made.inputs(step.key), through_json(step.spec)
    counted = Context(tmp_path)
    run(spec, inputs, tmp_path / "whole", counted)
    assert counted.checks >= 1
    for stop_after in {0, counted.checks // 2, counted.checks - 1}:
        out = tmp_path / f"stopped{stop_after}"
        with pytest.raises(Stopped):
            run(spec, inputs, out, Context(tmp_path, stop_after=stop_after))
        assert not out.exists() or list(out.iterdir()) == []


def test_a_shot_checks_several_times_a_second(made: Made, tmp_path: Path) -> None:
    step = [step for step in made.plan.steps if step.kind == "shot"][1]
    spec, inputs = through_json(step.spec), made.inputs(step.key)
    times: list[float] = []
    context = Context(tmp_path, on_check=lambda: times.append(time.process_time()))
    KINDS["shot"].run(spec, inputs, tmp_path / "out", context)
    gaps = np.diff(times)
    assert len(gaps) > 8
    assert float(np.median(gaps)) < 0.4
    assert context.progressed == sorted(context.progressed)
    assert context.progressed[-1] == 1.0


def test_a_failing_encoder_leaves_no_half_clip(tmp_path: Path) -> None:
    def broken() -> None:
        with clip_writer(tmp_path / "c.mp4", 180, 320, 24, 26, encoder_settings(SMALL)) as writer:
            writer.write(np.zeros((480, 180), np.uint8))
            raise Stopped

    with pytest.raises(Stopped):
        broken()
    assert list(tmp_path.iterdir()) == []


def test_a_voice_whose_file_is_gone_is_an_error_and_leaves_nothing(made: Made, tmp_path: Path) -> None:
    step = [step for step in made.plan.steps if step.kind == "shot"][1]
    inputs = {name: Input(one.meta, tmp_path / "gone") for name, one in made.inputs(step.key).items()}
    with pytest.raises(FileNotFoundError):
        KINDS["shot"].run(through_json(step.spec), inputs, tmp_path / "out", Context(tmp_path))
    assert list((tmp_path / "out").iterdir()) == []
