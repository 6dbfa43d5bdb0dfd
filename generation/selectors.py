"""What may be seen of renders, by whom, in bounded queries."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone

from accounts.models import User
from catalog.models import Series
from common.errors import NotFound
from creators.selectors import is_member
from generation.budget import render_cost
from generation.eta import eta_of
from generation.models import Artifact, Character, Render, RenderEvent, RenderStep, ShotTake, StepAttempt
from generation.progress import event_message
from generation.watching import NOT_SHOWN, render_head

MAX_EVENTS = 500


def render_for_member(*, user: User, uid: uuid.UUID) -> Render:
    """The render `uid` if `user` belongs to its creator; raises `NotFound` otherwise."""
    found = Render.objects.select_related("episode__series", "screenplay", "master").filter(uid=uid).first()
    if found is None or not is_member(user=user, creator_id=found.creator_id):
        raise NotFound()
    return found


def character_for_member(*, user: User, uid: uuid.UUID) -> Character:
    """The character `uid` if `user` belongs to its series' creator; raises `NotFound` otherwise."""
    found = Character.objects.select_related("series").filter(uid=uid).first()
    if found is None or not is_member(user=user, creator_id=found.series.creator_id):
        raise NotFound()
    return found


def chosen_seeds(series: Series) -> dict[int, dict[str, int]]:
    """The seeds of chosen takes by the shot's ref, for each episode of a series that has any. One query."""
    found: dict[int, dict[str, int]] = {}
    chosen = ShotTake.objects.filter(episode__series=series, chosen=True)
    for episode_id, ref, seed in chosen.values_list("episode_id", "shot_ref", "seed"):
        found.setdefault(episode_id, {})[ref] = seed
    return found


def render_snapshot(render: Render) -> dict[str, Any]:
    """Where a render stands now, freshly read, as JSON: two queries, and those of an estimate every few seconds. What
    follows has a `seq` above its own.
    """
    whole = Render.objects.select_related("episode", "master", "screenplay", "batch").defer(*NOT_SHOWN)
    render = whole.get(pk=render.pk)
    links = RenderStep.objects.filter(render=render).select_related("step").defer("step__spec").order_by("position")
    head = render_head(render, eta_seconds=eta_of(render, now=timezone.now()))
    return head | {"steps": [_step(link) for link in links]}


def _step(link: RenderStep) -> dict[str, Any]:
    step = link.step
    return {
        "key": step.key, "kind": step.kind, "label": link.label, "shot": link.shot, "status": step.status,
        "fraction": round(step.fraction, 3), "reused": link.reused, "attempt": step.attempt,
        "estimated_seconds": round(step.estimated_seconds, 2), "seconds": step.seconds,
    }


def events_after(render: Render, *, after: int, limit: int = MAX_EVENTS) -> list[dict[str, Any]]:
    """Durable events with a number above `after`, in order, as clients get them. One query."""
    rows = RenderEvent.objects.filter(render=render, seq__gt=after).order_by("seq")[:limit]
    return [event_message(row) for row in rows]


def render_report(render: Render) -> dict[str, Any]:
    """`render.json` of the command: what was made, from what, in how many seconds, reused or run. Five queries."""
    snapshot = render_snapshot(render)
    steps = snapshot.pop("steps")
    keys = [step["key"] for step in steps]
    metas = dict(Artifact.objects.filter(creator_id=render.creator_id, key__in=keys).values_list("key", "meta"))
    wasted = StepAttempt.objects.filter(step__links__render=render, step__links__reused=False).exclude(outcome="done")
    ran = [step for step in steps if not step["reused"]]
    return snapshot | {
        "title": render.brief["title"],
        "language": render.brief["language"],
        "duration_ms": metas.get(render.final_key, {}).get("duration_ms"),
        "seconds": _wall_seconds(render),
        "steps_run": len(ran),
        "steps_reused": len(steps) - len(ran),
        "step_seconds": round(sum(step["seconds"] or 0.0 for step in ran), 3),
        "attempts_wasted": wasted.count(),
        "cost_micros": render_cost(render),
        "shots": [_shot(number, shot, steps, metas) for number, shot in enumerate(render.brief["shots"], start=1)],
        "steps": steps,
    }


def _wall_seconds(render: Render) -> float | None:
    render.refresh_from_db(fields=["finished_at", "created_at"])
    return round((render.finished_at - render.created_at).total_seconds(), 3) if render.finished_at else None


def _shot(
    number: int, shot: dict[str, Any], steps: list[dict[str, Any]], metas: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    mine = [step for step in steps if step["shot"] == number]
    clip = next((step["key"] for step in mine if step["kind"] == "shot"), "")
    return {
        "number": number, "scene": shot["scene"], "framing": shot["framing"], "move": shot["move"],
        "prompt": shot["prompt"], "lines": [line["text"] for line in shot["lines"]],
        "duration_ms": metas.get(clip, {}).get("duration_ms"), "reused": all(step["reused"] for step in mine),
        "keys": {step["label"]: step["key"] for step in mine},
    }
