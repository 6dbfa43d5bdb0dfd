"""Text to a spoken WAV with a time for every word. espeak runs in a child process: one fresh process a line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import wave
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.errors import DomainError
from generation.voices.catalogue import Voice, require_voice
from generation.voices.moods import is_whisper, mood_of
from generation.voices.persons import FEMALE

CHILD = Path(__file__).with_name("espeak_child.py")
CHILD_SECONDS = 20
WORDS_A_MINUTE = {"en": 158, "zh": 225}  # drama: a shade slower than talk
LEAD_MS, TAIL_MS = 30, 80
SILENCE = 10 ** (-46 / 20)
MOOD_PACE = {"crying": 0.86, "angry": 1.08, "sad": 0.88, "afraid": 1.08, "surprised": 1.03, "happy": 1.03}
MOOD_PITCH = {"crying": -2, "angry": 4, "sad": -6, "afraid": 8, "surprised": 8, "happy": 5}
MOOD_RANGE = {"crying": 44, "angry": 72, "sad": 34, "afraid": 66, "surprised": 78, "happy": 66}
_HAN, _MARK = r"\u3400-\u9fff\uf900-\ufaff", "，。！？、；：“”‘「」『』《》〈〉（）【】…—"
_TOKEN = re.compile(rf"[{_HAN}]|[{_MARK}]|[^\s{_HAN}{_MARK}]+")
_OPENING = "“‘「『《〈（(【["
# one character for one character, so that espeak's offsets stay offsets into the caption's text
_SPOKEN = str.maketrans(
    {
        **dict.fromkeys('“”‘「」『』《》〈〉（）【】()[]*_~～"#<>|\\/^`', " "),
        **dict.fromkeys("…—–―－·", ","),
        "’": "'",
        "\n": " ",
    }
)
_SHOUTED = re.compile(r"\b[A-Z]{2,}\b")
_ACRONYMS = re.compile("CEO|CFO|DNA|FBI|CIA|USA|UK|TV|OK|ID|AI|VIP|ICU|ER|CCTV|GPS|MRI|SUV|NYC|LA|DJ|PR|HR")


class SpeechFailed(DomainError):
    """The speaking process did not answer; the same line may well work on another try."""

    status = 500
    code = "speech_failed"
    message = "This line could not be spoken."
    remedy = "Try again; if it stays so, choose another voice or shorten the line."


@dataclass(frozen=True, slots=True)
class Speech:
    """Mono samples in -1..1, their rate, and the words as (text, start ms, end ms)."""

    samples: NDArray[np.float32]
    sample_rate: int
    words: tuple[tuple[str, int, int], ...]

    @property
    def duration_ms(self) -> int:
        return round(len(self.samples) * 1000 / self.sample_rate)


def speak(*, text: str, language: str, voice: str, manner: str = "") -> Speech:
    """Speak a line. Raises `MissingVoice` for an unknown voice and `SpeechFailed` if the child process fails."""
    chosen = require_voice(voice)
    head, raw = _child(_order(chosen, spoken_text(text), manner, text))
    samples = np.frombuffer(raw, dtype="<i2").astype(np.float32) / np.float32(32768)
    return _trimmed(text, samples, int(head["rate"]), head["words"])


def spoken_text(text: str) -> str:
    """What espeak is given: as long as `text`, without marks it would read out, and shouting not spelled as letters."""

    def lowered(match: re.Match[str]) -> str:
        word = match.group()
        keep = _ACRONYMS.fullmatch(word) or not set(word) & set("AEIOUY")
        return word if keep else word.lower()

    return _SHOUTED.sub(lowered, text.translate(_SPOKEN))


@cache
def _library() -> tuple[str, str]:
    import espeakng_loader

    return str(espeakng_loader.get_library_path()), str(Path(espeakng_loader.get_data_path()).parent)


def _order(voice: Voice, spoken: str, manner: str, text: str) -> dict[str, Any]:
    library, data = _library()
    mood, name = mood_of(manner, text), voice.name
    if is_whisper(manner):
        name = f"{name.partition('+')[0]}+{'whisperf' if voice.sex == FEMALE else 'whisper'}"
    rate = WORDS_A_MINUTE[voice.language] * voice.pace * MOOD_PACE.get(mood, 1.0)
    return {
        "library": library,
        "data": data,
        "voice": name,
        "text": spoken,
        "rate": round(rate),
        "pitch": min(99, max(0, voice.pitch + MOOD_PITCH.get(mood, 0))),
        "range": MOOD_RANGE.get(mood, 54),
        "gap": 0,
    }


def _child(order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    command = [sys.executable, "-I", "-S", str(CHILD)]
    try:
        done = subprocess.run(
            command, input=json.dumps(order).encode(), capture_output=True, timeout=CHILD_SECONDS, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise SpeechFailed(f"Speaking took longer than {CHILD_SECONDS} s.") from error
    except subprocess.CalledProcessError as error:
        raise SpeechFailed(error.stderr.decode(errors="replace").strip()[:200] or SpeechFailed.message) from error
    head, _, samples = done.stdout.partition(b"\n")
    return json.loads(head), samples


def _trimmed(text: str, samples: NDArray[np.float32], rate: int, events: list[list[int]]) -> Speech:
    """Cut the silence round the line, soften the cut edges, and give every word of the text its time."""
    loud = np.flatnonzero(np.abs(samples) > SILENCE)
    if not loud.size:  # punctuation only: a short breath
        return Speech(np.zeros(rate * 3 // 10, np.float32), rate, tuple((token, 0, 300) for _, token in _tokens(text)))
    first = max(0, int(loud[0]) - rate * LEAD_MS // 1000)
    last = min(len(samples), int(loud[-1]) + rate * TAIL_MS // 1000)
    cut = samples[first:last].copy()
    edge = min(len(cut) // 2, rate * 6 // 1000)
    ramp = np.linspace(0, 1, edge, dtype=np.float32)
    cut[:edge] *= ramp
    cut[len(cut) - edge :] *= ramp[::-1]
    offset = round(first * 1000 / rate)
    return Speech(cut, rate, _timed_words(text, [(at, ms - offset) for at, _, ms in events], cut, rate))


def _tokens(text: str) -> list[tuple[int, str]]:
    """(offset, token): Latin words by spaces, Chinese by character; closing marks stay with what they close."""
    tokens: list[tuple[int, str]] = []
    opening = ""
    for match in _TOKEN.finditer(text):
        token = match.group()
        if re.search(r"\w", token):
            tokens.append((match.start(), opening + token))
            opening = ""
        elif token in _OPENING or not tokens:
            opening += token
        else:
            space = " " if text[match.start() - 1].isspace() else ""
            tokens[-1] = (tokens[-1][0], tokens[-1][1] + space + token)
    return tokens


def _timed_words(
    text: str, events: list[tuple[int, int]], samples: NDArray[np.float32], rate: int
) -> tuple[tuple[str, int, int], ...]:
    """A word starts at the first event within it (without one: a share of the gap) and ends where its sound does."""
    tokens = _tokens(text)
    total = round(len(samples) * 1000 / rate)
    known: list[tuple[int, int]] = []
    for index, (offset, token) in enumerate(tokens):
        after = tokens[index + 1][0] if index + 1 < len(tokens) else len(text) + 1
        own = [ms for at, ms in events if offset <= at < max(after, offset + len(token))]
        if own:
            known.append((index, min(total, max(min(own), known[-1][1] if known else 0))))
    known = [(0, 0), *known, (len(tokens), total)]
    starts = [round(x) for x in np.interp(range(len(tokens)), [at for at, _ in known], [ms for _, ms in known])]
    ends = [*starts[1:], total]
    words = zip(tokens, starts, ends, strict=True)
    return tuple((token, start, _sound_end(samples, rate, start, end)) for (_, token), start, end in words)


def _sound_end(samples: NDArray[np.float32], rate: int, start: int, end: int) -> int:
    part = samples[start * rate // 1000 : end * rate // 1000]
    loud = np.flatnonzero(np.abs(part) > SILENCE)
    return end if not loud.size else max(start, min(end, start + round(int(loud[-1]) * 1000 / rate) + 1))


def write_wav(path: Path, speech: Speech) -> None:
    """16-bit mono PCM."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(speech.sample_rate)
        file.writeframes((np.clip(speech.samples, -1, 1) * 32767).astype("<i2").tobytes())


def read_wav(path: Path) -> tuple[NDArray[np.float32], int]:
    """Samples in -1..1 and their rate, of a file that `write_wav` wrote."""
    with wave.open(str(path), "rb") as file:
        raw = file.readframes(file.getnframes())
        samples = np.frombuffer(raw, dtype="<i2").astype(np.float32) / np.float32(32768)
        return samples, file.getframerate()
