"""What a step will cost in CPU seconds on one ordinary core: measured once, kept rough, never zero."""

from collections.abc import Mapping
from typing import Any

REFERENCE_PIXELS = 720 * 1280 * 24
DRAW_SECONDS = 0.7  # drawing a shot's assets, whatever its length
SHOT_SECONDS = 0.55  # composing and encoding one second of 720x1280@24
LADDER_SECONDS = 0.25  # one second of 540p and 360p together


def _length(spec: Mapping[str, Any]) -> float:
    """Seconds of the shot, as the breakdown guessed them."""
    return max(1.0, float(spec.get("shot", {}).get("estimated_ms", 3000)) / 1000)


def voice_seconds(spec: Mapping[str, Any]) -> float:
    """espeak speaks hundreds of times faster than real time; what counts is the child's start."""
    return 0.15 + len(str(spec.get("text", ""))) / 4000


def shot_seconds(spec: Mapping[str, Any]) -> float:
    """Drawing plus frames, by pixels a second."""
    pixels = int(spec.get("width", 720)) * int(spec.get("height", 1280)) * int(spec.get("fps", 24))
    return DRAW_SECONDS + SHOT_SECONDS * _length(spec) * pixels / REFERENCE_PIXELS


def ladder_seconds(spec: Mapping[str, Any]) -> float:
    """The spec does not know the shot, so a middling one of three seconds."""
    return 0.1 + LADDER_SECONDS * 3.0 * max(1, len(spec.get("rungs", []))) / 2


def sound_seconds(spec: Mapping[str, Any]) -> float:
    """Mixing and loudness grow with the episode."""
    return 0.4 + 0.15 * len(spec.get("shots", []))


def package_seconds(spec: Mapping[str, Any]) -> float:
    """Packet copies are nearly free; the contact sheet is not."""
    return 0.4 + 0.05 * len(spec.get("shots", []))
