"""Which models this worker process holds: asked when it claims, noted when it has run a step."""

from __future__ import annotations

from collections import deque

KEPT = 1  # a machine's memory holds one video model; a process that kept more would list them all

_models: deque[str] = deque(maxlen=KEPT)


def remember(affinity: str) -> None:
    """A step with this affinity has run here ("" for one that needs no model: what is warm stays warm)."""
    if affinity:
        _models.append(affinity)


def warm() -> tuple[str, ...]:
    """The affinities that this process serves without loading anything."""
    return tuple(_models)


def forget() -> None:
    """Nothing is warm any more."""
    _models.clear()
