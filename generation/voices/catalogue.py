"""The voices that come with the house, and who gets which."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from common.errors import DomainError
from generation.voices.persons import FEMALE, MALE, age_of, sex_for


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice: its name, language ("en" or "zh"), sex, age, and how it departs from the engine's middle."""

    name: str
    language: str
    sex: str
    age: str = "adult"
    pitch: int = 50  # espeak's 0..99
    pace: float = 1.0  # of the language's ordinary rate


class MissingVoice(DomainError):
    """The voice is not installed here; said before any work is done."""

    code = "missing_voice"


def _voice(language: str, base: str, variant: str, sex: str, age: str, pitch: int, pace: float) -> Voice:
    return Voice(f"{base}+{variant}", language, sex, age, pitch, pace)


_VOICES: tuple[Voice, ...] = (
    _voice("en", "en-us", "f2", FEMALE, "adult", 52, 1.00),
    _voice("en", "en-us", "m3", MALE, "adult", 38, 0.98),
    _voice("en", "en-us", "f3", FEMALE, "adult", 46, 0.97),
    _voice("en", "en-us", "m7", MALE, "adult", 44, 1.02),
    _voice("en", "en-gb-x-rp", "f4", FEMALE, "adult", 50, 0.99),
    _voice("en", "en-gb-x-rp", "m1", MALE, "adult", 34, 0.96),
    _voice("en", "en-gb-x-rp", "f5", FEMALE, "old", 38, 0.88),
    _voice("en", "en-us", "m6", MALE, "old", 26, 0.86),
    _voice("en", "en-us", "f1", FEMALE, "child", 74, 1.04),
    _voice("en", "en-us", "m4", MALE, "child", 70, 1.04),
    _voice("zh", "cmn", "f2", FEMALE, "adult", 54, 1.00),
    _voice("zh", "cmn", "m3", MALE, "adult", 40, 0.98),
    _voice("zh", "cmn", "f3", FEMALE, "adult", 48, 0.98),
    _voice("zh", "cmn", "m7", MALE, "adult", 46, 1.00),
    _voice("zh", "cmn", "f4", FEMALE, "adult", 58, 1.02),
    _voice("zh", "cmn", "m1", MALE, "adult", 36, 0.96),
    _voice("zh", "cmn", "f5", FEMALE, "old", 40, 0.88),
    _voice("zh", "cmn", "m6", MALE, "old", 28, 0.88),
    _voice("zh", "cmn", "f1", FEMALE, "child", 76, 1.04),
    _voice("zh", "cmn", "m4", MALE, "child", 72, 1.04),
)
_BY_NAME = {voice.name: voice for voice in _VOICES}
LANGUAGES = ("en", "zh")


def _language(language: str) -> str:
    """`zh-Hans` and `cmn` speak Chinese; whatever we have no voice for is read in English."""
    return "zh" if language.lower().split("-")[0] in {"zh", "cmn"} else "en"


def available(language: str) -> tuple[str, ...]:
    """Names of the voices of a language, in a stable order."""
    wanted = _language(language)
    return tuple(voice.name for voice in _VOICES if voice.language == wanted)


def default_voice(language: str, seed: int, *, name: str = "", look: str = "") -> str:
    """A voice by seed, of the sex and the age that the look or the name speak of (the seed's own if they do not)."""
    sex, age = sex_for(look=look, name=name, seed=seed), age_of(f"{look} {name}")
    wanted = _language(language)
    fitting = [v for v in _VOICES if v.language == wanted and v.age == age and v.sex == sex]
    index = int.from_bytes(hashlib.sha256(f"voice:{seed}".encode()).digest()[:4], "big")
    return fitting[index % len(fitting)].name


def require_voice(name: str) -> Voice:
    """The voice of that name; raises `MissingVoice`, which says which there are."""
    voice = _BY_NAME.get(name)
    if voice is None:
        raise MissingVoice(
            f"There is no voice {name!r} here.",
            remedy=f"Choose one of: {', '.join(sorted(_BY_NAME))}.",
            voices=sorted(_BY_NAME),
        )
    return voice
