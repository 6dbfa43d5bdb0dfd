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


def told_seconds(spec: Mapping[str, Any]) -> float:
    """What the plan itself reckons, from the model's card."""
    return float(spec.get("seconds", 10.0))


def shot_seconds(spec: Mapping[str, Any]) -> float:
    """Drawing plus frames, by pixels a second; what stands for drawing an engine says by `seconds`."""
    pixels = int(spec.get("width", 720)) * int(spec.get("height", 1280)) * int(spec.get("fps", 24))
    return float(spec.get("seconds", DRAW_SECONDS)) + SHOT_SECONDS * _length(spec) * pixels / REFERENCE_PIXELS


def ladder_seconds(spec: Mapping[str, Any]) -> float:
    """Scaling and encoding, by the shot's length."""
    return 0.1 + LADDER_SECONDS * _length(spec) * max(1, len(spec.get("rungs", []))) / 2


def sound_seconds(spec: Mapping[str, Any]) -> float:
    """Mixing and loudness grow with the episode."""
    return 0.3 + 0.12 * len(spec.get("shots", []))


def join_seconds(spec: Mapping[str, Any]) -> float:
    """Packet copies are nearly free."""
    return 0.1 + 0.005 * int(spec.get("shots", 0)) * len(spec.get("rungs", []))


def poster_seconds(spec: Mapping[str, Any]) -> float:
    """Every still is looked at once."""
    return 0.05 + 0.005 * int(spec.get("shots", 0))


def package_seconds(spec: Mapping[str, Any]) -> float:
    """The contact sheet is what takes time."""
    return 0.3 + 0.04 * len(spec.get("shots", []))
