"""What a render would take, before anybody asks for it. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from catalog.models import Episode
from common.errors import Invalid
from generation import budget
from generation.approvals import unapproved
from generation.cast import screenplay_latest
from generation.engines.diffusion.snap import Note
from generation.engines.profiles import get_profile
from generation.models import Artifact, Render, RenderStep, Screenplay, Step, StepEdge
from generation.plan import FILMED, Diff, Plan, PlannedStep, diff, notes_of
from generation.services import render_plan
from generation.speeds import finish_estimate
from generation.steps import KINDS


def render_quote(
    *, episode: Episode, profile: str, now: datetime, screenplay: Screenplay | None = None
) -> dict[str, Any]:
    """What the latest screenplay at `profile` still needs, as JSON: how many steps of how many, how long, how much, and
    which shots, each with its reason (see `plan.Diff`). As many queries for 40 shots as for 4.

    `cost_micros` are millionths of the house's currency at today's rates and are the most that is charged; what is
    made for another render already costs nothing more. Raises what `render_request` would raise.
    """
    chosen = get_profile(profile)
    text = screenplay or screenplay_latest(episode=episode)
    if text is None or text.episode_id != episode.pk:
        raise Invalid("There is no screenplay yet.", code="no_screenplay", remedy="Save a screenplay first.")
    creator_id = episode.series.creator_id
    plan = render_plan(episode=episode, screenplay=text, profile=chosen)
    before, present = previous_plan(episode=episode, profile=chosen.name), _present(creator_id, plan)
    found = diff(plan, before, present)
    shared = _in_work(creator_id, found.run)
    paid = [step for step in found.run if step.key not in shared]
    head = {"profile": chosen.name, "screenplay_version": text.version, "steps_total": len(plan.steps)}
    head["up_to_date"] = before is not None and before.final_key == plan.final_key and plan.final_key in present
    told = {"notes": _notes(plan), "unapproved": _unapproved(creator_id, plan)}
    return head | _shots(found) | told | _price(found.run, paid, creator_id, now)


def previous_plan(*, episode: Episode, profile: str) -> Plan | None:
    """The shots of the newest render of an episode at a profile, as they were asked for: three queries.

    From the rows and not planned again, because tools and rules may have changed since.
    """
    render = Render.objects.filter(episode=episode, profile=profile, kind=Render.Kind.EPISODE).only("pk", "final_key")
    latest = render.order_by("-pk").first()
    if latest is None:
        return None
    links = RenderStep.objects.filter(render=latest, step__kind__in=FILMED).select_related("step").order_by("position")
    rows = list(links)
    needs: dict[int, list[tuple[str, str]]] = {}
    edges = StepEdge.objects.filter(step__in=[row.step_id for row in rows])
    for step_id, name, key in edges.values_list("step_id", "name", "needs__key"):
        needs.setdefault(step_id, []).append((name, key))
    steps = tuple(_as_planned(row, needs.get(row.step_id, [])) for row in rows)
    return Plan(steps, latest.final_key, tuple(step.key for step in steps if step.kind == "shot"))


def _as_planned(row: RenderStep, needs: Sequence[tuple[str, str]]) -> PlannedStep:
    step = row.step
    return PlannedStep(
        step.key, step.kind, step.queue, step.spec, tuple(needs), row.label, row.shot, step.estimated_seconds
    )


def _notes(plan: Plan) -> list[dict[str, Any]]:
    """What the engine will make otherwise than asked, each with the numbers of its shots."""
    by_key = {step.key: step for step in plan.steps}
    found: dict[Note, list[int]] = {}
    for number, key in enumerate(plan.clips, start=1):
        for note in notes_of(by_key[key].spec):
            found.setdefault(note, []).append(number)
    return [
        {"code": note.code, "values": dict(note.values), "text": note.text, "shots": shots}
        for note, shots in found.items()
    ]


def _unapproved(creator_id: int, plan: Plan) -> list[str]:
    """Whose looks somebody has to approve before it can be rendered."""
    return sorted(unapproved(creator_id, [plan]).values())


def _present(creator_id: int, plan: Plan) -> set[str]:
    return set(Artifact.objects.filter(creator_id=creator_id, key__in=plan.keys()).values_list("key", flat=True))


def _in_work(creator_id: int, run: Sequence[PlannedStep]) -> set[str]:
    """Steps that somebody waits for already: they run once, and are paid for."""
    wanted = Step.objects.filter(creator_id=creator_id, key__in=[step.key for step in run], status__in=Step.OPEN)
    return set(wanted.values_list("key", flat=True))


def _shots(found: Diff) -> dict[str, Any]:
    return {
        "shots_total": found.shots_total,
        "shots_touched": list(found.touched),
        "shots_dragged": list(found.dragged),
        "reasons": [{"shot": number, "why": why} for number, why in found.reasons.items()],
    }


def _price(run: Sequence[PlannedStep], paid: Sequence[PlannedStep], creator_id: int, now: datetime) -> dict[str, Any]:
    cost, account = budget.price(paid), budget.account_view(creator_id)
    left = account["available_micros"]
    gpu = sum(step.estimated_seconds for step in run if budget.on_gpu(step.queue))
    return {
        "steps_to_run": len(run),
        "steps_shared": len(run) - len(paid),
        "kinds": [_kind(name, run, paid) for name in KINDS if any(step.kind == name for step in run)],
        "estimated_seconds": round(_seconds(run), 1),
        "gpu_minutes": round(gpu / 60, 2),
        "finish_seconds": finish_estimate(run, now, creator_id=creator_id),
        "cost_micros": cost,
        "currency": budget.rates().currency,
        "budget": account | {"enough": not cost or left is None or cost <= left},
    }


def _kind(name: str, run: Sequence[PlannedStep], paid: Sequence[PlannedStep]) -> dict[str, Any]:
    mine = [step for step in run if step.kind == name]
    micros = budget.price(step for step in paid if step.kind == name)
    return {"kind": name, "steps": len(mine), "seconds": round(_seconds(mine), 1), "micros": micros}


def _seconds(steps: Sequence[PlannedStep]) -> float:
    return sum(step.estimated_seconds for step in steps)
