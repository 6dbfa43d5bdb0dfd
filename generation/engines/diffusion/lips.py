"""Moving lips to our voices, for models that do not speak: a protocol, and nobody that fills it by default.

A house names its own in `LIP_SYNCS` ("module:Class") and in a profile's `lip_sync`; nothing else has to change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from common.errors import Invalid
from generation.engines.base import VoiceClip
from generation.timing import ShotTiming

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LIP_SYNCS: dict[str, str] = {}


class LipSync(Protocol):
    """`version` is in the key of every shot that it touches."""

    version: str

    def sync(
        self, frames: Iterator[NDArray[np.uint8]], fps: int, voices: Sequence[VoiceClip], timing: ShotTiming
    ) -> Iterator[NDArray[np.uint8]]:
        """As many frames, of the same size, in the same order: (rows, columns, 3) bytes each."""
        ...


def lip_sync(name: str) -> LipSync:
    """The one of that name; raises `Invalid` (unknown_lip_sync). Its module must not import torch before `sync`."""
    path = LIP_SYNCS.get(name)
    if path is None:
        known = ", ".join(sorted(LIP_SYNCS)) or "none is installed"
        raise Invalid(f"There is no lip-sync {name!r}.", code="unknown_lip_sync", remedy=f"Known: {known}.")
    module, _, attribute = path.partition(":")
    made: LipSync = getattr(import_module(module), attribute)()
    return made
