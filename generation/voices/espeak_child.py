"""Speaks one line in a process of its own: `python -I -S espeak_child.py`, JSON in, JSON and raw PCM out.

espeak keeps state between calls, so only a fresh process gives the same samples every time; the process also holds
its licence (GPL) apart, and a crash in it is an error of one line. Uses nothing but the standard library.

stdin: {"library", "data", "voice", "text", "rate", "pitch", "range", "gap"}.
stdout: one line of JSON {"rate", "words": [[char offset, length, ms], ...], "end_ms"}, then s16 mono samples.
"""

import ctypes
import json
import sys
from typing import Any

SYNCHRONOUS, CHARS_UTF8, END_PAUSE = 2, 1, 0x1000
RATE, VOLUME, PITCH, RANGE, WORDGAP = 1, 2, 3, 4, 7
EVENT_LIST_END, EVENT_WORD = 0, 1


class _EventId(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


def speak(order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The line's word events and samples. Raises `RuntimeError` if the voice or the data is not there."""
    library = ctypes.CDLL(order["library"])
    sample_rate = library.espeak_Initialize(SYNCHRONOUS, 0, order["data"].encode(), 0)
    if sample_rate <= 0:
        raise RuntimeError("espeak could not start")
    samples, words = bytearray(), []

    def collect(wave: int, count: int, events: "ctypes._Pointer[_Event]") -> int:
        if wave and count > 0:
            samples.extend(ctypes.string_at(wave, count * 2))
        index = 0
        while events[index].type != EVENT_LIST_END:
            event = events[index]
            if event.type == EVENT_WORD:
                words.append([event.text_position - 1, event.length, event.audio_position])
            index += 1
        return 0

    callback = _Callback(collect)
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(order["voice"].encode()) != 0:
        raise RuntimeError(f"espeak has no voice {order['voice']}")
    for parameter, name in ((RATE, "rate"), (PITCH, "pitch"), (RANGE, "range"), (WORDGAP, "gap")):
        library.espeak_SetParameter(parameter, int(order[name]), 0)
    library.espeak_ng_SetRandSeed(ctypes.c_long(1))  # it would seed the breath in its voices with the clock
    ctypes.CDLL(None).srand(1)
    text = order["text"].encode()
    library.espeak_Synth(text, len(text) + 1, 0, 0, 0, CHARS_UTF8, None, None)
    library.espeak_Synchronize()
    return {"rate": sample_rate, "words": words}, bytes(samples)


def main() -> int:
    """Read the order, answer, or say on stderr why not."""
    try:
        head, samples = speak(json.loads(sys.stdin.buffer.read()))
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + samples)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
