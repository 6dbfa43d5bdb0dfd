"""The animatic engine: what it draws, of whom, where, and that it never does so twice differently."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generation.engines import get_engine
from generation.engines.animatic.acting import Speaking, perform
from generation.engines.animatic.camera import layer_matrix, view_at
from generation.engines.animatic.figures.face import LIDS, MOUTHS
from generation.engines.animatic.scene import Scene
from generation.engines.animatic.sets import build_set
from generation.engines.animatic.staging import stage
from generation.engines.base import CastMember, ShotSpec, UnknownEngine, VoiceClip
from generation.engines.profiles import PROFILES, UnknownProfile, encoder_settings, get_profile
from generation.timing import GAP_MS, LEAD_MS, TAIL_MS, shot_timing
from generation.voices.speech import speak, write_wav
from tests.generation.pictures import JONAS, LIN, LOOK, MARA, line, shot, through_json

BOTH = (MARA, JONAS)


def spec(
    cast: tuple[CastMember, ...] = (MARA,), *, captions: bool = False, language: str = "en", **changes: Any
) -> ShotSpec:
    values = {"cast": tuple(member.name for member in cast), **changes}
    return ShotSpec(
        shot=shot(**values),
        cast=cast,
        look=LOOK,
        width=720,
        height=1280,
        fps=24,
        captions_burned=captions,
        language=language,
        seed=5,
    )


def voice(tmp_path: Path, text: str, name: str = "en-us+f2", language: str = "en") -> VoiceClip:
    speech = speak(text=text, language=language, voice=name)
    path = tmp_path / f"{abs(hash((text, name)))}.wav"
    write_wav(path, speech)
    return VoiceClip(path, speech.duration_ms, speech.words)


def still(shot_spec: ShotSpec, voices: tuple[VoiceClip, ...] = (), at: int = 0) -> np.ndarray[Any, Any]:
    timing = shot_timing([v.duration_ms for v in voices], shot_spec.shot.estimated_ms, shot_spec.fps)
    picture: np.ndarray[Any, Any] = Scene(shot_spec, voices, timing).frame(at)[..., :3].astype(int)
    return picture


def difference(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    return float(np.abs(one - other).mean())


def test_a_spec_goes_through_json_and_other_keys_are_left_alone() -> None:
    whole = spec(BOTH, lines=(line("Burn it."),))
    assert ShotSpec.from_json(through_json(whole.to_json() | {"encoder": {"crf": 1}, "engine": "animatic"})) == whole


def test_unknown_names_are_refused_with_those_that_exist() -> None:
    with pytest.raises(UnknownEngine):
        get_engine("sora")
    with pytest.raises(UnknownProfile) as refused:
        get_profile("imax")
    assert refused.value.code == "unknown_profile"
    assert "animatic" in refused.value.remedy


def test_the_animatic_profile_is_720p_at_24_with_three_rungs() -> None:
    profile = PROFILES["animatic"]
    assert (profile.width, profile.height, profile.fps, profile.captions_burned) == (720, 1280, 24, True)
    assert [(r.name, r.width, r.height) for r in profile.rungs] == [
        ("720p", 720, 1280),
        ("540p", 540, 960),
        ("360p", 360, 640),
    ]
    settings = encoder_settings(profile)
    assert (settings["threads"], settings["gop"], settings["crf"]) == (1, 48, profile.rungs[0].crf)


def test_resolve_is_pure_and_makes_sizes_even() -> None:
    resolved = get_engine("animatic").resolve(replace(spec(), width=181, height=321, fps=120))
    assert (resolved.width, resolved.height, resolved.fps) == (180, 320, 60)
    assert (resolved.engine, resolved.version) == ("animatic", get_engine("animatic").version)
    assert resolved.estimated_seconds > 0


def test_a_shot_lasts_as_long_as_its_words_need() -> None:
    timing = shot_timing([1000, 500], 9000, 24)
    assert timing.line_starts_ms == (LEAD_MS, LEAD_MS + 1000 + GAP_MS)
    assert timing.duration_ms - (LEAD_MS + 1000 + GAP_MS + 500 + TAIL_MS) in range(42)
    assert [shot_timing([], ms, 24).frames for ms in (0, 2000, 60_000)] == [36, 48, 120]


def test_the_same_shot_gives_the_same_pixels_after_everything_was_forgotten() -> None:
    first = still(spec(BOTH, framing="medium"), at=7)
    build_set.cache_clear()
    assert np.array_equal(first, still(spec(BOTH, framing="medium"), at=7))


@pytest.mark.parametrize("framing", ["wide", "medium", "close", "extreme_close", "over_shoulder", "insert"])
def test_every_framing_gives_another_bright_enough_picture(framing: str) -> None:
    picture = still(spec(BOTH, framing=framing, action="She takes the ring."))
    assert picture.shape == (1280, 720, 3)
    assert picture.mean() > 25
    assert picture.std() > 20
    assert difference(picture, still(spec(BOTH, framing="close" if framing != "close" else "wide"))) > 5


def test_two_characters_can_be_told_apart() -> None:
    one, other = (still(spec((member,))) for member in BOTH)
    face = (slice(150, 1100), slice(120, 600))
    assert float((np.abs(one[face] - other[face]).max(axis=2) > 40).mean()) > 0.25


def test_a_red_dress_is_red_on_the_screen() -> None:
    picture = still(spec((MARA,), time_of_day="day"))[1000:1250, 250:470].reshape(-1, 3).mean(axis=0)
    assert picture[0] > 1.8 * picture[1]
    assert picture[0] > 1.8 * picture[2]


def test_an_insert_shows_its_object_and_nobody() -> None:
    shown = still(spec((), framing="insert", action="The ring lies there."))
    other = still(spec((), framing="insert", action="The knife lies there."))
    assert difference(shown[200:900, 200:520], other[200:900, 200:520]) > 8


def test_people_in_a_talk_keep_their_sides_and_look_at_each_other() -> None:
    both = stage(spec(BOTH, framing="medium")).stands
    alone = [
        stage(spec((m,), action=f"{m.name.title()} speaks to {o.name.title()}")).stands[0]
        for m, o in (BOTH, BOTH[::-1])
    ]
    assert both[0].x < 360 < both[1].x
    assert both[0].bearing.yaw > 0 > both[1].bearing.yaw
    assert {s.member.name: s.bearing.yaw > 0 for s in both} == {s.member.name: s.bearing.yaw > 0 for s in alone}


def test_over_the_shoulder_shows_the_speaker_and_the_listeners_back() -> None:
    staging = stage(spec(BOTH, framing="over_shoulder", lines=(line("No.", "JONAS"),)))
    assert [stand.member.name for stand in staging.stands] == ["JONAS"]
    assert staging.foreground is not None
    assert staging.foreground.member.name == "MARA"


def test_the_mood_of_the_line_is_on_the_face() -> None:
    moods = [
        stage(spec(lines=(line("You lied to me.", manner=manner),))).stands[0].bearing.mood
        for manner in ("", "angry", "crying")
    ]
    assert moods == ["calm", "angry", "crying"]


def test_lips_move_with_the_sound_and_rest_without_it(tmp_path: Path) -> None:
    clip = voice(tmp_path, "Who put this on my table? Tell me now.")
    timing = shot_timing([clip.duration_ms], 0, 24)
    poses = perform([Speaking(timing.line_starts_ms[0], clip)], timing.frames, 24, seed=3, energy=1.0)
    speaking = poses[6 : 6 + clip.duration_ms * 24 // 1000]
    assert {pose.lips for pose in speaking} <= {"", *MOUTHS}
    assert len({pose.lips for pose in speaking}) >= 3
    assert sum(pose.lips != "" for pose in speaking) > len(speaking) / 2
    assert all(pose.lips == "" for pose in poses[:3] + poses[-3:])


def test_people_blink_but_seldom() -> None:
    lids = [pose.lids for pose in perform([], 24 * 12, 24, seed=8, energy=1.0)]
    assert set(lids) <= {"", *LIDS}
    assert 3 <= sum(before == "" and after == "half" for before, after in pairwise(lids)) <= 6


def test_the_mouth_is_seen_to_move(tmp_path: Path) -> None:
    clip = voice(tmp_path, "Who put this on my table?")
    talking = spec(lines=(line("Who put this on my table?"),))
    timing = shot_timing([clip.duration_ms], 0, 24)
    scene = Scene(talking, (clip,), timing)
    mouth = np.stack([scene.frame(i, captions=False)[560:760, 200:520, :3] for i in range(4, 34, 2)]).astype(int)
    assert np.abs(np.diff(mouth, axis=0)).max(axis=(1, 2, 3)).max() > 60


@pytest.mark.parametrize("move", ["static", "push_in", "pull_out", "pan_left", "pan_right", "tilt_up", "tilt_down"])
def test_every_move_is_smooth_and_never_shows_an_edge(move: str) -> None:
    views = [view_at(move, i / 96) for i in range(97)]
    steps = np.abs(np.diff([(v.zoom * 400, v.x, v.y) for v in views], axis=0))
    assert steps.max() < 3
    assert steps[:5].max() <= steps.max() + 1e-9
    for view in (views[0], views[-1]):
        matrix = layer_matrix(view, 0.5, 720, 1280)
        left_top, right_low = matrix @ (-120, -200, 1), matrix @ (840, 1480, 1)
        assert left_top[0] <= 0
        assert left_top[1] <= 0
        assert right_low[0] >= 720
        assert right_low[1] >= 1280


def test_a_fade_begins_in_black_and_a_cut_does_not() -> None:
    assert still(spec(transition="fade")).mean() < 12
    assert still(spec(transition="cut")).mean() > 25


def test_captions_are_burned_only_where_asked(tmp_path: Path) -> None:
    clip = voice(tmp_path, "Burn it now.")
    with_captions, without = (spec(lines=(line("Burn it now."),), captions=on) for on in (True, False))
    at = 12
    changed = np.abs(still(with_captions, (clip,), at) - still(without, (clip,), at)).max(axis=2) > 30
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert changed.sum() > 2000
    assert rows[0] > 640
    assert rows[-1] < 1280 * 0.82
    assert columns[-1] < 720 * 0.88


def test_chinese_is_captioned_and_acted_too(tmp_path: Path) -> None:
    clip = voice(tmp_path, "别开灯。", "cmn+f2", "zh")
    plain, captioned = (
        spec((LIN,), captions=on, language="zh", lines=(line("别开灯。", "林晚"),)) for on in (False, True)
    )
    assert difference(still(plain, (clip,), 10), still(captioned, (clip,), 10)) > 0.8


def test_rain_falls_only_outside() -> None:
    outside = spec((MARA,), place="STREET", interior=False, framing="wide", action="Rain.")
    dry = replace(outside, shot=replace(outside.shot, action=""))
    assert difference(still(outside, at=3), still(dry, at=3)) > 2
    inside = Scene(spec((MARA,), action="Rain on the window."), (), shot_timing([], 1500, 24))
    assert inside.weather == "rain"


def test_no_torch_and_no_django_are_needed_to_plan_a_picture() -> None:
    import subprocess
    import sys

    root = Path(__file__).resolve().parents[2]
    code = (
        "import sys; sys.path[:0]=['platform','.'];"
        "import generation.steps, generation.engines.profiles, generation.timing;"
        "heavy={'torch','django','cv2','av','PIL'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)
