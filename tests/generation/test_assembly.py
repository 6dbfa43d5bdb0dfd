"""The sound: loudness as the standard measures it, peaks, places, and voices where they belong. And the join."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from generation.assembly import loudness
from generation.assembly.ambience import air_of, bed
from generation.assembly.audio import write_aac
from generation.assembly.join import join
from generation.assembly.loudness import QUIET, integrated, normalised, true_peak
from generation.assembly.mix import Spoken, Stretch, mixed
from generation.assembly.signal import RATE, band, resampled, shaped
from tests.generation.pictures import Made, frames, story_made


@pytest.fixture(scope="module")
def made() -> Made:
    return story_made()


def tone(hz: float, seconds: float, amplitude: float, rate: int = RATE) -> np.ndarray[Any, Any]:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def speech_like(seconds: float, seed: int = 1) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(seed)
    noise = shaped(rng.standard_normal(round(seconds * RATE)).astype(np.float32), band(150, 3000))
    gate = (np.sin(np.arange(len(noise)) / RATE * 9) > 0).astype(np.float32)
    return (noise * gate * 0.3).astype(np.float32)


def measured(path: Path) -> tuple[float, float]:
    """(LUFS, true peak in dB) of a file, by ffmpeg's own ebur128."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        graph = av.filter.Graph()
        source = graph.add_abuffer(template=stream)
        meter = graph.add("ebur128", "metadata=1:peak=true")
        sink = graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        graph.configure()
        values: dict[str, str] = {}
        for frame in container.decode(stream):
            source.push(frame)
            values |= _drained(sink)
        source.push(None)
        values |= _drained(sink)
    peak = max(float(values[f"lavfi.r128.true_peaks_ch{channel}"]) for channel in (0, 1))
    return float(values["lavfi.r128.I"]), 20 * np.log10(max(peak, 1e-9))


def _drained(sink: Any) -> dict[str, str]:
    values: dict[str, str] = {}
    while True:
        try:
            values |= dict(sink.pull().metadata)
        except (av.error.BlockingIOError, av.error.EOFError):
            return values


def test_loudness_agrees_with_the_standards_reference_tone() -> None:
    """EBU 3341 case 1: a stereo sine of 1 kHz at -23 dBFS is -23 LUFS."""
    sine = tone(1000, 20, 10 ** (-23 / 20))
    assert integrated(np.stack([sine, sine])) == pytest.approx(-23.0, abs=0.1)


def test_loudness_is_gated_so_that_pauses_do_not_count() -> None:
    sine = np.concatenate([tone(1000, 10, 10 ** (-23 / 20)), np.zeros(RATE * 10, np.float32)])
    assert integrated(np.stack([sine, sine])) == pytest.approx(-23.0, abs=0.2)


def test_silence_stays_silence() -> None:
    silence = np.zeros((2, RATE), np.float32)
    assert integrated(silence) == QUIET
    still, loudness = normalised(silence, -16.0)
    assert np.array_equal(still, silence)
    assert loudness == QUIET


def test_true_peak_sees_between_the_samples() -> None:
    sine = (0.9 * np.sin(2 * np.pi * 12_000 * np.arange(RATE) / RATE + np.pi / 4)).astype(np.float32)
    assert float(np.abs(sine).max()) < 0.65
    assert true_peak(sine[None]) == pytest.approx(20 * np.log10(0.9), abs=0.3)


def test_a_mix_is_brought_to_minus_16_lufs_and_its_peaks_are_held() -> None:
    voice = speech_like(12)
    voice[RATE * 3 : RATE * 3 + 40] = 0.99  # a click that the limiter must catch
    loud, loudness = normalised(np.stack([voice, voice]) * 0.2, -16.0)
    assert integrated(loud) == loudness == pytest.approx(-16.0, abs=0.3)
    assert true_peak(loud) <= -1.9


def test_ffmpeg_measures_the_same_loudness_in_the_finished_track(made: Made) -> None:
    ((meta, folder),) = made.of("sound")
    assert sorted(path.name for path in folder.iterdir()) == ["sound.m4a"]
    loudness, peak = measured(folder / "sound.m4a")
    assert meta["loudness_lufs"] == pytest.approx(-16.0, abs=0.3)
    assert loudness == pytest.approx(meta["loudness_lufs"], abs=0.5)
    assert peak <= -1.0


def test_the_track_is_as_long_as_the_pictures(made: Made) -> None:
    ((meta, folder),) = made.of("sound")
    seconds = sum(shot["frames"] for shot, _ in made.of("shot")) / 24
    assert meta["duration_ms"] == round(seconds * 1000)
    with av.open(str(folder / "sound.m4a")) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert abs(samples / RATE - seconds) < 0.05


def test_words_are_heard_when_the_shot_says(made: Made) -> None:
    """The AAC encoder's delay is taken out: in the finished episode the voice starts where its shot's line starts."""
    samples, _ = _decoded(made.package / "a.mp4")
    shots = [meta for meta, _ in made.of("shot")]
    start = shots[0]["frames"] / 24 + shots[1]["lines"][0]["start_ms"] / 1000
    before = samples[round((start - 0.12) * RATE) : round((start - 0.02) * RATE)]
    after = samples[round((start + 0.03) * RATE) : round((start + 0.13) * RATE)]
    assert np.sqrt(np.mean(after**2)) > 4 * np.sqrt(np.mean(before**2))


def _decoded(path: Path) -> tuple[np.ndarray[Any, Any], int]:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        parts = [frame.to_ndarray()[0] for frame in container.decode(stream)]
        return np.concatenate(parts), stream.rate


def test_a_voice_is_mixed_where_it_starts_and_the_air_is_quiet_under_it() -> None:
    air = air_of({"place": "STREET", "interior": False, "time_of_day": "day"})
    voice = tone(300, 1.0, 0.3, 22_050)
    mix = mixed(
        [Stretch(0, RATE * 3, air, (Spoken(voice, 22_050, RATE),)), Stretch(RATE * 3, RATE * 5, air, ())], lambda: None
    )
    assert mix.shape == (2, RATE * 5)
    level = [
        float(np.sqrt(np.mean(mix[:, int(a * RATE) : int(b * RATE)] ** 2)))
        for a, b in ((0.3, 0.9), (1.1, 1.9), (3.5, 4.5))
    ]
    assert level[1] > 5 * level[0]
    assert level[1] > 5 * level[2]
    assert level[0] > 0.001


def test_resampling_keeps_pitch_and_level() -> None:
    wide = resampled(tone(440, 1.0, 0.5, 22_050), 22_050)
    spectrum = np.abs(np.fft.rfft(wide[:RATE]))
    assert len(wide) == RATE
    assert abs(int(np.argmax(spectrum)) - 440) <= 1
    assert float(np.sqrt(np.mean(wide[4800:-4800] ** 2))) == pytest.approx(0.5 / np.sqrt(2), rel=0.02)


@pytest.mark.parametrize(
    ("place", "interior", "time", "weather", "beds"),
    [
        ("STREET", False, "day", "", {"city"}),
        ("客厅", True, "day", "", {"room"}),
        ("GARDEN", False, "night", "rain", {"rain", "dread"}),
        ("KITCHEN", True, "night", "rain", {"muffled_rain", "room", "dread"}),
        ("海边", False, "day", "", {"waves"}),
        ("FOREST", False, "night", "", {"wind", "crickets", "dread"}),
        ("CAR", True, "day", "", {"engine"}),
    ],
)
def test_each_place_has_its_air(place: str, interior: bool, time: str, weather: str, beds: set[str]) -> None:
    air = air_of({"place": place, "interior": interior, "time_of_day": time}, weather)
    assert {name for name, _ in air.beds} == beds
    assert all(level <= -33 for _, level in air.beds)
    for name in beds:
        assert np.array_equal(bed(name, RATE // 2, 3), bed(name, RATE // 2, 3))


def test_joining_changes_no_frame(made: Made, tmp_path: Path) -> None:
    clips = [folder / "clip.mp4" for _, folder in made.of("shot")]
    ((_, sound),) = made.of("sound")
    count = join(clips, sound / "sound.m4a", tmp_path / "all.mp4", 24)
    apart = [picture for clip in clips for picture in frames(clip)]
    together = frames(tmp_path / "all.mp4")
    assert count == len(together) == len(apart)
    assert all(np.array_equal(one, other) for one, other in zip(apart, together, strict=True))


def test_aac_is_written_bit_for_bit_the_same(tmp_path: Path) -> None:
    mix = np.stack([speech_like(1), speech_like(1, 2)])
    for name in ("one.m4a", "two.m4a"):
        write_aac(tmp_path / name, mix)
    assert (tmp_path / "one.m4a").read_bytes() == (tmp_path / "two.m4a").read_bytes()


def test_points_between_samples_are_worked_out_only_where_they_may_pass_the_ceiling_and_none_is_missed() -> None:
    rng = np.random.default_rng(2)
    swelling = np.sin(np.arange(240_000) / 30_000) ** 4
    sound = (rng.standard_normal(len(swelling)) * 0.2 * swelling).astype(np.float32)
    whole, spared = loudness._envelope(sound), loudness._envelope(sound, above=0.6)
    assert np.array_equal(np.maximum(spared, 0.6), np.maximum(whole, 0.6))
    assert int((whole > 0.6).sum()) > int((np.abs(sound) > 0.6).sum()) > 0
    assert loudness._loud_parts(np.abs(sound), 0.6 / loudness._OVERSHOOT)[0][0] > 0
    assert np.array_equal(loudness._envelope(sound * 0), sound * 0)
