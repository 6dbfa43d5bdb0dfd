"""What a voice sounds like: one sentence of its language, or a line that somebody wants to hear."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from typing import Any

import numpy as np
from django.core.cache import cache
from redis.exceptions import RedisError

from common.canonical import digest
from generation.voices.catalogue import available, require_voice
from generation.voices.speech import Speech, speak

SENTENCES = {
    "en": "You said you would wait for me. So why is the door already open?",
    "zh": "你说过会等我的。可是，门为什么已经开了？",
}
VERSION = "1"
KEPT_SECONDS = 7 * 24 * 3600


def voice_cards(language: str) -> list[dict[str, Any]]:
    """The voices of a language with what a person chooses by: name, sex, age."""
    found = [require_voice(name) for name in available(language)]
    return [{"name": v.name, "language": v.language, "sex": v.sex, "age": v.age} for v in found]


def voice_sample(*, name: str, text: str = "", manner: str = "", admit: Callable[[], None]) -> tuple[str, bytes]:
    """(key, WAV) of a voice that says `text`, or the sentence of its language. Kept for a week.

    `admit` is called before anything is spoken, and raises to refuse. Raises `MissingVoice`, `SpeechFailed`.
    """
    voice = require_voice(name)
    words = text or SENTENCES[voice.language]
    key = digest({"sample": VERSION, "voice": name, "text": words, "manner": manner})
    kept = _kept(key)
    if kept is not None:
        return key, kept
    admit()
    sound = _wav(speak(text=words, language=voice.language, voice=name, manner=manner))
    _keep(key, sound)
    return key, sound


def _kept(key: str) -> bytes | None:
    try:
        found: bytes | None = cache.get(f"voice-sample:{key}")
    except (RedisError, OSError):  # a cache that is gone costs time, nothing else
        return None
    return found


def _keep(key: str, sound: bytes) -> None:
    try:
        cache.set(f"voice-sample:{key}", sound, KEPT_SECONDS)
    except (RedisError, OSError):
        return


def _wav(speech: Speech) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(speech.sample_rate)
        file.writeframes((np.clip(speech.samples, -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()
