"""What a render would take, before anybody asks for it. Writes nothing."""

from __future__ import annotations

from typing import Any

from catalog.models import Episode
from common.errors import Invalid
from generation.budget import price
from generation.cast import screenplay_latest
from generation.engines.profiles import get_profile
from generation.models import Artifact, Screenplay
from generation.plan import Plan
from generation.services import render_plan


def render_quote(*, episode: Episode, profile: str, screenplay: Screenplay | None = None) -> dict[str, Any]:
    """The steps of the latest screenplay at `profile` that are not there yet, as JSON: how many, how long, how much.

    `cost_micros` are millionths of the house's currency at the rates of `budget`, if every step runs once. Raises what
    `render_request` would raise.
    """
    chosen = get_profile(profile)
    text = screenplay or screenplay_latest(episode=episode)
    if text is None or text.episode_id != episode.pk:
        raise Invalid("There is no screenplay yet.", code="no_screenplay", remedy="Save a screenplay first.")
    plan = render_plan(episode=episode, screenplay=text, profile=chosen)
    run = plan.missing(_present(episode.series.creator_id, plan))
    return {
        "profile": chosen.name,
        "screenplay_version": text.version,
        "steps_total": len(plan.steps),
        "steps_to_run": len(run),
        "shots_total": len({step.shot for step in plan.steps if step.kind == "shot"}),
        "shots_touched": sorted({step.shot for step in run if step.shot and step.kind in ("shot", "voice")}),
        "estimated_seconds": round(sum(step.estimated_seconds for step in run), 1),
        "cost_micros": price(run),
    }


def _present(creator_id: int, plan: Plan) -> set[str]:
    return set(Artifact.objects.filter(creator_id=creator_id, key__in=plan.keys()).values_list("key", flat=True))
