"""Voices: who can speak, how, and when each word is heard."""

from __future__ import annotations

import time
import wave
from pathlib import Path

import numpy as np
import pytest

from generation import voices
from generation.steps import KINDS
from generation.voices.moods import is_whisper, mood_of
from generation.voices.persons import FEMALE, MALE, age_of, sex_for, sex_of
from generation.voices.speech import SpeechFailed, read_wav, speak, spoken_text
from tests.generation.pictures import Context, through_json

EVERY_VOICE = [(language, name) for language in ("en", "zh") for name in voices.available(language)]
HELLO = {"en": "Hello there.", "zh": "你好。"}


@pytest.mark.parametrize(("language", "name"), EVERY_VOICE)
def test_every_voice_that_is_offered_speaks(language: str, name: str) -> None:
    speech = speak(text=HELLO[language], language=language, voice=name)
    assert 300 < speech.duration_ms < 2500
    assert float(np.abs(speech.samples).max()) > 0.05


@pytest.mark.parametrize("manner", ["", "whispering"])
def test_the_same_line_gives_the_same_samples_in_every_process(manner: str) -> None:
    """Also a second later: espeak seeds the breath in some voices with the clock."""
    first = speak(text="Burn it.", language="en", voice="en-us+f2", manner=manner)
    time.sleep(1.05)
    again = speak(text="Burn it.", language="en", voice="en-us+f2", manner=manner)
    assert np.array_equal(first.samples, again.samples)
    assert first.words == again.words


def test_two_voices_sound_different() -> None:
    first, other = (speak(text="Burn it.", language="en", voice=name) for name in ("en-us+f2", "en-us+m3"))
    assert not np.array_equal(first.samples, other.samples)


def test_every_word_has_its_time_in_order_within_the_sound() -> None:
    text = "You were never supposed to find that letter... “Not now,” he said."
    speech = speak(text=text, language="en", voice="en-us+f2")
    assert [word for word, _, _ in speech.words] == text.split()
    starts = [start for _, start, _ in speech.words]
    assert starts == sorted(starts)
    assert all(start <= end <= speech.duration_ms for _, start, end in speech.words)
    assert starts[0] < 60


def test_chinese_is_timed_by_character_and_punctuation_stays_with_its_word() -> None:
    speech = speak(text="这封信……不是给你的，《红楼》OK？", language="zh", voice="cmn+f2")
    assert [w for w, _, _ in speech.words] == [
        "这",
        "封",
        "信……",
        "不",
        "是",
        "给",
        "你",
        "的，",
        "《红",
        "楼》",
        "OK？",
    ]
    spans = [b - a for w, a, b in speech.words if w in "这封不是给你"]
    assert all(60 <= span <= 450 for span in spans), "letters spelled one by one would take longer"


def test_chinese_characters_are_spoken_and_not_spelled() -> None:
    text = "三年前要杀我的人就是他"
    assert speak(text=text, language="zh", voice="cmn+m3").duration_ms / len(text) < 350


def test_shouting_is_not_spelled_as_letters() -> None:
    assert spoken_text("GET OUT! Call the FBI, OK?") == "get out! Call the FBI, OK?"
    loud, plain = (speak(text=text, language="en", voice="en-us+m3") for text in ("LISTEN TO ME", "listen to me"))
    assert loud.duration_ms == plain.duration_ms


def test_spoken_text_keeps_its_length_so_that_word_offsets_hold() -> None:
    text = "“真的……”——他说（低声）* _no_ <b>&amp;"
    assert len(spoken_text(text)) == len(text)
    assert not set(spoken_text(text)) & set("“”（）*_<>")


def test_a_line_of_punctuation_is_a_breath() -> None:
    speech = speak(text="……", language="zh", voice="cmn+f2")
    assert speech.duration_ms == 300
    assert speech.words == ()


def test_silence_round_a_line_is_cut() -> None:
    speech = speak(text="No.", language="en", voice="en-us+m3")
    loud = np.flatnonzero(np.abs(speech.samples) > 0.01)
    assert loud[0] / speech.sample_rate < 0.06
    assert (len(speech.samples) - loud[-1]) / speech.sample_rate < 0.14


def test_a_sad_line_is_slower_than_an_angry_one() -> None:
    sad, angry = (
        speak(text="You left me there alone.", language="en", voice="en-us+f2", manner=m) for m in ("sadly", "angry")
    )
    assert sad.duration_ms > angry.duration_ms * 1.1


def test_a_missing_voice_is_refused_before_any_work_and_says_which_there_are() -> None:
    with pytest.raises(voices.MissingVoice) as refused:
        voices.require_voice("nobody")
    assert refused.value.code == "missing_voice"
    assert "en-us+f2" in refused.value.remedy
    with pytest.raises(voices.MissingVoice):
        speak(text="Hello", language="en", voice="nobody")


def test_the_default_voice_is_stable_and_fits_name_and_look() -> None:
    for seed in range(12):
        assert voices.require_voice(voices.default_voice("en", seed, name="MAYA")).sex == FEMALE
        assert voices.require_voice(voices.default_voice("en", seed, name="DANIEL")).sex == MALE
        assert voices.require_voice(voices.default_voice("zh", seed, look="白发老人，男")).age == "old"
        assert voices.default_voice("zh", seed) == voices.default_voice("zh", seed)
        assert voices.default_voice("zh", seed) in voices.available("zh")
    assert len({voices.default_voice("en", seed) for seed in range(40)}) >= 5


def test_where_nothing_is_said_voice_and_drawing_agree_by_the_seed() -> None:
    for seed in range(20):
        said = sex_for(look="", name="DRIVER", seed=seed)
        assert voices.require_voice(voices.default_voice("en", seed, name="DRIVER")).sex == said


@pytest.mark.parametrize(
    ("name", "look", "sex"),
    [
        ("MARA", "a woman of 28", FEMALE),
        ("李伟", "", MALE),
        ("苏婷", "", FEMALE),
        ("陈太太", "", FEMALE),
        ("X", "他的父亲，男人", MALE),
        ("DRIVER", "", ""),
        ("MR. BLACK", "", MALE),
    ],
)
def test_sex_is_read_from_look_title_or_given_name(name: str, look: str, sex: str) -> None:
    assert sex_of(look=look, name=name) == sex


def test_age_is_read_from_the_look() -> None:
    assert [age_of(t) for t in ("an elderly man", "小女孩", "a tall lawyer", "damaged goods")] == [
        "old",
        "child",
        "adult",
        "adult",
    ]


@pytest.mark.parametrize(
    ("manner", "text", "mood"),
    [
        ("shouting", "", "angry"),
        ("低声，颤抖", "", "afraid"),
        ("crying", "", "crying"),
        ("", "Who?!", "surprised"),
        ("", "Get out!", "angry"),
        ("", "我爱你。", "happy"),
        ("", "The door is open.", "calm"),
        ("哽咽", "", "crying"),
    ],
)
def test_the_mood_of_a_line(manner: str, text: str, mood: str) -> None:
    assert mood_of(manner, text) == mood


def test_a_whisper_is_heard_as_one() -> None:
    assert is_whisper("whispering")
    assert is_whisper("低声")
    assert not is_whisper("shouting")
    plain, hushed = (speak(text="Not here.", language="en", voice="en-us+f2", manner=m) for m in ("", "whispering"))
    assert not np.array_equal(plain.samples, hushed.samples)


def test_the_voice_step_leaves_a_wav_and_its_words(tmp_path: Path) -> None:
    spec = {"text": "Burn it now.", "language": "en", "voice": "en-us+m3", "manner": ""}
    meta = through_json(KINDS["voice"].run(spec, {}, tmp_path / "out", Context(tmp_path)))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["line.wav"]
    with wave.open(str(tmp_path / "out" / "line.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, meta["sample_rate"])
        assert abs(file.getnframes() * 1000 / file.getframerate() - meta["duration_ms"]) < 1
    assert [word for word, _, _ in meta["words"]] == ["Burn", "it", "now."]
    samples, rate = read_wav(tmp_path / "out" / "line.wav")
    assert rate == meta["sample_rate"]
    assert float(np.abs(samples).max()) <= 1


def test_a_voice_that_cannot_start_is_an_error_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generation.voices.speech._library", lambda: ("/nowhere/lib.so", "/nowhere"))
    with pytest.raises(SpeechFailed) as failed:
        speak(text="Hello", language="en", voice="en-us+f2")
    assert failed.value.code == "speech_failed"
