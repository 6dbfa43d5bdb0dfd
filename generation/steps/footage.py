"""A shot's film from a service beyond this machine (see `engines.remote`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generation.engines.base import RenderContext
from generation.engines.remote.asking import Wish
from generation.engines.remote.cards import service_card
from generation.engines.remote.client import service_at_hand
from generation.engines.remote.driving import Driver
from generation.steps.inputs import Input

LAST = "last.png"


def run(spec: Mapping[str, Any], inputs: Mapping[str, Input], out: Path, ctx: RenderContext) -> dict[str, Any]:
    """`{identity, wish}`, and perhaps last -> film.mp4 as the service made it; meta says what it is and by whom."""
    card = service_card()
    out.mkdir(parents=True, exist_ok=True)
    image = (inputs["last"].folder / LAST).read_bytes() if "last" in inputs else None
    driver = Driver(service_at_hand(card), ctx.jobs, ctx)
    made = driver.film(Wish(**spec["wish"]).form(card), image, out)
    ctx.progress(1.0)
    model = {
        "name": card.model, "service": card.name, "licences": [card.licence.to_json()],
    }  # fmt: skip
    return {"film": made, "provenance": {"models": [model], "job": made["job"]}}
