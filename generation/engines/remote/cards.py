"""A video service as data: what can be asked of it, what its licence lets us, how far its answers can be trusted."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from generation.engines.diffusion.cards import BrokenCard, made
from generation.engines.diffusion.licences import COMMERCIAL, Licence

OURS = Path(__file__).with_name("service.toml")
SIZE = re.compile(r"([1-9]\d{1,3})x([1-9]\d{1,3})")
FIELDS = ("seed", "negative", "fps")  # what a service may be told beyond words, size and seconds


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """`model` is what the service calls it; `sizes` "WIDTHxHEIGHT" and whole `seconds` are those that it makes.

    `fields`: what it calls our seed, negative, fps; one that is not there is not sent. `arguments`: further fields.
    `metadata`: it gives back the metadata that it was sent, so that a request of which no answer came can be found by
    its token; without that a person has to look. One that is not found `settles_seconds` later was never received.
    `wall`: seconds of waiting for a second of film, for estimates. `final`: codes of failures that no repeat mends.
    """

    name: str
    title: str
    model: str
    sizes: tuple[str, ...]
    seconds: tuple[int, ...]
    licence: Licence
    image: bool = False
    audio: bool = False
    negative: str = ""
    metadata: bool = False
    settles_seconds: float = 60.0
    deadline_seconds: float = 1800.0
    wall: float = 15.0
    final: tuple[str, ...] = ("content_policy_violation", "moderation_blocked", "invalid_request_error")
    fields: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)

    def pixels(self) -> tuple[tuple[int, int], ...]:
        """`sizes` as (width, height)."""
        return tuple((int(one[1]), int(one[2])) for one in map(SIZE.fullmatch, self.sizes) if one)


def service_card() -> ServiceCard:
    """The card of the house's service: RW_REMOTE_CARD, or the one beside this module. Raises `BrokenCard`."""
    return _read(os.environ.get("RW_REMOTE_CARD", "") or str(OURS))


def identity(card: ServiceCard) -> dict[str, Any]:
    """All of a card that decides bytes, for the keys of steps."""
    return {"service": card.name, "model": card.model, "fields": dict(card.fields), "arguments": dict(card.arguments)}


@lru_cache(maxsize=4)
def _read(path: str) -> ServiceCard:
    name = Path(path).name
    try:
        said = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        said["licence"] = made(Licence, said.get("licence", {}))
        card: ServiceCard = made(ServiceCard, said)
        _refuse_nonsense(card)
    except (OSError, TypeError, ValueError) as broken:
        raise BrokenCard(f"{name}: {broken}", remedy="Compare with the card that is shipped.") from broken
    return card


def _refuse_nonsense(card: ServiceCard) -> None:
    if not card.sizes or len(card.pixels()) != len(card.sizes):
        raise ValueError('sizes are one or more of the form "720x1280"')
    if not card.seconds or not all(isinstance(one, int) and 1 <= one <= 60 for one in card.seconds):
        raise ValueError("seconds are whole numbers, 1 to 60")
    if unknown := sorted(set(card.fields) - set(FIELDS)):
        raise ValueError(f"fields are among {', '.join(FIELDS)}, not {', '.join(unknown)}")
    if card.licence.commercial not in COMMERCIAL:
        raise ValueError(f"commercial is one of {', '.join(COMMERCIAL)}")
