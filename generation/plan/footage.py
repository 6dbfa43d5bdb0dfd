"""The step that stands before a shot whose film comes from a service. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generation.engines.base import ShotSpec
from generation.engines.diffusion.snap import Note
from generation.engines.remote.asking import wish_of
from generation.engines.remote.cards import identity, service_card
from generation.plan.model import Add, Filmed

DECODE_SECONDS = 0.02  # a frame of 720x1280


def footage(add: Add, spec: ShotSpec, before: str | None, label: str) -> Filmed:
    """Add the film of a shot by `add`; `before`: the shot that it goes on from. The lines are in it only where the
    service speaks itself.
    """
    card = service_card()
    wish, _ = wish_of(spec, card, goes_on=before is not None)
    needs = [("last", before)] if before else []
    asked = {"identity": identity(card), "wish": wish.to_json()}
    made = add("footage", asked, needs, label=f"footage {label}", seconds=card.wall * wish.seconds)
    told = {"take": {"service": card.name, "audio": card.audio}}
    return Filmed([("footage", made)], told, {"seconds": DECODE_SECONDS * wish.seconds * wish.fps})


def notes_of_wish(spec: Mapping[str, Any]) -> tuple[Note, ...]:
    """What of a planned shot the service will make otherwise."""
    return wish_of(ShotSpec.from_json(spec), service_card())[1]
