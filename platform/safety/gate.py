"""The one place where an episode is refused for the licences of its models: when it is submitted, and when approved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings

from common.errors import Conflict
from safety.licences import Objection, Use, objections

MOST = 20  # shots that a message names


class LicenceForbids(Conflict):
    """A licence forbids what the house does with its episodes."""

    code = "licence_forbids"
    message = "A model's licence forbids publishing this episode."
    remedy = "Render the shots that are named with another model, or, if the card is wrong, correct and verify it."


def house_use() -> Use:
    """What the settings say that we do."""
    use = Use(**settings.HOUSE_USE)
    return replace(use, revenue_usd=None) if (use.revenue_usd or 0) < 0 else use


def require_licences(evidence: Any) -> None:
    """Raise `LicenceForbids`, which names every shot, its model and why, unless all licences let us publish."""
    found = objections(evidence, house_use())
    if found:
        raise LicenceForbids(_sentence(found), objections=[_told(one) for one in found[:MOST]])


def _sentence(found: tuple[Objection, ...]) -> str:
    shots = sorted({one.shot for one in found})
    named = ", ".join(map(str, shots[:MOST])) + (" and more" if len(shots) > MOST else "")
    return f"Shot {named}: {found[0].why} ({found[0].model})."


def _told(one: Objection) -> dict[str, Any]:
    return {"shot": one.shot, "model": one.model, "code": one.code, "why": one.why}
